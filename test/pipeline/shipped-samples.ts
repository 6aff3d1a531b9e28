/** The shipped model on its own sample portraits, in Chrome, against the errors that PyTorch measured. */
import { expect } from 'vitest';
import { HyperStyle } from '../../src/index.ts';
import { borrowedDevice } from '../setup/gpu.ts';

/** Address of the shipped model on vitest's file server. */
export const SHIPPED_MODEL = '/models/clay-portraits-128/';

interface Expected {
  readonly mse: readonly (readonly number[])[];
}

/** A sample portrait. */
export async function sample(index: number): Promise<ImageBitmap> {
  const response = await fetch(`${SHIPPED_MODEL}samples/portrait-${index}.png`);
  return createImageBitmap(await response.blob(), { colorSpaceConversion: 'none' });
}

/** Inverts samples by as many steps as the model expects; every step's error must be within 1 % of PyTorch's. */
export async function expectPublishedErrors(samples: readonly number[]): Promise<void> {
  const expected: Expected = await (await fetch(`${SHIPPED_MODEL}samples/expected.json`)).json();
  const hs = await HyperStyle.load(new URL(SHIPPED_MODEL, location.href), { device: await borrowedDevice() });
  const steps = expected.mse.length - 1;
  for (const i of samples) {
    const inversion = await hs.invert(await sample(i), { steps });
    for (const { index, l2 } of inversion.steps) {
      const reference = expected.mse[index]?.[i] ?? Number.NaN;
      const what = `portrait ${i}, y_${index}: ${l2} against ${reference}`;
      expect(Math.abs(l2 / reference - 1), what).toBeLessThan(0.01);
    }
    inversion.dispose();
  }
  hs.dispose();
}
