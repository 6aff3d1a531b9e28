/**
 * StyleGAN2's resampling filter alone. Synthesis has it fused into up-convolutions and toRGB; its gradient needs it by
 * itself.
 */
import { ensure } from '../errors.ts';
import type { Tensor } from '../tensor.ts';
import { dim, f32, type Recorder, read, u32, write } from './kernel.ts';
import { elementwise } from './pointwise.ts';

/** Taps a direction. */
const TAPS = 4;
/** Side of the pictures' blocks that an invocation of `fir_blocks` makes. */
const BLOCK = 4;

/** Arguments of {@link fir}. */
export interface FirArgs {
  readonly label: string;
  /** `[≥ firstChannel + channels, H, W]` */
  readonly input: Tensor;
  /** Zeros between pixels: up − 1. */
  readonly up: 1 | 2;
  /** Every how many pixels of the result are kept. */
  readonly down: 1 | 2;
  /** Zeros before the first row and column; what is needed after the last follows from the size. */
  readonly pad: number;
  /** Factor of the filter, which sums up to one. */
  readonly gain: number;
  /** `[OH, OW]` */
  readonly size: readonly [number, number];
  readonly firstChannel?: number | undefined;
  readonly channels?: number | undefined;
}

/**
 * `upfirdn2d` with the filter [1, 3, 3, 1] ⊗ [1, 3, 3, 1] / 64 (StyleGAN2): `[C, H, W]` → `[C, OH, OW]`.
 * @throws `tensor` error when the padding is wider than the filter
 */
export function fir(g: Recorder, a: FirArgs): Tensor {
  const { input, label, firstChannel = 0 } = a;
  ensure(a.pad < TAPS, 'tensor', () => `fir "${label}": padding ${a.pad} is wider than the filter of ${TAPS}`);
  const channels = a.channels ?? dim(input, 0) - firstChannel;
  const [height, width] = a.size;
  const output = g.transient(`${label} filtered`, [channels, height, width]);
  const count = channels * height * width;
  const blocks = channels * Math.ceil(height / BLOCK) * Math.ceil(width / BLOCK);
  const inBlocks = a.up === 1 && a.down === 1;
  g.add(
    elementwise(
      {
        op: 'fir',
        label: `${label} ${channels} ${height}×${width}`,
        shader: inBlocks ? 'fir_blocks' : 'fir',
        parts: ['fir'],
        uniforms: [
          u32('channels', channels),
          u32('first_channel', firstChannel),
          u32('height', dim(input, 1)),
          u32('width', dim(input, 2)),
          u32('out_height', height),
          u32('out_width', width),
          u32('up', a.up),
          u32('down', a.down),
          u32('pad', a.pad),
          f32('gain', a.gain),
        ],
        bindings: [read(input), write(output)],
        flops: (2 * TAPS ** 2 * count) / a.up ** 2,
      },
      inBlocks ? blocks : count,
    ),
  );
  g.pullback?.({ op: 'fir', args: a, output });
  return output;
}

/**
 * The arguments by which a gradient of {@link fir}'s result goes back to its input: the filter is symmetric, so it is
 * the same op.
 */
export function firBackward(a: FirArgs, gradient: Tensor): FirArgs {
  return {
    label: `${a.label} back`,
    input: gradient,
    up: a.down,
    down: a.up,
    pad: TAPS - 1 - a.pad,
    gain: a.gain,
    size: [dim(a.input, 1), dim(a.input, 2)],
  };
}
