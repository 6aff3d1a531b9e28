/** What a network that learns will need on the device, before anything is allocated: a refusal costs nothing then (pure). */
import { ensure } from '../errors.ts';
import { bufferBytes } from '../graph/memory.ts';
import { planGraphs, uniformBytes } from '../graph/plan.ts';
import { lastingTensors, type Network } from '../runtime/network.ts';
import { byteLength, type Tensor } from '../tensor.ts';

/** GPU memory in bytes. */
export interface TuningNeed {
  /** Weights, moments, pictures: what outlives a step. */
  readonly lasting: number;
  /** Slots of what lives within one. */
  readonly activations: number;
  /** The largest single buffer, and what it is for. */
  readonly largest: { readonly name: string; readonly bytes: number };
}

/** What is there already. */
export interface Present {
  readonly buffers: { has(tensor: Tensor): boolean };
}

/**
 * What mounting some networks together takes, beyond what is there. Slots that other networks have already are not
 * counted on: the figure is an upper bound.
 */
export function tuningNeed(
  networks: readonly Network[],
  { minUniformBufferOffsetAlignment }: Pick<GPUSupportedLimits, 'minUniformBufferOffsetAlignment'>,
  { buffers }: Present = { buffers: { has: () => false } },
): TuningNeed {
  const graphs = networks.flatMap((network) => [...network.graphs.values()]);
  const lasting = [...new Set(networks.flatMap(lastingTensors))].filter((each) => !buffers.has(each));
  const { slots } = planGraphs(graphs);
  const all = [
    ...lasting.map((each) => ({ name: each.name, bytes: bufferBytes(byteLength(each)) })),
    ...slots.map((bytes, i) => ({ name: `intermediate results ${i}`, bytes: bufferBytes(bytes) })),
  ];
  const uniforms = uniformBytes(graphs, minUniformBufferOffsetAlignment);
  return {
    lasting: sum(lasting.map((each) => bufferBytes(byteLength(each)))),
    activations: sum(slots.map(bufferBytes)) + sum(uniforms),
    largest: all.reduce((a, b) => (b.bytes > a.bytes ? b : a), { name: 'nothing', bytes: 0 }),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** A need in words. */
export function describeNeed({ lasting, activations }: TuningNeed): string {
  const parts = `${mib(lasting)} of weights and their moments, ${mib(activations)} of intermediate results`;
  return `needs ${mib(lasting + activations)} of GPU memory (${parts})`;
}

/** @throws `memory` error with the need when one buffer is larger than the device allows, or all of it more than may be used */
export function ensureRoomFor(
  what: string,
  need: TuningNeed,
  at: { readonly device: Pick<GPUDevice, 'limits'>; readonly memory?: number | undefined; readonly used: number },
): void {
  const { maxStorageBufferBindingSize, maxBufferSize } = at.device.limits;
  const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  const { name, bytes } = need.largest;
  ensure(
    bytes <= limit,
    'memory',
    () =>
      `${what} of this model ${describeNeed(need)}; "${name}" alone takes ${mib(bytes)} in one buffer, ` +
      `this device allows ${mib(limit)}: use a smaller model or another GPU`,
  );
  const { memory = Number.POSITIVE_INFINITY, used } = at;
  const total = used + need.lasting + need.activations;
  ensure(
    total <= memory,
    'memory',
    () =>
      `${what} of this model ${describeNeed(need)}, ${mib(used)} are in use, and memory allows ${mib(memory)}: ` +
      `allow ${mib(total)}, or use a smaller model`,
  );
}
