/**
 * Passes over a picture that leave gradients and sums by channel at once: a workgroup a channel, or a part of one where channels are
 * too few to fill a GPU. The epilogue, input scales and toRGB go back this way.
 */
import type { Tensor } from '../../tensor.ts';
import type { KernelFacts } from '../choose.ts';
import type { Binding, KernelRecord, Recorder, UniformField } from '../kernel.ts';
import { u32 } from '../kernel.ts';
import { channelsAndPixels } from '../pointwise.ts';

/** Workgroups that fill a large GPU, and least pixels of a part. */
const BUSY_WORKGROUPS = 512;
const PART_PIXELS = 1024;

/** Parts that each channel's pixels are cut into, and pixels of each (pure). CPUs are busy with a workgroup a channel. */
export function planParts(
  channels: number,
  pixels: number,
  { software }: Pick<KernelFacts, 'software'>,
): { parts: number; partPixels: number } {
  const wanted = Math.min(Math.ceil(BUSY_WORKGROUPS / channels), Math.floor(pixels / PART_PIXELS));
  const partPixels = Math.ceil(pixels / (software ? 1 : Math.max(1, wanted)));
  return { parts: Math.ceil(pixels / partPixels), partPixels };
}

/** What tells one pass from another. */
export interface Pass {
  readonly op: string;
  readonly label: string;
  readonly shader: string;
  /** `[C, …]`: whose channels and pixels they are. */
  readonly of: Tensor;
  /** Fields after `channels`, `pixels` and `part_pixels`. */
  readonly uniforms: readonly UniformField[];
  readonly bindings: readonly Binding[];
  /** Floating-point operations a pixel and channel. */
  readonly flops: number;
}

/** Records a pass. @param parts from {@link planParts} */
export function pass(g: Recorder, a: Pass, { parts, partPixels }: ReturnType<typeof planParts>): void {
  const { channels, pixels } = channelsAndPixels(a.of);
  const record: KernelRecord = {
    op: a.op,
    label: `${a.label} [${a.of.shape}]`,
    shader: a.shader,
    parts: ['tree_sum'],
    uniforms: [u32('channels', channels), u32('pixels', pixels), u32('part_pixels', partPixels), ...a.uniforms],
    bindings: a.bindings,
    grid: [channels, parts, 1],
    flops: a.flops * channels * pixels,
  };
  g.add(record);
}
