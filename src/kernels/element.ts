/** Element types of a convolution's intermediates as shaders get them: through `{{NAME}}` doors, one file for both types. */
import type { Tensor } from '../tensor.ts';
import type { Precision } from './rungs.ts';

/** Element type in which filters, transformed inputs and gathered columns are stored. */
export const storedType = (precision: Precision): 'f32' | 'f16' => (precision === 'f32' ? 'f32' : 'f16');

/** Element type in which products multiply; their sums are f32 in every case. */
export const termType = (precision: Precision): 'f32' | 'f16' => (precision === 'f16' ? 'f16' : 'f32');

/** `{{ELEMENT}}` and the directive it needs, for shaders that read or write `of` as its own type. */
export function elementDoors(of: Tensor): Readonly<Record<'ENABLE_F16' | 'ELEMENT', string>> {
  const half = of.dtype === 'f16';
  return { ENABLE_F16: half ? 'enable f16;' : '', ELEMENT: half ? 'f16' : 'f32' };
}

/** Vectors of `width` elements of which `of` is made, in f32 for arithmetic and in its own type, and the directive that needs. */
export function vectorDoors(
  of: Tensor,
  width: 1 | 4,
): Readonly<Record<'ENABLE_F16' | 'VECTOR' | 'STORED' | 'WIDTH', string>> {
  const { ENABLE_F16, ELEMENT } = elementDoors(of);
  const vector = (element: string): string => (width === 4 ? `vec4<${element}>` : element);
  return { ENABLE_F16, VECTOR: vector('f32'), STORED: vector(ELEMENT), WIDTH: `${width}` };
}

/**
 * Power of two that what Winograd's input transform reads is scaled by in f16: a transformed patch is up to 20 times as
 * large as its pixels, so activations of up to 10⁴ stay below binary16's 65504, and those of 10⁻² still have its full
 * precision.
 */
export const inputScale = (precision: Precision): number => (precision === 'f32' ? 1 : 1 / 16);

/**
 * Power of two that Winograd filters of `fanIn` terms are scaled by in f16: weights are about 1/√fanIn, their transforms up to 36
 * times smaller, and binary16 has full precision from 6e-5 to 65504 only.
 */
export function filterScale(precision: Precision, fanIn: number): number {
  return precision === 'f32' ? 1 : 2 ** Math.round(Math.log2(Math.sqrt(fanIn)) - 1);
}
