/**
 * Convolution as one matrix product a group that gathers its columns itself, through workgroup memory
 * (`shaders/conv2d_implicit.wgsl`): for the strided, grouped, 7×7 and 1×1 convolutions that Winograd cannot take. For
 * GPUs.
 */
import type { Tensor } from '../tensor.ts';
import { bindConvOperands, type ConvOperands, epilogueFields, inputFields, OPERAND_PARTS } from './epilogue.ts';
import { dim, type KernelRecord, type Recorder, read, type UniformField, u32, write } from './kernel.ts';
import { inParts, type SplitArgs } from './split-k.ts';

/** Channels and pixels that one workgroup owns, and its invocations; the shader has the same. */
const WORKGROUP = { channels: 64, pixels: 32, invocations: 64 };
/** Terms that a workgroup brings in at a time. */
export const IMPLICIT_CHUNK = 16;

/** Sizes that workgroups are counted by; channel numbers count all groups. */
export interface ImplicitSizes {
  readonly groups: number;
  readonly outChannels: number;
  /** Output height and width in pixels. */
  readonly spatial: readonly [number, number];
}

/** Workgroups of one part of an output: over pixels, channels of a group, and groups. */
function planImplicit({ groups, outChannels, spatial }: ImplicitSizes): [number, number, number] {
  const pixels = spatial[0] * spatial[1];
  return [Math.ceil(pixels / WORKGROUP.pixels), Math.ceil(outChannels / groups / WORKGROUP.channels), groups];
}

/** Invocations that compute one part of an output (pure). */
export function implicitInvocations(sizes: ImplicitSizes): number {
  return planImplicit(sizes).reduce((product, n) => product * n, WORKGROUP.invocations);
}

/** One convolution with checked shapes. */
export interface ImplicitArgs extends SplitArgs {
  /** `[I, H, W]` */
  readonly input: Tensor;
  /** `[groups, I/groups, k, k, O/groups]`, O/groups a multiple of 4. */
  readonly filter: Tensor;
  /** Multiply-adds of the convolution, counted as two. */
  readonly flops: number;
}

function record(a: ImplicitArgs, sizes: readonly UniformField[], output: Tensor, around: ConvOperands): KernelRecord {
  const [outChannels, height, width] = [dim(a.output, 0), dim(a.output, 1), dim(a.output, 2)];
  const inChannels = dim(a.input, 0);
  const [groups, groupIn, kernel] = [dim(a.filter, 0), dim(a.filter, 1), dim(a.filter, 2)];
  const pixels = height * width;
  const operands = bindConvOperands(`conv2d "${a.label}"`, around, { inChannels, outChannels, pixels }, a.input);
  const [across, down, deep] = planImplicit({ groups, outChannels, spatial: [height, width] });
  const chunks = Math.ceil((groupIn * kernel ** 2) / IMPLICIT_CHUNK);
  return {
    op: 'conv2d',
    label: `${a.label} ${inChannels}→${outChannels} ${height}×${width}`,
    rung: 'conv2d/implicit',
    shader: 'conv2d_implicit',
    parts: ['conv2d', ...OPERAND_PARTS, 'outer'],
    overrides: operands.overrides,
    uniforms: [
      ...sizes,
      u32('part_terms', IMPLICIT_CHUNK * Math.ceil(chunks / a.parts)),
      ...inputFields(around),
      ...epilogueFields(around),
    ],
    bindings: [...operands.bindings, read(a.input), read(a.filter), write(output)],
    grid: [across, down, deep * a.parts],
    flops: a.flops,
  };
}

/** Records a convolution whose shapes `conv2d` has checked. @param sizes the uniform fields `groups` .. `padding` */
export function implicitConv(g: Recorder, a: ImplicitArgs, sizes: readonly UniformField[]): void {
  inParts(g, a, (output, around) => record(a, sizes, output, around));
}
