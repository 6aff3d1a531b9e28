/**
 * StyleGAN2's up-convolution: transposed convolution, stride 2, then the FIR, fused and polyphase at input resolution:
 * the intermediate of side 2H + 1 never exists in memory. See `shaders/upconv_direct.wgsl` for the algebra.
 */
import { expectShape, type Tensor } from '../tensor.ts';
import { type AdapterFacts, chooseUpConv, DEFAULT_FACTS, type UpConvVariant } from './choose.ts';
import { bindConvOperands, type ConvOperands, epilogueFields } from './epilogue.ts';
import { dim, type KernelRecord, linearGrid, type Recorder, read, u32, write } from './kernel.ts';

/** Attributes of {@link upConv} besides its operands. */
export interface UpConvArgs extends Omit<ConvOperands, 'residual' | 'inShift'> {
  readonly label: string;
  /** `[I, H, W]` */
  readonly input: Tensor;
  /** `[I, 3, 3, O]`, as the layer's θ̂ is stored. */
  readonly weight: Tensor;
  /** What the choice of the variant may depend on; WebGPU's defaults when absent. */
  readonly facts?: AdapterFacts | undefined;
  /** `[O, 2H, 2W]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
}

/** Sizes of one up-convolution; height and width are the input's. */
export interface UpConvSizes {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly height: number;
  readonly width: number;
}

/** Multiply-adds of the transposed convolution at input resolution (nine a pixel and channel pair), counted as two. */
export function upConvFlops(s: UpConvSizes): number {
  return 2 * 9 * s.inChannels * s.outChannels * s.height * s.width;
}

/** Overrides and grid of one variant (pure). */
export function planUpConv(_variant: UpConvVariant, s: UpConvSizes): Pick<KernelRecord, 'overrides' | 'grid'> {
  return { overrides: {}, grid: linearGrid(s.outChannels * 4 * s.height * s.width, 64) };
}

/**
 * `y = act(FIR(convTranspose(x · inScale)) · outScale + bias + noise) · gain`, `[I, H, W]` → `[O, 2H, 2W]`.
 * `ModulatedConv2d` with `upsample=True` followed by noise and `FusedLeakyReLU` (StyleGAN2, `model.py`); θ[i, a, b, o] scatters input
 * pixel (p, q) to (2p + a, 2q + b), nothing is flipped.
 * @throws `tensor` error when shapes disagree or an operand is too short
 */
export function upConv(g: Recorder, a: UpConvArgs): Tensor {
  const { input, weight, label } = a;
  const where = `upConv "${label}"`;
  const s = { inChannels: dim(input, 0), outChannels: dim(weight, 3), height: dim(input, 1), width: dim(input, 2) };
  expectShape(where, 'weight', weight, [s.inChannels, 3, 3, s.outChannels]);
  const shape = [s.outChannels, 2 * s.height, 2 * s.width];
  const output = a.output ?? g.transient(label, shape);
  expectShape(where, 'output', output, shape);
  const operands = bindConvOperands(where, a, { ...s, pixels: 4 * s.height * s.width }, input);
  const variant = chooseUpConv({ ...s, spatial: [s.height, s.width] }, a.facts ?? DEFAULT_FACTS);
  const { overrides, grid } = planUpConv(variant, s);
  g.add({
    op: 'upConv',
    label: `${label} ${s.inChannels}→${s.outChannels} ${2 * s.height}×${2 * s.width}`,
    shader: `upconv_${variant}`,
    overrides: { ...overrides, ...operands.overrides },
    uniforms: [
      u32('in_channels', s.inChannels),
      u32('out_channels', s.outChannels),
      u32('height', s.height),
      u32('width', s.width),
      u32('in_scale', a.inScale?.offset ?? 0),
      ...epilogueFields(a),
    ],
    bindings: [read(input), read(weight), write(output), ...operands.bindings],
    grid,
    flops: upConvFlops(s),
  });
  return output;
}
