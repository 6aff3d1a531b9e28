/** The plan of a graph as a table for people. */
import { byteLength } from '../tensor.ts';
import type { Graph } from './graph.ts';
import { planGraphs } from './plan.ts';

/** A fixed-width table: op, label with shapes, variant, workgroups, bytes touched, GFLOP; and the memory below it. */
export function describeGraphs(graphs: readonly Graph[]): string {
  const plan = planGraphs(graphs);
  const header = ['graph', 'op', 'what', 'variant', 'workgroups', 'KiB', 'MFLOP'];
  const rows = graphs.flatMap(({ name, nodes }) =>
    nodes.map((node) => [
      name,
      node.op,
      node.label,
      node.shader,
      node.grid.join('×'),
      (node.bindings.reduce((sum, { tensor }) => sum + byteLength(tensor), 0) / 1024).toFixed(1),
      (node.flops / 1e6).toFixed(2),
    ]),
  );
  const widths = header.map((h, i) => Math.max(h.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const shared = plan.slots.reduce((sum, bytes) => sum + bytes, 0);
  const total = graphs.reduce((sum, graph) => sum + graph.flops, 0);
  return [
    line(header),
    ...rows.map(line),
    `${rows.length} dispatches, ${(total / 1e9).toFixed(3)} GFLOP, ${plan.slots.length} slots of ${(shared / 2 ** 20).toFixed(1)} MiB (${(plan.unsharedBytes / 2 ** 20).toFixed(1)} MiB unshared)`,
  ].join('\n');
}
