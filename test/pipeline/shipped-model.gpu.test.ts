import { expect, it } from 'vitest';
import { HyperStyle } from '../../src/index.ts';
import { gpuDevice } from '../setup/gpu.ts';
import { expectPublishedErrors, SHIPPED_MODEL } from './shipped-samples.ts';

/** Milliseconds: twelve pictures on a CPU adapter of a busy machine. */
const SOFTWARE_ADAPTER_PATIENCE = 600_000;

it(
  'the shipped model inverts a plain and a decorated sample with the errors that PyTorch measured',
  () => expectPublishedErrors([0, 1]),
  SOFTWARE_ADAPTER_PATIENCE,
);

it.each([{}, { kernels: 'winograd' as const }])(
  'preflight tells beforehand what loading takes with %o',
  async (options) => {
    const before = await HyperStyle.preflight(new URL(SHIPPED_MODEL, location.href), options);
    expect(before).toMatchObject({ name: 'clay-portraits-64', fits: true, problem: undefined });
    expect(before.inversionSeconds).toBeGreaterThan(0);
    const hs = await HyperStyle.load(new URL(SHIPPED_MODEL, location.href), { ...options, device: await gpuDevice() });
    const { weights, activations, total, peak } = hs.memory();
    expect(weights).toBe(before.weightBytes);
    expect(activations).toBe(before.activationBytes);
    const pictures = total - weights - activations;
    expect(peak).toBeGreaterThanOrEqual(total);
    expect(peak).toBeLessThanOrEqual(before.peakBytes + pictures);
    hs.dispose();
  },
);
