/**
 * Passes over a picture that leave gradients and sums by channel at once: a workgroup a channel, or a part of one where
 * channels are too few to fill a GPU. The epilogue, input scales and toRGB go back this way.
 */
import type { Shape, Tensor } from '../../tensor.ts';
import type { KernelFacts } from '../choose.ts';
import { type Binding, type Recorder, read, type Slice, type UniformField, u32, write } from '../kernel.ts';
import { channelsAndPixels } from '../pointwise.ts';
import { type Backward, bindingOf } from './backward.ts';

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
  /** Besides `tree_sum`. */
  readonly parts?: readonly string[] | undefined;
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
  g.add({
    op: a.op,
    label: `${a.label} [${a.of.shape}]`,
    shader: a.shader,
    parts: [...(a.parts ?? []), 'tree_sum'],
    uniforms: [u32('channels', channels), u32('pixels', pixels), u32('part_pixels', partPixels), ...a.uniforms],
    bindings: a.bindings,
    grid: [channels, parts, 1],
    flops: a.flops * channels * pixels,
  });
}

/** What tells one pass of `parts/input_gradient.wgsl` from another. */
export interface InputPass {
  readonly op: string;
  readonly label: string;
  readonly shader: string;
  /** `[I, …]` */
  readonly input: Tensor;
  /** Of each channel of the input. */
  readonly scale: Slice;
  /** To the op's result. */
  readonly gradient: Tensor;
  /** Read besides, after everything else. */
  readonly weight?: Tensor | undefined;
  /** Of a channel's sum, as memory has it. */
  readonly sumShape: Shape;
  /** Floating-point operations a pixel and channel. */
  readonly flops: number;
}

/**
 * Gives a gradient to the input. @returns sums of the gradients to what its channels were multiplied by, `[parts, I,
 * …sumShape]`
 */
export function inputPass(b: Backward, a: InputPass): Tensor {
  const { input, label, scale, weight } = a;
  const { channels, pixels } = channelsAndPixels(input);
  const plan = planParts(channels, pixels, b.facts);
  const sums = b.g.transient(`${label} sums`, [plan.parts, channels, ...a.sumShape]);
  const into = b.wants(input) ? b.into(input) : { tensor: b.g.transient(`${label} unused`, input.shape), keep: false };
  pass(
    b.g,
    {
      ...a,
      parts: ['input_gradient'],
      of: input,
      uniforms: [u32('scale', scale.offset), u32('keep', into.keep ? 1 : 0)],
      bindings: [
        read(a.gradient),
        read(input),
        read(scale.tensor),
        bindingOf(into),
        write(sums),
        ...(weight ? [read(weight)] : []),
      ],
    },
    plan,
  );
  return sums;
}
