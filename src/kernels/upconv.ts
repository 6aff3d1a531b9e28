/**
 * StyleGAN2's up-convolution: transposed convolution, stride 2, then the FIR; the intermediate of side 2H + 1 never
 * exists. On CPU adapters the fast rung is one matrix product of θ̂ as it is stored with the pixels as they lie, 9
 * results a pixel and output channel, which the last kernel scatters, filters and finishes at once
 * (`shaders/upconv_output.wgsl` has the algebra). Nothing is transformed when θ̂ changes, and no filter is stored but
 * θ̂. Large pictures go through in strips of rows. On GPUs it is Winograd's F(2×2, 3×3) in one dispatch (`fused.ts`).
 */
import { ensure } from '../errors.ts';
import { expectShape, type Tensor } from '../tensor.ts';
import { batchedProduct, paddedColumns } from './batched-product.ts';
import { type ConvChoice, chooseParts, chooseUpConv, type KernelFacts } from './choose.ts';
import { gatherColumns } from './columns.ts';
import { storedType } from './element.ts';
import { bindConvOperands, bindVec4Epilogue, type ConvOperands, epilogueFields, UP_OPERAND_PARTS } from './epilogue.ts';
import { FUSED_CHUNK, fusedInvocations, fusedUpConv } from './fused.ts';
import { half } from './half.ts';
import { dim, type KernelRecord, linearGrid, type Recorder, read, u32, write } from './kernel.ts';
import type { Precision, UpConvShape, UpConvVariant } from './rungs.ts';

/** Results a pixel and output channel. */
const TAPS = 9;
/** Most bytes either intermediate may take; well inside WebGPU's default binding limit of 128 MiB. */
const INTERMEDIATE_BYTES = 64 * 2 ** 20;
/** Input rows and columns that one invocation of the last kernel finishes. */
const BLOCK_ROWS = 2;
const BLOCK_COLUMNS = 4;

