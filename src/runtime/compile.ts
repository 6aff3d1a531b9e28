/** From graphs to executables: memory slots → buffers → pipelines (in parallel) → bind groups. Happens once. */
import { HyperStyleError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { packUniforms } from '../graph/uniforms.ts';
import { byteLength, owner, type Tensor } from '../tensor.ts';
import type { DeviceBuffers } from './buffers.ts';
import { type Dispatch, Executable } from './executable.ts';
import type { CompiledKernel, PipelineCache } from './pipelines.ts';
import { SlotPool } from './slots.ts';

/** Executables that share slots with every other program of their pool, so at most one of them may run at a time. */
export interface Program {
  /** One a graph, in the order of the graphs. */
  readonly executables: readonly Executable[];
  /** Bytes of the uniform buffers. */
  readonly uniformBytes: number;
  /** What the transients would take if they did not share slots. */
  readonly unsharedBytes: number;
  /** Gives slots and uniforms back; persistent tensors stay with their owner. */
  dispose(): void;
}

/**
 * Compiles graphs that will never run at the same time. Persistent tensors must be allocated in `buffers` already.
 * @param pool where their transients live; by default in slots of their own
 * @throws `memory`, `shader` errors; nothing stays allocated then
 */
export async function compileGraphs(
  buffers: DeviceBuffers,
  pipelines: PipelineCache,
  graphs: readonly Graph[],
  pool: SlotPool = new SlotPool(buffers),
): Promise<Program> {
  const kernels = Promise.all(graphs.map(({ nodes }) => Promise.all(nodes.map((node) => pipelines.get(node)))));
  kernels.catch(() => undefined); // reported by the await below; allocation may fail first
  const slots = await pool.take(graphs);
  const uniforms: GPUBuffer[] = [];
  const dispose = (): void => {
    buffers.release(uniforms.splice(0));
    slots.release();
  };
  try {
    const packed = graphs.map(({ nodes }) => packUniforms(nodes, alignmentOf(buffers.device)));
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    uniforms.push(
      ...(await buffers.create(
        packed.map(({ data }, i) => ({ label: `${graphs[i]?.name} uniforms`, bytes: data.byteLength, usage })),
      )),
    );
    packed.forEach(({ data }, i) => {
      const buffer = uniforms[i];
      if (buffer) buffers.device.queue.writeBuffer(buffer, 0, data);
    });
    const bufferOf = (tensor: Tensor): GPUBuffer => {
      const slot = slots.plan.slotOf.get(owner(tensor));
      return (slot === undefined ? undefined : slots.buffers[slot]) ?? buffers.of(tensor);
    };
    const compiled = await kernels;
    const executables = graphs.map((graph, g) => {
      const [uniform, pack, pipelinesOfGraph] = [uniforms[g], packed[g], compiled[g]];
      if (!uniform || !pack || !pipelinesOfGraph)
        throw new HyperStyleError('shader', `${graph.name}: lost while compiling`);
      return executableOf(buffers.device, graph, { uniform, ...pack, kernels: pipelinesOfGraph, bufferOf });
    });
    const uniformBytes = uniforms.reduce((sum, { size }) => sum + size, 0);
    return { executables, uniformBytes, unsharedBytes: slots.plan.unsharedBytes, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

const alignmentOf = ({ limits }: GPUDevice): number => limits.minUniformBufferOffsetAlignment;

/** What the bind groups of one graph are made of. */
interface GraphResources {
  readonly kernels: readonly CompiledKernel[];
  readonly uniform: GPUBuffer;
  /** Where each record's struct begins in `uniform`, and its bytes. */
  readonly offsets: readonly number[];
  readonly sizes: readonly number[];
  readonly bufferOf: (tensor: Tensor) => GPUBuffer;
}

function executableOf(device: GPUDevice, { name, nodes }: Graph, resources: GraphResources): Executable {
  const { kernels, uniform: buffer, offsets, sizes, bufferOf } = resources;
  const dispatches = nodes.map((record, i): Dispatch => {
    const kernel = kernels[i];
    if (!kernel) throw new HyperStyleError('shader', `${record.label}: lost while compiling`);
    const storage = record.bindings.map(({ tensor }, b) => ({
      binding: b + 1,
      resource: { buffer: bufferOf(tensor), size: Math.max(16, byteLength(tensor)) },
    }));
    const uniform = { binding: 0, resource: { buffer, offset: offsets[i] ?? 0, size: sizes[i] ?? 16 } };
    const entries = [uniform, ...storage];
    const bindGroup = device.createBindGroup({ label: record.label, layout: kernel.layout, entries });
    return { record, pipeline: kernel.pipeline, bindGroup, textureLayout: kernel.textureLayout };
  });
  return new Executable(name, dispatches);
}
