/**
 * Random sitters, drawn as in training: a standard normal code z whose pixel-normalised entries become attributes
 * through the Gaussian distribution function, and uniform draws for the accessories.
 *
 * The generator of numbers is xoshiro128** (Blackman and Vigna 2018) whose state is filled by SplitMix32 from the seed.
 * It uses integers only, so its stream is the same in every JavaScript engine; logarithm and exponential may differ in
 * the last bit of a double, which the rounding to 32-bit floats hides.
 */
import { ensure } from '../src/errors.ts';
import { ACCESSORY_NAMES, ATTRIBUTE_NAMES, nameAccessories, WORN_BELOW, wears } from './attributes.ts';

/** Width of the code that training draws; only the first 24 entries describe the sitter. */
const CODE_WIDTH = 128;

/** One sitter: what `renderPortrait` takes. */
export interface PortraitVectors {
  readonly attributes: Float32Array<ArrayBuffer>;
  readonly accessories: Float32Array<ArrayBuffer> | null;
}

/**
 * The sitter of a seed. With `accessories` at least one item is worn; without, the same seed is the same person, bare.
 * @param seed an integer in [0, 2³²)
 * @throws `option` error for any other seed
 */
export function randomPortrait(seed: number, { accessories }: { accessories: boolean }): PortraitVectors {
  ensure(
    Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32,
    'option',
    () => `portrait seed: expects an integer from 0 to ${2 ** 32 - 1}, got ${seed}`,
  );
  const uniform = uniformStream(seed);
  const attributes = attributesOf(Float32Array.from({ length: CODE_WIDTH }, normalStream(uniform)));
  return { attributes, accessories: accessories ? accessoriesFrom(uniform) : null };
}

/**
 * Attributes of a code `z [n ≥ 24]`: Φ(z_i / √mean(z²)), in [0, 1]. A port of the training script's `attrs_of`.
 */
export function attributesOf(z: Float32Array): Float32Array<ArrayBuffer> {
  const meanSquare = z.reduce((sum, x) => sum + x * x, 0) / z.length;
  const scale = 1 / Math.sqrt(meanSquare + 1e-8);
  return Float32Array.from(ATTRIBUTE_NAMES, (_, i) => normalCdf((z[i] ?? 0) * scale));
}

/** Uniform draws, repeated until something is worn (once in twenty tries nothing is). */
function accessoriesFrom(uniform: () => number): Float32Array<ArrayBuffer> {
  for (;;) {
    const draws = Float32Array.from(ACCESSORY_NAMES, uniform);
    const worn = nameAccessories(draws);
    const { darkLenses: _, ...items } = WORN_BELOW;
    if (Object.keys(items).some((item) => wears(worn, item as keyof typeof items))) return draws;
  }
}

/** xoshiro128**, as uniform numbers in [0, 1) with 24 random bits, so that a 32-bit float holds them exactly. */
export function uniformStream(seed: number): () => number {
  let [a, b, c, d] = splitMix32(seed);
  const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return (result >>> 8) / 2 ** 24;
  };
}

function splitMix32(seed: number): [number, number, number, number] {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let x = state ^ (state >>> 16);
    x = Math.imul(x, 0x21f0aaad);
    x ^= x >>> 15;
    x = Math.imul(x, 0x735a2d97);
    return x ^ (x >>> 15);
  };
  return [next(), next(), next(), next()];
}

/** Standard normal numbers by Marsaglia's polar method; whether a pair is accepted depends on exact arithmetic only. */
function normalStream(uniform: () => number): () => number {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const [x, y] = [uniform() * 2 - 1, uniform() * 2 - 1];
      const s = x * x + y * y;
      if (s === 0 || s >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      spare = y * factor;
      return x * factor;
    }
  };
}

/** Φ(x) from Kummer's series of the error function; all terms have one sign, so it keeps 1e-15 up to |x| = 8. */
function normalCdf(x: number): number {
  if (Math.abs(x) > 8) return x > 0 ? 1 : 0;
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (x * x) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}
