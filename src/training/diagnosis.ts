/**
 * Where a number that is none came from: the pass is run again with a sum of squares after each kernel, and the first
 * bad one is named.
 */
import { Graph } from '../graph/graph.ts';
import type { KernelRecord } from '../kernels/kernel.ts';
import { columnSums, squareRuns, squareSums } from '../kernels/sums.ts';
import { elementCount, owner, type Tensor, tensor } from '../tensor.ts';
import type { TrainingSession } from './session.ts';

/** What a kernel wrote. */
interface Probe {
  readonly label: string;
  readonly written: Tensor;
}

/** Whether a kernel leaves some of what it writes into as it was, which may be anything. */
function isPartial({ op, uniforms }: KernelRecord, { shape }: Tensor): boolean {
  const count = uniforms.find(({ name }) => name === 'count')?.value;
  return op === 'add' && count !== undefined && count < elementCount(shape);
}

/** A graph's kernels, each followed by the sum of squares of what it wrote. */
function probed(graph: Graph): { readonly graph: Graph; readonly probes: readonly Probe[]; readonly sums: Tensor } {
  const probes = graph.nodes.flatMap((record) =>
    record.bindings.flatMap(({ tensor: written, access }) =>
      access === 'read' || isPartial(record, owner(written))
        ? []
        : [{ record, label: `${record.label} (${record.op})`, written }],
    ),
  );
  const sums = tensor('squares of results', [Math.max(1, probes.length)]);
  const copy = new Graph(`${graph.name} with sums`);
  let offset = 0;
  for (const record of graph.nodes) {
    copy.add(record);
    for (const probe of probes.filter((each) => each.record === record)) {
      const parts = copy.transient('squares', [squareRuns(probe.written), 1]);
      squareSums(copy, { a: probe.written, into: { tensor: parts, offset: 0 } });
      columnSums(copy, probe.label, parts, [1], { into: { tensor: sums, offset: offset++ } });
    }
  }
  return { graph: copy, probes, sums };
}

/**
 * The first kernel whose result is not finite, as its layer and op, or undefined where that cannot be found out.
 * @param pass in which a loss was no number, from 0
 */
export async function findFault(
  { network, mounted, runtime }: TrainingSession,
  place: () => void,
  name: 'pass' | 'check',
  pass: number,
): Promise<string | undefined> {
  const graph = network.graphs.get(name);
  if (!graph) return undefined;
  const { graph: copy, probes, sums } = probed(graph);
  await runtime.buffers.allocate([sums]);
  const program = await runtime.compile([copy]);
  try {
    place();
    mounted.run('restart', 'begin');
    for (let done = 0; done < pass; done++) mounted.run(name);
    program.executables[0]?.submit(runtime.device);
    const values = await runtime.read(sums);
    const bad = probes.findIndex((_, i) => !Number.isFinite(values[i]));
    return probes[bad]?.label;
  } finally {
    program.dispose();
    runtime.buffers.free([sums]);
  }
}
