/** Demodulation factors: what an up-scaled style does to a channel's norm, undone at the output. All layers in one dispatch. */
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { chooseSharers, DEFAULT_FACTS, type KernelFacts } from './choose.ts';
import { dim, type Recorder, read, u32, write } from './kernel.ts';

const WORKGROUP_SIZE = 256;

/** Where one layer's operands lie in the concatenated tensors, in elements. */
export interface DemodulatedLayer {
  /** Start of s `[I]` in the styles. */
  readonly style: number;
  /** Start of the layer's `[I, O]` in the energies. */
  readonly energy: number;
  readonly inChannels: number;
  readonly outChannels: number;
}

/** The table `[ΣO, 4]` that {@link demodulation} reads; whole numbers below 2^24 are exact in f32. */
export function demodulationTable(layers: readonly DemodulatedLayer[]): Float32Array {
  const rows = layers.flatMap(({ style, energy, inChannels, outChannels }) =>
    Array.from({ length: outChannels }, (_, o) => [style, inChannels, outChannels, energy + o]),
  );
  return Float32Array.from(rows.flat());
}

/** Arguments of {@link demodulation}. */
export interface DemodulationArgs {
  readonly label?: string | undefined;
  /** Styles of all layers `[S]`. */
  readonly styles: Tensor;
  /** Energies of all layers `[ΣI·O]`; see `weightUpdate`. */
  readonly energy: Tensor;
  /** `[ΣO, 4]`; see {@link demodulationTable}. */
  readonly table: Tensor;
  /** What the table was made from; needed where the op is differentiated. */
  readonly layers?: readonly DemodulatedLayer[] | undefined;
  /** `[ΣO]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
  /** What tells how the sums are shared out; a GPU is assumed when absent. */
  readonly facts?: KernelFacts | undefined;
}

/**
 * `d[o] = rsqrt(Σ_i s[i]² · energy[i, o] + 1e-8)` of every layer, one after another `[ΣO]` (StyleGAN2 §3.2, eq. 3, with
 * the squared weights summed over taps beforehand by `weightUpdate`).
 * @throws `tensor` error when shapes disagree
 */
export function demodulation(g: Recorder, a: DemodulationArgs): Tensor {
  const label = a.label ?? 'demodulation';
  const channels = dim(a.table, 0);
  expectShape(`demodulation "${label}"`, 'table', a.table, [channels, 4]);
  const output = a.output ?? g.transient(label, [channels]);
  expectShape(`demodulation "${label}"`, 'output', output, [channels]);
  const energies = elementCount(a.energy.shape);
  const sharers = chooseSharers(channels, energies / channels, a.facts ?? DEFAULT_FACTS);
  g.add({
    op: 'demodulation',
    label: `${label} ${channels} channels`,
    shader: 'demodulation',
    parts: ['shared_sum'],
    overrides: { SHARERS: sharers },
    rung: sharers > 1 ? 'sum/shared' : 'sum/alone',
    uniforms: [u32('channels', channels)],
    bindings: [read(a.styles), read(a.energy), read(a.table), write(output)],
    grid: [Math.ceil((channels * sharers) / WORKGROUP_SIZE), 1, 1],
    flops: 3 * energies,
  });
  g.pullback?.({ op: 'demodulation', args: a, output });
  return output;
}
