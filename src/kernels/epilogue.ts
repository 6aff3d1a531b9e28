/**
 * What convolutions do around their sum: scale and shift of the input, and the epilogue
 * `act(sum · outScale + bias + noise + residual) · gain`. Here are its operands and how they reach a shader: five operand
 * slots after the three main bindings, and an `override` per operand that names its slot (5 = absent).
 * The maths itself is the function `finish` of each shader.
 */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { type Binding, dim, f32, read, type Slice, type UniformField, u32 } from './kernel.ts';

/** What happens below zero, and the factor after it (√2 in StyleGAN2's fused leaky ReLU). */
export interface Activation {
  readonly kind: 'none' | 'relu' | 'leaky' | 'prelu';
  /** Of `leaky`. */
  readonly slope?: number | undefined;
  /** `[O]`, of `prelu`. */
  readonly slopes?: Tensor | undefined;
  /** Factor after the activation; 1 when absent. */
  readonly gain?: number | undefined;
}

/** Optional operands of a convolution with `I` inputs and output `[O, OH, OW]`. */
export interface ConvOperands {
  /** `[I]`: input is read as `x · inScale + inShift`, inside the picture only; padding stays zero. */
  readonly inScale?: Slice | undefined;
  /** `[I]` */
  readonly inShift?: Slice | undefined;
  /** `[O]`: demodulation or a folded BatchNorm's scale. */
  readonly outScale?: Slice | undefined;
  /** `[O]` */
  readonly bias?: Slice | undefined;
  /** `[OH, OW]`, already times its strength. */
  readonly noise?: Tensor | undefined;
  /** `[O, OH, OW]`, added before the activation. */
  readonly residual?: Tensor | undefined;
  readonly activation?: Activation | undefined;
}

/** Operand slots of the convolution shaders; also the value of an override whose operand is absent. */
export const OPERAND_SLOTS = 5;

/** How one operand is called in overrides, and how many elements it needs. */
interface Operand {
  readonly override: string;
  readonly slice: Slice | undefined;
  readonly length: number;
}

/** Overrides and bindings that carry the given operands. */
export interface BoundOperands {
  readonly overrides: Record<string, number>;
  readonly bindings: Binding[];
}

const whole = (tensor: Tensor | undefined): Slice | undefined => tensor && { tensor, offset: 0 };

/** Assigns tensors to slots; slices of one tensor share a slot, unused slots hold `filler`. */
function bindOperands(where: string, operands: readonly Operand[], filler: Tensor): BoundOperands {
  const slots: Tensor[] = [];
  const overrides: Record<string, number> = {};
  for (const { override, slice, length } of operands) {
    if (!slice) continue;
    const { tensor, offset } = slice;
    ensure(
      offset >= 0 && offset + length <= elementCount(tensor.shape),
      'tensor',
      () =>
        `${where}: ${override} needs ${length} elements at ${offset} of "${tensor.name}", which has ${elementCount(tensor.shape)}`,
    );
    const found = slots.indexOf(tensor);
    overrides[override] = found >= 0 ? found : slots.push(tensor) - 1;
  }
  ensure(
    slots.length <= OPERAND_SLOTS,
    'tensor',
    () => `${where}: ${slots.length} operand tensors, at most ${OPERAND_SLOTS} fit; put some into one tensor`,
  );
  const bindings = Array.from({ length: OPERAND_SLOTS }, (_, i) => read(slots[i] ?? filler));
  return { overrides, bindings };
}

/** Overrides and bindings of the operands that are present. @throws `tensor` error when one is too short */
export function bindConvOperands(
  where: string,
  a: ConvOperands,
  sizes: { readonly inChannels: number; readonly outChannels: number; readonly pixels: number },
  filler: Tensor,
): BoundOperands {
  const { inChannels, outChannels, pixels } = sizes;
  const slopes = a.activation?.kind === 'prelu' ? whole(a.activation.slopes) : undefined;
  ensure(
    a.activation?.kind !== 'prelu' || slopes,
    'tensor',
    () => `${where}: activation prelu needs slopes [${outChannels}], got none`,
  );
  const operands: Operand[] = [
    { override: 'IN_SCALE', slice: a.inScale, length: inChannels },
    { override: 'IN_SHIFT', slice: a.inShift, length: inChannels },
    { override: 'OUT_SCALE', slice: a.outScale, length: outChannels },
    { override: 'BIAS', slice: a.bias, length: outChannels },
    { override: 'NOISE', slice: whole(a.noise), length: pixels },
    { override: 'RESIDUAL', slice: whole(a.residual), length: outChannels * pixels },
    { override: 'SLOPES', slice: slopes, length: outChannels },
  ];
  return bindOperands(where, operands, filler);
}

/** Slots of the vectors that are left where noise and residual have bindings of their own: scale, bias and a PReLU's slopes. */
const VECTOR_SLOTS = 3;

/** What {@link bindVec4Epilogue} makes: flags NOISE and RESIDUAL beside the slots of the vectors. */
export interface Vec4Epilogue extends BoundOperands {
  readonly noise: Binding;
  readonly residual: Binding;
}

/**
 * The epilogue's operands for shaders that read noise and residual in vec4, and so bind them apart from the vectors.
 * @param output `[O, OH, OW]`
 * @throws `tensor` error when noise is not `[OH, OW]`, the residual not like the output, or a vector too short
 */
export function bindVec4Epilogue(where: string, a: ConvOperands, output: Tensor, filler: Tensor): Vec4Epilogue {
  const [outChannels, height, width] = [dim(output, 0), dim(output, 1), dim(output, 2)];
  if (a.noise) expectShape(where, 'noise', a.noise, [height, width]);
  if (a.residual) expectShape(where, 'residual', a.residual, output.shape);
  const vectors = { outScale: a.outScale, bias: a.bias, activation: a.activation };
  const bound = bindConvOperands(where, vectors, { inChannels: 0, outChannels, pixels: height * width }, filler);
  return {
    overrides: { ...(a.noise && { NOISE: 1 }), ...(a.residual && { RESIDUAL: 1 }), ...bound.overrides },
    bindings: bound.bindings.slice(0, VECTOR_SLOTS),
    noise: read(a.noise ?? filler),
    residual: read(a.residual ?? filler),
  };
}

/** Slope below zero as one number; 1 leaves negative values alone. PReLU's own slopes come from its tensor. */
export function activationSlope(activation: Activation | undefined): number {
  if (activation?.kind === 'relu') return 0;
  return activation?.kind === 'leaky' ? (activation.slope ?? 0.2) : 1;
}

/** Offset of a vector that is not there, for shaders that do not tell by overrides. */
const ABSENT = 0xffffffff;

/** Uniform fields of the input operands' offsets. */
export const inputFields = (a: ConvOperands): UniformField[] => [
  u32('in_scale', a.inScale?.offset ?? ABSENT),
  u32('in_shift', a.inShift?.offset ?? ABSENT),
];

/** Uniform fields of the epilogue: offsets of its vectors, slope and gain. */
export const epilogueFields = (a: ConvOperands): UniformField[] => [
  u32('out_scale', a.outScale?.offset ?? 0),
  u32('bias', a.bias?.offset ?? 0),
  f32('slope', activationSlope(a.activation)),
  f32('gain', a.activation?.gain ?? 1),
];
