/**
 * A graph under construction: the list of dispatches one executable will replay. It is the `Recorder` that op functions
 * write to. It knows no op by name.
 */
import type { KernelRecord, Recorder } from '../kernels/kernel.ts';
import { type DType, owner, type Shape, type Tensor, tensor } from '../tensor.ts';

/** A named list of kernel records, which run in the order in which they were added. */
export class Graph implements Recorder {
  readonly name: string;
  readonly nodes: KernelRecord[] = [];

  /** @param name used in GPU labels and printed plans, e.g. `synthesize` */
  constructor(name: string) {
    this.name = name;
  }

  /** A tensor that lives from its first write to its last read in this graph. */
  transient(name: string, shape: Shape, dtype: DType = 'f32'): Tensor {
    return tensor(name, shape, 'transient', dtype);
  }

  /** Adds one dispatch. */
  add(record: KernelRecord): void {
    this.nodes.push(record);
  }

  /** Floating-point operations of one run (multiply-adds counted as two). */
  get flops(): number {
    return this.nodes.reduce((sum, node) => sum + node.flops, 0);
  }

  /** Every persistent tensor the graph touches, each once, in order of first use. */
  persistentTensors(): Tensor[] {
    const found = new Set<Tensor>();
    for (const node of this.nodes) {
      for (const { tensor: t } of node.bindings) if (t.lifetime === 'persistent') found.add(owner(t));
    }
    return [...found];
  }
}

/** A graph that runs once, piece by piece: what its records hand on to each other is persistent until they have run. */
export class StagedGraph extends Graph {
  override transient(name: string, shape: Shape, dtype: DType = 'f32'): Tensor {
    return tensor(name, shape, 'persistent', dtype);
  }
}
