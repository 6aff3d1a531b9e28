/** Memory of graphs that share one set of slots (pure), and the bytes that compiling them will take. */
import { byteLength, owner } from '../tensor.ts';
import type { Graph } from './graph.ts';
import { bufferBytes, lifetimes, type MemoryPlan, planMemory } from './memory.ts';
import { expectWrittenBeforeRead } from './order-check.ts';
import { packUniforms } from './uniforms.ts';

/**
 * The slots of the transients of graphs that never run at the same time.
 * @param existing bytes of slots that are there already
 * @throws `shader` error when a graph reads a transient that it has not written yet
 */
export function planGraphs(graphs: readonly Graph[], existing: readonly number[] = []): MemoryPlan {
  for (const { nodes } of graphs) expectWrittenBeforeRead(nodes);
  return planMemory(
    graphs.flatMap(({ nodes }, graph) => lifetimes(nodes, graph)),
    existing,
  );
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

/** Bytes of the uniform buffer of each graph. @param alignment the device's `minUniformBufferOffsetAlignment` */
export function uniformBytes(graphs: readonly Graph[], alignment: number): number[] {
  return graphs.map(({ nodes }) => bufferBytes(packUniforms(nodes, alignment).data.byteLength));
}
