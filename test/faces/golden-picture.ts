/** Reads the alignment cases of `test/goldens` in Node tests. */
import { readFile } from 'node:fs/promises';
import type { AlignmentPlan } from '../../src/faces/alignment.ts';
import type { Pixels } from '../../src/faces/pixels.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { openSafetensors } from '../../src/weights/safetensors.ts';

/** A golden alignment: its tensors as numbers, its attributes. */
export interface AlignGolden {
  readonly attributes: Readonly<Record<string, unknown>>;
  values(name: string): Promise<Float32Array>;
  picture(name: string): Promise<Pixels>;
}

/** Bytes `[H, W, 3]` as RGBA. */
export function rgbaOf(rgb: ArrayLike<number>, [height = 0, width = 0]: readonly number[]): Pixels {
  const data = new Uint8ClampedArray(4 * height * width).fill(255);
  for (let i = 0; i < height * width; i++) for (let c = 0; c < 3; c++) data[4 * i + c] = rgb[3 * i + c] ?? 0;
  return { data, width, height };
}

/** Opens one case. */
export async function alignGolden(name: string): Promise<AlignGolden> {
  const folder = new URL('../goldens/', import.meta.url);
  const bytes = new Uint8Array(await readFile(new URL(`${name}.safetensors`, folder)));
  const { tensors, metadata } = await openSafetensors(bytesSource(name, bytes));
  const tensor = (key: string) => {
    const found = tensors.get(key);
    if (!found) throw new Error(`${name} has no "${key}"`);
    return found;
  };
  return {
    attributes: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, JSON.parse(value)])),
    values: (key) => tensor(key).read(),
    picture: async (key) => rgbaOf(await tensor(key).read(), tensor(key).shape),
  };
}

/** Largest and mean difference of two pictures' colours, in levels. */
export function levels(a: Pixels, b: Pixels): { max: number; mean: number } {
  let [max, sum] = [0, 0];
  for (let i = 0; i < a.data.length; i++) {
    if (i % 4 === 3) continue;
    const off = Math.abs((a.data[i] ?? 0) - (b.data[i] ?? 0));
    max = Math.max(max, off);
    sum += off;
  }
  return { max, mean: sum / (a.width * a.height * 3) };
}

/** The crop of a plan as the goldens write it. */
export const cropOf = ({ crop: { left, top, right, bottom } }: AlignmentPlan): number[] => [left, top, right, bottom];
/** Its padding, likewise. */
export const padOf = ({ pad: { left, top, right, bottom } }: AlignmentPlan): number[] => [left, top, right, bottom];
