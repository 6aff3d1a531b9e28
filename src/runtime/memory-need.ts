/** What mounting a network will allocate, before anything is (pure). */
import { bufferBytes } from '../graph/memory.ts';
import { planGraphs, uniformBytes } from '../graph/plan.ts';
import { rehearsal, StagedRun } from '../graph/staged-run.ts';
import { byteLength } from '../tensor.ts';
import { lastingTensors, type Network, temporaryTensors } from './network.ts';

/** GPU memory of a network in bytes. */
export interface MemoryNeed {
  readonly weights: number;
  readonly activations: number;
  /** Most bytes of weights on their way in. */
  readonly loading: number;
  /** Sizes of the buffers that exist at the peak. */
  readonly buffers: readonly number[];
}

/** What `Runtime.mount` will allocate on an empty device. @throws `shader` error when a graph reads what it has not written */
export async function memoryNeed(
  network: Network,
  { minUniformBufferOffsetAlignment: alignment }: Pick<GPUSupportedLimits, 'minUniformBufferOffsetAlignment'>,
): Promise<MemoryNeed> {
  const graphs = [...network.graphs.values()];
  const slots = planGraphs(graphs).slots.map(bufferBytes);
  const weights = lastingTensors(network).map((t) => bufferBytes(byteLength(t)));
  const memory = rehearsal(alignment);
  const run = new StagedRun(network.plan.prepare, temporaryTensors(network), memory);
  await network.plan.rehearse(run);
  await run.finish();
  const activations = sum(slots) + sum(uniformBytes(graphs, alignment));
  return {
    weights: sum(weights),
    activations,
    loading: memory.peak,
    buffers: [...weights, ...slots, ...pieces(memory.peak)],
  };
}

/** `bytes` as buffers of at most 16 MiB: about the size of one convolution's weights. */
function pieces(bytes: number): number[] {
  const size = 2 ** 24;
  return Array.from({ length: Math.ceil(bytes / size) }, (_, i) => Math.min(size, bytes - i * size));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
