/** Order and memory of graphs that share one set of slots (pure), and the bytes that compiling them will take. */
import type { KernelRecord } from '../kernels/kernel.ts';
import { byteLength, owner } from '../tensor.ts';
import type { Graph } from './graph.ts';
import { bufferBytes, lifetimes, type MemoryPlan, planMemory } from './memory.ts';
import { orderNodes } from './order.ts';
import { packUniforms } from './uniforms.ts';

/** The nodes of each graph in execution order, and the slots of their transients (pure). */
export function planGraphs(graphs: readonly Graph[]): { ordered: KernelRecord[][]; plan: MemoryPlan } {
  const ordered = graphs.map(({ nodes }) => orderNodes(nodes).flatMap((i) => nodes[i] ?? []));
  return { ordered, plan: planMemory(ordered.flatMap((nodes, graph) => lifetimes(nodes, graph))) };
}

/** Bytes of the largest tensor that some graphs bind: what a device must allow in one buffer. */
export function largestTensor(graphs: Iterable<Graph>): number {
  let largest = 0;
  for (const { nodes } of graphs) {
    for (const { bindings } of nodes) {
      for (const { tensor } of bindings) largest = Math.max(largest, byteLength(owner(tensor)));
    }
  }
  return largest;
}

/** GPU memory that `compileGraphs` will make for planned graphs: slots and uniforms. */
export function programBytes(
  { ordered, plan }: ReturnType<typeof planGraphs>,
  { minUniformBufferOffsetAlignment }: Pick<GPUSupportedLimits, 'minUniformBufferOffsetAlignment'>,
): number {
  const uniforms = ordered.map((nodes) => packUniforms(nodes, minUniformBufferOffsetAlignment).data.byteLength);
  return [...plan.slots, ...uniforms].reduce((sum, bytes) => sum + bufferBytes(bytes), 0);
}