/** A layer's θ̂ and the rung that reads it. */
export interface UpConvWeight extends ConvChoice<UpConvVariant> {
  /** `[I, 3, 3, O]`; in f16 for the rung that comes down to a product only. */
  readonly tensor: Tensor;
  /** θ̂ in f32, where `tensor` was rounded from it: gradients go there. */
  readonly stored?: Tensor | undefined;
  /** What that rung stores the input in and multiplies in. */
  readonly precision: Precision;
  /** Parts that the fused rung cuts its sum into (`split-k.ts`). */
  readonly parts: number;
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
  /** Most bytes of an intermediate; smaller than the default only in tests. */
  readonly maxBytes?: number | undefined;
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

/** Rows of the input that pass through the intermediates together. */
export interface UpConvStrip {
  /** First input row whose output is finished, and how many. */
  readonly top: number;
  readonly rows: number;
  /** First input row that is multiplied, and how many: the strip and its neighbours. */
  readonly first: number;
  readonly count: number;
}

/** Cuts an input into strips (pure). @param maxBytes of an intermediate; smaller than the default only in tests */
export function planUpConv(s: UpConvSizes, maxBytes = INTERMEDIATE_BYTES): UpConvStrip[] {
  const bytesPerRow = 4 * s.width * Math.max(s.inChannels, TAPS * s.outChannels);
  const fit = Math.max(BLOCK_ROWS, Math.floor((maxBytes / bytesPerRow - 2) / BLOCK_ROWS) * BLOCK_ROWS);
  return Array.from({ length: Math.ceil(s.height / fit) }, (_, i) => {
    const top = i * fit;
    const rows = Math.min(fit, s.height - top);
    const first = Math.max(0, top - 1);
    return { top, rows, first, count: Math.min(s.height, top + rows + 1) - first };
  });
}

/** The type in which θ̂ is wanted for {@link upConvWeight}. */
export function upConvWeightType(shape: UpConvShape, facts: KernelFacts): 'f32' | 'f16' {
  return chooseUpConv(shape, facts).variant === 'columns' ? storedType(facts.precision ?? 'f32') : 'f32';
}

/**
 * θ̂ `[I, 3, 3, O]` with the rung that will read it. Every rung reads it as it is, or rounded to {@link
 * upConvWeightType}, which is recorded into `g` unless it has that type already.
 * @throws `tensor` error when it is f16 where f32 is read
 */
export function upConvWeight(
  g: Recorder,
  a: {
    readonly label: string;
    readonly weight: Tensor;
    /** Input height and width in pixels. */
    readonly spatial: readonly [number, number];
    readonly facts: KernelFacts;
  },
): UpConvWeight {
  const { weight, spatial, label } = a;
  const shape = { inChannels: dim(weight, 0), outChannels: dim(weight, 3) };
  expectShape(`upConv "${label}"`, 'weight', weight, [shape.inChannels, 3, 3, shape.outChannels]);
  const choice = chooseUpConv({ ...shape, spatial }, a.facts);
  const type = upConvWeightType({ ...shape, spatial }, a.facts);
  ensure(
    type === 'f16' || weight.dtype === 'f32',
    'tensor',
    () => `upConv "${label}": ${choice.variant} reads θ̂ in f32, "${weight.name}" is ${weight.dtype}`,
  );
  const tensor = type === weight.dtype ? weight : half(g, { label, input: weight });
  const invocations = fusedInvocations(shape.outChannels, [2 * spatial[0], 2 * spatial[1]]);
  const parts =
    choice.variant === 'fused' ? chooseParts(invocations, TAPS * shape.inChannels, TAPS * FUSED_CHUNK, a.facts) : 1;
  return { ...choice, ...shape, tensor, stored: weight, parts, precision: a.facts.precision ?? 'f32' };
}

/**
 * `y = act(FIR(convTranspose(x · inScale)) · outScale + bias + noise) · gain`, `[I, H, W]` → `[O, 2H, 2W]`.
 * `ModulatedConv2d` with `upsample=True` followed by noise and `FusedLeakyReLU` (StyleGAN2, `model.py`); θ[i, a, b, o]
 * scatters input pixel (p, q) to (2p + a, 2q + b), nothing is flipped.
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
  if (weight.variant === 'fused') {
    fusedUpConv(g, { ...a, filter: weight.tensor, parts: weight.parts, output, flops: upConvFlops(s) });
  } else if (weight.variant === 'columns') productRecords(g, a, s, output);
  else g.add(directRecord(a, s, output));
  g.pullback?.({ op: 'upConv', args: a, output });
  return output;
}

function productRecords(g: Recorder, a: UpConvArgs, s: UpConvSizes, output: Tensor): void {
  const strips = planUpConv(s, a.maxBytes);
  const padded = paddedColumns(Math.max(...strips.map(({ count }) => count)) * s.width);
  const columns = g.transient(`${a.label} pixels`, [s.inChannels, padded], a.weight.tensor.dtype);
  const products = g.transient(`${a.label} products`, [TAPS * s.outChannels, padded]);
  for (const strip of strips) {
    const pixels = { outHeight: strip.count, outWidth: s.width, kernel: 1, stride: 1, padding: 0 };
    gatherColumns(g, { ...a, columns, rung: 'upConv/columns', firstRow: strip.first }, { ...s, ...pixels });
    g.add(
      batchedProduct({
        op: 'upConv',
        label: `${a.label} ${s.inChannels}→${s.outChannels} ${2 * s.height}×${2 * s.width}`,
        left: a.weight.tensor,
        right: columns,
        output: products,
        batches: 1,
        depth: s.inChannels,
        rows: TAPS * s.outChannels,
        columns: padded,
        flops: (upConvFlops(s) * strip.rows) / s.height,
        kernel: a.weight.product,
        precision: a.weight.precision,
      }),
    );
    g.add(outputRecord(a, s, strip, products, output));
  }
}

function outputRecord(
  a: UpConvArgs,
  s: UpConvSizes,
  strip: UpConvStrip,
  products: Tensor,
  output: Tensor,
): KernelRecord {
  const epilogue = bindVec4Epilogue(`upConv "${a.label}"`, a, output, products);
  return {
    op: 'upConvOutput',
    label: `${a.label} ${s.outChannels} ${2 * s.height}×${2 * s.width}`,
    rung: 'upConv/columns',
    shader: 'upconv_output',
    parts: ['vec4_epilogue'],
    overrides: epilogue.overrides,
    uniforms: [
      u32('out_channels', s.outChannels),
      u32('height', s.height),
      u32('width', s.width),
      u32('first_row', strip.first),
      u32('top', strip.top),
      u32('rows', strip.rows),
      u32('padded_pixels', dim(products, 1)),
      ...epilogue.fields,
    ],
    bindings: [...epilogue.bindings, read(products), write(output)],
    grid: linearGrid((s.outChannels * Math.ceil(strip.rows / BLOCK_ROWS) * s.width) / BLOCK_COLUMNS, 64),
    flops: 0,
  };
}

function directRecord(a: UpConvArgs, s: UpConvSizes, output: Tensor): KernelRecord {
  const pixels = 4 * s.height * s.width;
  const operands = bindConvOperands(`upConv "${a.label}"`, a, { ...s, pixels }, a.input);
  return {
    op: 'upConv',
    label: `${a.label} ${s.inChannels}→${s.outChannels} ${2 * s.height}×${2 * s.width}`,
    rung: 'upConv/direct',
    shader: 'upconv_direct',
    parts: UP_OPERAND_PARTS,
    overrides: operands.overrides,
    uniforms: [
      u32('in_channels', s.inChannels),
      u32('out_channels', s.outChannels),
      u32('height', s.height),
      u32('width', s.width),
      u32('in_scale', a.inScale?.offset ?? 0),
      ...epilogueFields(a),
    ],
    bindings: [...operands.bindings, read(a.input), read(a.weight.tensor), write(output)],
    grid: linearGrid(s.outChannels * s.height * s.width, 64),
    flops: upConvFlops(s),
  };
}
