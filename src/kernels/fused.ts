/**
 * 3×3 convolutions by Winograd's F(2×2, 3×3) in one dispatch each, input and filter transforms, products, output
 * transform and epilogue together: stride-1 ones (`shaders/conv2d_fused.wgsl`) and StyleGAN2's up-convolution, whose
 * FIR is part of the input transform (`shaders/upconv_fused.wgsl`). For GPUs: what three dispatches pass through memory
 * stays in workgroup memory.
 */
import type { Tensor } from '../tensor.ts';
import {
  bindConvOperands,
  type ConvOperands,
  epilogueFields,
  inputFields,
  OPERAND_PARTS,
  UP_OPERAND_PARTS,
} from './epilogue.ts';
import { dim, type KernelRecord, type Recorder, read, type UniformField, u32, write } from './kernel.ts';
import { inParts, type SplitArgs } from './split-k.ts';

/** Pixels and channels that one workgroup owns, and its invocations; the shaders have the same. */
const WORKGROUP = { side: 8, channels: 32, invocations: 128 };
/** Input channels that a workgroup brings in at a time. */
export const FUSED_CHUNK = 4;

/** Workgroups of one part of an output `[O, OH, OW]`: across, down, and in channels. */
function planFused(outChannels: number, [height, width]: readonly [number, number]): [number, number, number] {
  const { side, channels } = WORKGROUP;
  return [Math.ceil(width / side), Math.ceil(height / side), Math.ceil(outChannels / channels)];
}

/** Invocations that compute one part of an output `[O, OH, OW]` (pure). */
export function fusedInvocations(outChannels: number, size: readonly [number, number]): number {
  return planFused(outChannels, size).reduce((product, n) => product * n, WORKGROUP.invocations);
}

/** One convolution with checked shapes. */
export interface FusedArgs extends SplitArgs {
  /** `[I, H, W]` */
  readonly input: Tensor;
  /** θ̂ as it is stored: `[…, I, 3, 3, O]`, O a multiple of 4. */
  readonly filter: Tensor;
  /** Multiply-adds of the plain convolution, counted as two. */
  readonly flops: number;
}

/** Everything but shader and uniforms, which differ. */
function common(
  a: FusedArgs,
  op: string,
  output: Tensor,
  around: ConvOperands,
): Omit<KernelRecord, 'shader' | 'uniforms'> {
  const [outChannels, height, width] = [dim(a.output, 0), dim(a.output, 1), dim(a.output, 2)];
  const inChannels = dim(a.input, 0);
  const [across, down, channelBlocks] = planFused(outChannels, [height, width]);
  const sizes = { inChannels, outChannels, pixels: height * width };
  const operands = bindConvOperands(`${op} "${a.label}"`, around, sizes, a.input);
  return {
    op,
    label: `${a.label} ${inChannels}→${outChannels} ${height}×${width}`,
    overrides: operands.overrides,
    bindings: [...operands.bindings, read(a.input), read(a.filter), write(output)],
    grid: [across, down, channelBlocks * a.parts],
    flops: a.flops,
  };
}

const sizeFields = (a: FusedArgs): UniformField[] => [
  u32('in_channels', dim(a.input, 0)),
  u32('out_channels', dim(a.output, 0)),
  u32('part_channels', FUSED_CHUNK * Math.ceil(dim(a.input, 0) / FUSED_CHUNK / a.parts)),
  u32('height', dim(a.input, 1)),
  u32('width', dim(a.input, 2)),
];

/** Records a stride-1 3×3 convolution whose shapes `conv2d` has checked. */
export function fusedConv(g: Recorder, a: FusedArgs, padding: number): void {
  const out = [u32('out_height', dim(a.output, 1)), u32('out_width', dim(a.output, 2)), u32('padding', padding)];
  inParts(g, a, (output, around) => ({
    ...common(a, 'conv2d', output, around),
    rung: 'conv2d/fused',
    shader: 'conv2d_fused',
    parts: ['fused', ...OPERAND_PARTS, 'outer'],
    uniforms: [...sizeFields(a), ...out, ...inputFields(around), ...epilogueFields(around)],
  }));
}

/** Records an up-convolution whose shapes `upConv` has checked; its output is `[O, 2H, 2W]`. */
export function fusedUpConv(g: Recorder, a: FusedArgs): void {
  inParts(g, a, (output, around) => ({
    ...common(a, 'upConv', output, around),
    rung: 'upConv/fused',
    shader: 'upconv_fused',
    parts: ['fused', ...UP_OPERAND_PARTS, 'outer'],
    uniforms: [...sizeFields(a), u32('in_scale', around.inScale?.offset ?? 0), ...epilogueFields(around)],
  }));
}
