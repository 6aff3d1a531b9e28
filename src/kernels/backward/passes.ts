/**
 * Passes over a picture that leave gradients and sums by channel at once: a workgroup a channel or a few, or a part of
 * their pixels where channels are too few to fill a GPU. The epilogue, input scales and toRGB go back this way.
 */
import type { Tensor } from '../../tensor.ts';
import type { KernelFacts } from '../choose.ts';
import { type Binding, type Recorder, read, type Slice, type UniformField, u32, write } from '../kernel.ts';
import { channelsAndPixels } from '../pointwise.ts';
import { type Backward, bindingOf } from './backward.ts';

/** Workgroups that fill a large GPU, and least pixels of a part. */
const BUSY_WORKGROUPS = 512;
const PART_PIXELS = 1024;

/**
 * Parts that pixels are cut into, and pixels of each (pure). CPUs are busy with what there is.
 * @param groups workgroups of a part: channels, or groups of them
 */
export function planParts(
  groups: number,
  pixels: number,
  { software }: Pick<KernelFacts, 'software'>,
): { parts: number; partPixels: number } {
  const wanted = Math.min(Math.ceil(BUSY_WORKGROUPS / groups), Math.floor(pixels / PART_PIXELS));
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
  /** Channels that a workgroup takes; 1 when absent. */
  readonly together?: number | undefined;
  readonly overrides: Readonly<Record<string, number>>;
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
    parts: ['tree_sum'],
    overrides: a.overrides,
    uniforms: [u32('channels', channels), u32('pixels', pixels), u32('part_pixels', partPixels), ...a.uniforms],
    bindings: a.bindings,
    grid: [Math.ceil(channels / (a.together ?? 1)), parts, 1],
    flops: a.flops * channels * pixels,
  });
}

/** What tells one pass back to an op's input from another. */
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
  /** Channels that a workgroup takes; 1 when absent. */
  readonly together?: number | undefined;
  /** Sums of a channel; 1 when absent. */
  readonly sums?: number | undefined;
  /** Floating-point operations a pixel and channel. */
  readonly flops: number;
}

/**
 * Gives a gradient to the input. @returns sums of the gradients to what its channels were multiplied by, `[parts, I /
 * together, sums, together]`
 */
export function inputPass(b: Backward, a: InputPass): Tensor {
  const { input, label, scale, weight, together = 1 } = a;
  const { channels, pixels } = channelsAndPixels(input);
  const groups = Math.ceil(channels / together);
  const plan = planParts(groups, pixels, b.facts);
  const sums = b.g.transient(`${label} sums`, [plan.parts, groups, a.sums ?? 1, together]);
  const into = b.wants(input) ? b.into(input) : { tensor: b.g.transient(`${label} unused`, input.shape), keep: false };
  pass(
    b.g,
    {
      ...a,
      of: input,
      overrides: { KEEP: into.keep ? 1 : 0 },
      uniforms: [u32('scale', scale.offset)],
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
