/**
 * What convolutions do around their sum: scale and shift of the input, and the epilogue
 * `act(sum · outScale + bias + noise + residual) · gain`. Here are its operands and how they reach a shader: five operand
 * slots, the first bindings, and an `override` per operand that names its slot (5 = absent).
 * The maths itself is in `shaders/parts/epilogue.wgsl`.
 */
import { ensure } from '../errors.ts';
import { expectShape, type Tensor } from '../tensor.ts';
import { type Binding, dim, expectSlice, f32, read, type Slice, type UniformField, u32 } from './kernel.ts';

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

/** Whether a convolution's sum is its result. */
export const isPlain = ({ outScale, bias, noise, residual, activation }: ConvOperands): boolean =>
  !outScale && !bias && !noise && !residual && (activation?.kind ?? 'none') === 'none' && (activation?.gain ?? 1) === 1;

/** Operand slots of the convolution shaders; also the value of an override whose operand is absent. */
export const OPERAND_SLOTS = 5;

/** How one operand is called in overrides, and how many elements it needs. */
interface Operand {
  readonly override: string;
  readonly slice: Slice | undefined;
  readonly length: number;
}

/** Parts of a convolution shader that reads its operands from slots: those with an input shift, and those without. */
export const OPERAND_PARTS = ['operands', 'in_scale', 'in_shift', 'epilogue'] as const;
/** The same for up-convolutions, whose input is only scaled. */
export const UP_OPERAND_PARTS = ['operands', 'in_scale', 'epilogue'] as const;

/** Overrides and bindings that carry the given operands; the bindings come first in a record, as the part `operands` has them. */
export interface BoundOperands {
  readonly overrides: Record<string, number>;
  readonly bindings: Binding[];
}

/** Offset of a vector that is not there, for shaders that do not tell by overrides. */
const ABSENT = 0xffffffff;

const whole = (tensor: Tensor | undefined): Slice | undefined => tensor && { tensor, offset: 0 };

/** The slopes of a PReLU. @throws `tensor` error when it has none */
function slopesOf(where: string, { activation }: ConvOperands, outChannels: number): Slice | undefined {
  if (activation?.kind !== 'prelu') return undefined;
  ensure(activation.slopes, 'tensor', () => `${where}: activation prelu needs slopes [${outChannels}], got none`);
  return whole(activation.slopes);
}

/** Assigns tensors to slots; slices of one tensor share a slot, unused slots hold `filler`. */
function bindOperands(where: string, operands: readonly Operand[], filler: Tensor): BoundOperands {
  const slots: Tensor[] = [];
  const overrides: Record<string, number> = {};
  for (const { override, slice, length } of operands) {
    if (!slice) continue;
    expectSlice(where, override, slice, length);
    const found = slots.indexOf(slice.tensor);
    overrides[override] = found >= 0 ? found : slots.push(slice.tensor) - 1;
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
  const operands: Operand[] = [
    { override: 'IN_SCALE', slice: a.inScale, length: inChannels },
    { override: 'IN_SHIFT', slice: a.inShift, length: inChannels },
    { override: 'OUT_SCALE', slice: a.outScale, length: outChannels },
    { override: 'BIAS', slice: a.bias, length: outChannels },
    { override: 'NOISE', slice: whole(a.noise), length: pixels },
    { override: 'RESIDUAL', slice: whole(a.residual), length: outChannels * pixels },
    { override: 'SLOPES', slice: slopesOf(where, a, outChannels), length: outChannels },
  ];
  return bindOperands(where, operands, filler);
}

/**
 * What {@link bindVec4Epilogue} makes: flags for noise and residual, the first bindings of the record, offsets of the
 * vectors.
 */
export interface Vec4Epilogue {
  readonly overrides: Record<string, number>;
  readonly bindings: Binding[];
  readonly fields: UniformField[];
}

/**
 * The epilogue's operands for `shaders/parts/vec4_epilogue.wgsl`, which reads noise and residual in vec4, and so binds
 * them apart. Each vector has a place of its own and an offset that tells whether it is there, so that pipelines differ
 * by noise and residual only.
 * @param output `[O, OH, OW]`
 * @throws `tensor` error when noise is not `[OH, OW]`, the residual not like the output, or a vector too short
 */
export function bindVec4Epilogue(where: string, a: ConvOperands, output: Tensor, filler: Tensor): Vec4Epilogue {
  const [outChannels, height, width] = [dim(output, 0), dim(output, 1), dim(output, 2)];
  if (a.noise) expectShape(where, 'noise', a.noise, [height, width]);
  if (a.residual) expectShape(where, 'residual', a.residual, output.shape);
  const slopes = slopesOf(where, a, outChannels);
  const vectors = { OUT_SCALE: a.outScale, BIAS: a.bias, SLOPES: slopes };
  for (const [name, slice] of Object.entries(vectors)) expectSlice(where, name, slice, outChannels);
  return {
    overrides: { ...(a.noise && { NOISE: 1 }), ...(a.residual && { RESIDUAL: 1 }) },
    bindings: [
      ...Object.values(vectors).map((slice) => read(slice?.tensor ?? filler)),
      read(a.noise ?? filler),
      read(a.residual ?? filler),
    ],
    fields: [
      u32('out_scale', a.outScale?.offset ?? ABSENT),
      u32('bias', a.bias?.offset ?? ABSENT),
      u32('slopes', slopes?.offset ?? ABSENT),
      ...activationFields(a.activation),
    ],
  };
}

/** Slope below zero as one number; 1 leaves negative values alone. PReLU's own slopes come from its tensor. */
export function activationSlope(activation: Activation | undefined): number {
  if (activation?.kind === 'relu') return 0;
  return activation?.kind === 'leaky' ? (activation.slope ?? 0.2) : 1;
}

/**
 * Bindings of the input operands for shaders that tell by their offsets whether they are there
 * (`shaders/parts/in_vectors.wgsl`).
 */
export const inputBindings = (a: ConvOperands, filler: Tensor): Binding[] => [
  read(a.inScale?.tensor ?? filler),
  read(a.inShift?.tensor ?? filler),
];

/** Uniform fields of the input operands' offsets. */
export const inputFields = (a: ConvOperands): UniformField[] => [
  u32('in_scale', a.inScale?.offset ?? ABSENT),
  u32('in_shift', a.inShift?.offset ?? ABSENT),
];

/** Uniform fields of the epilogue: offsets of its vectors, slope and gain. */
export const epilogueFields = (a: ConvOperands): UniformField[] => [
  u32('out_scale', a.outScale?.offset ?? 0),
  u32('bias', a.bias?.offset ?? 0),
  ...activationFields(a.activation),
];

const activationFields = (activation: Activation | undefined): UniformField[] => [
  f32('slope', activationSlope(activation)),
  f32('gain', activation?.gain ?? 1),
];
