import { expect, it } from 'vitest';
import { HyperStyle } from '../../src/index.ts';
import { gpuDevice } from '../setup/gpu.ts';

/** Milliseconds: forty-eight pictures on a CPU adapter of a busy machine. */
const SOFTWARE_ADAPTER_PATIENCE = 900_000;
const FOLDER = '/models/clay-portraits-64/';

interface Expected {
  readonly mse: readonly (readonly number[])[];
}

async function sample(index: number): Promise<ImageBitmap> {
  const response = await fetch(`${FOLDER}samples/portrait-${index}.png`);
  return createImageBitmap(await response.blob(), { colorSpaceConversion: 'none' });
}

it(
  'the shipped model inverts its samples with the errors that PyTorch measured, within 1 %',
  async () => {
    const expected: Expected = await (await fetch(`${FOLDER}samples/expected.json`)).json();
    const hs = await HyperStyle.load(new URL(FOLDER, location.href), { device: await gpuDevice() });
    const steps = expected.mse.length - 1;
    for (let i = 0; i < (expected.mse[0]?.length ?? 0); i++) {
      const inversion = await hs.invert(await sample(i), { steps });
      inversion.steps.forEach(({ index, l2 }) => {
        const reference = expected.mse[index]?.[i] ?? Number.NaN;
        expect(Math.abs(l2 / reference - 1), `portrait ${i}, y_${index}: ${l2} against ${reference}`).toBeLessThan(
          0.01,
        );
      });
      inversion.dispose();
    }
  },
  SOFTWARE_ADAPTER_PATIENCE,
);

it.each([{}, { kernels: 'winograd' as const }])(
  'preflight tells beforehand what loading takes with %o',
  async (options) => {
    const before = await HyperStyle.preflight(new URL(FOLDER, location.href), options);
    expect(before).toMatchObject({ name: 'clay-portraits-64', fits: true, problem: undefined });
    expect(before.inversionSeconds).toBeGreaterThan(0);
    const hs = await HyperStyle.load(new URL(FOLDER, location.href), { ...options, device: await gpuDevice() });
    const { weights, activations, total, peak } = hs.memory();
    expect(weights).toBe(before.weightBytes);
    expect(activations).toBe(before.activationBytes);
    const pictures = total - weights - activations;
    expect(peak).toBeGreaterThanOrEqual(total);
    expect(peak).toBeLessThanOrEqual(before.peakBytes + pictures);
    hs.dispose();
  },
);
