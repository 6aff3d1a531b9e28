/**
 * StyleGAN2's up-convolution: transposed convolution, stride 2, then the FIR, fused and polyphase at input resolution:
 * the intermediate of side 2H + 1 never exists. Along each axis an output phase sees three inputs, so the whole is four 3×3
 * convolutions of the input that share everything but their filters (`shaders/upconv_direct.wgsl` has the algebra).
 */
import { expectShape, type Tensor } from '../tensor.ts';
import { type AdapterFacts, type ConvChoice, chooseUpConv, type UpConvVariant } from './choose.ts';
import { bindConvOperands, type ConvOperands, epilogueFields } from './epilogue.ts';
import { dim, type KernelRecord, linearGrid, type Recorder, read, u32, write } from './kernel.ts';
import { type ChannelRange, FREQUENCIES, winogradConv, winogradUpFilter } from './winograd.ts';

/** Largest tensor of composed filters: WebGPU's default `maxStorageBufferBindingSize`. */
const MAX_FILTER_BYTES = 128 * 2 ** 20;
/** Filters of an output channel: two phases an axis. */
const PHASES = 4;

/** What makes some output channels of an up-convolution. */
export interface UpConvFilter extends ChannelRange {
  readonly tensor: Tensor;
}

/** A layer's θ̂ as one variant reads it. */
export interface UpConvWeight extends ConvChoice<UpConvVariant> {
  /** θ̂ itself, or composed filters of successive output channels, each small enough for one binding. */
  readonly parts: readonly UpConvFilter[];
  readonly inChannels: number;
  readonly outChannels: number;
}

/** Attributes of {@link upConv} besides its operands. */
export interface UpConvArgs extends Omit<ConvOperands, 'residual' | 'inShift'> {
  readonly label: string;
  /** `[I, H, W]` */
  readonly input: Tensor;
  readonly weight: UpConvWeight;
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

/**
 * Successive output channels whose composed filters stay within `maxBytes` each (pure): the four phases of a 512→512 layer
 * take 144 MiB, more than one binding may by default. Whole blocks of the matrix product, as equal as these allow.
 */
export function upConvParts(inChannels: number, outChannels: number, maxBytes = MAX_FILTER_BYTES): ChannelRange[] {
  const bytesPerChannel = 4 * PHASES * FREQUENCIES * inChannels;
  const fit = Math.max(PHASES, Math.floor(maxBytes / bytesPerChannel / PHASES) * PHASES);
  const parts = Math.ceil(outChannels / fit);
  const each = Math.ceil(outChannels / parts / PHASES) * PHASES;
  const firsts = Array.from({ length: Math.ceil(outChannels / each) }, (_, i) => i * each);
  return firsts.map((first) => ({ first, count: Math.min(each, outChannels - first) }));
}

/**
 * Makes θ̂ `[I, 3, 3, O]` ready for its variant: itself for the direct one, else the composed and transformed filters of the four
 * output phases, recorded into `g` as persistent tensors (those of `reuse` when given), see {@link upConvParts}.
 */
export function prepareUpConvWeight(
  g: Recorder,
  a: {
    readonly label: string;
    readonly weight: Tensor;
    /** Input height and width in pixels. */
    readonly spatial: readonly [number, number];
    readonly facts: AdapterFacts;
    readonly reuse?: UpConvWeight | undefined;
    /** Largest filter tensor; smaller than WebGPU's default only in tests. */
    readonly maxFilterBytes?: number | undefined;
  },
): UpConvWeight {
  const { weight } = a;
  const [inChannels, outChannels] = [dim(weight, 0), dim(weight, 3)];
  expectShape(`upConv "${a.label}"`, 'weight', weight, [inChannels, 3, 3, outChannels]);
  const shape = { inChannels, outChannels };
  const choice = chooseUpConv({ ...shape, spatial: a.spatial }, a.facts);
  const whole = { ...choice, ...shape, parts: [{ first: 0, count: outChannels, tensor: weight }] };
  if (choice.variant === 'direct') return whole;
  const parts = upConvParts(inChannels, outChannels, a.maxFilterBytes).map((range, i) => {
    const output = a.reuse?.parts[i]?.tensor;
    return { ...range, tensor: winogradUpFilter(g, { label: a.label, weight, output }, range) };
  });
  return { ...whole, parts };
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
  const [height, width] = [dim(input, 1), dim(input, 2)];
  const s = { inChannels: weight.inChannels, outChannels: weight.outChannels, height, width };
  expectShape(where, 'input', input, [s.inChannels, height, width]);
  const shape = [s.outChannels, 2 * height, 2 * width];
  const output = a.output ?? g.transient(label, shape);
  expectShape(where, 'output', output, shape);
  if (weight.variant === 'winograd') {
    const { product } = weight;
    for (const { tensor: filter, first: firstChannel, count } of weight.parts) {
      const sizes = { ...s, outChannels: count };
      winogradConv(
        g,
        { ...a, filter, product, output, firstChannel },
        { ...sizes, padding: 1, phases: 4 },
        upConvFlops(sizes),
      );
    }
  } else {
    g.add(directRecord(a, s, output));
  }
  return output;
}

function directRecord(a: UpConvArgs, s: UpConvSizes, output: Tensor): KernelRecord {
  const pixels = 4 * s.height * s.width;
  const operands = bindConvOperands(`upConv "${a.label}"`, a, { ...s, pixels }, a.input);
  const filter = a.weight.parts[0]?.tensor ?? a.input;
  return {
    op: 'upConv',
    label: `${a.label} ${s.inChannels}→${s.outChannels} ${2 * s.height}×${2 * s.width}`,
    shader: 'upconv_direct',
    overrides: operands.overrides,
    uniforms: [
      u32('in_channels', s.inChannels),
      u32('out_channels', s.outChannels),
      u32('height', s.height),
      u32('width', s.width),
      u32('in_scale', a.inScale?.offset ?? 0),
      ...epilogueFields(a),
    ],
    bindings: [read(a.input), read(filter), write(output), ...operands.bindings],
    grid: linearGrid(s.outChannels * pixels, 64),
    flops: upConvFlops(s),
  };
}
