/** Demodulation factors: what an up-scaled style does to a channel's norm, undone at the output. */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { dim, type Recorder, read, type Slice, u32, write } from './kernel.ts';

const CHANNELS_PER_WORKGROUP = 16;

/**
 * `d[o] = rsqrt(Σ_i s[i]² · energy[i, o] + 1e-8)` as `[O]` (StyleGAN2 §3.2, eq. 3, with the squared weights summed over taps
 * beforehand by `weightUpdate`).
 * @throws `tensor` error when the styles are too short or `output` has another shape
 */
export function demodulation(
  g: Recorder,
  a: {
    readonly label?: string | undefined;
    readonly styles: Slice;
    readonly energy: Tensor;
    readonly output?: Tensor | undefined;
  },
): Tensor {
  const { styles, energy } = a;
  const label = a.label ?? energy.name;
  const where = `demodulation "${label}"`;
  const [inChannels, outChannels] = [dim(energy, 0), dim(energy, 1)];
  const has = elementCount(styles.tensor.shape);
  ensure(
    styles.offset + inChannels <= has,
    'tensor',
    () =>
      `${where}: styles need ${inChannels} elements at ${styles.offset} of "${styles.tensor.name}", which has ${has}`,
  );
  const output = a.output ?? g.transient(`${label} demodulation`, [outChannels]);
  expectShape(where, 'output', output, [outChannels]);
  g.add({
    op: 'demodulation',
    label: `${label} ${inChannels}→${outChannels}`,
    shader: 'demodulation',
    uniforms: [u32('in_channels', inChannels), u32('out_channels', outChannels), u32('styles', styles.offset)],
    bindings: [read(styles.tensor), read(energy), write(output)],
    grid: [Math.ceil(outChannels / CHANNELS_PER_WORKGROUP), 1, 1],
    flops: 3 * inChannels * outChannels,
  });
  return output;
}
