import { expect, it } from 'vitest';
import { HyperStyle, type Picture } from '../../src/index.ts';
import { borrowedDevice } from '../setup/gpu.ts';
import { expectPublishedErrors, SHIPPED_MODEL, sample } from './shipped-samples.ts';

/** Milliseconds: twelve pictures on a CPU adapter of a busy machine. */
const SOFTWARE_ADAPTER_PATIENCE = 600_000;

it(
  'the shipped model inverts a plain and a decorated sample with the errors that PyTorch measured',
  () => expectPublishedErrors([0, 1]),
  SOFTWARE_ADAPTER_PATIENCE,
);

/** Mean of each colour, in [-1, 1]. */
async function meanColour(picture: Picture): Promise<[number, number, number]> {
  const values = await picture.toFloats();
  const count = values.length / 3;
  const mean = (channel: number): number =>
    values.subarray(channel * count, (channel + 1) * count).reduce((sum, value) => sum + value, 0) / count;
  return [mean(0), mean(1), mean(2)];
}

it('the domains that ship are mounted when they are first asked for: bronze is brown, a sketch is light and grey', async () => {
  const hs = await HyperStyle.load(new URL(SHIPPED_MODEL, location.href), { device: await borrowedDevice() });
  expect(hs.domains).toEqual(['bronze', 'sketch']);
  const person = await hs.invert(await sample(0), { steps: 1 });
  const before = hs.memory().weights;
  const [first, second] = await Promise.all([person.in('bronze'), person.in('bronze')]);
  const once = hs.memory().weights;
  expect(once).toBeGreaterThan(before);
  expect(await second.toFloats()).toEqual(await first.toFloats());
  const [red, green, blue] = await meanColour(first);
  expect(red - green).toBeGreaterThan(0.2);
  expect(green - blue).toBeGreaterThan(0.1);
  const sketch = await meanColour(await person.in('sketch'));
  expect(Math.min(...sketch)).toBeGreaterThan(0.3);
  expect(Math.max(...sketch) - Math.min(...sketch)).toBeLessThan(0.15);
  await expect(person.in('oil')).rejects.toThrow(/domain "oil": there are bronze, sketch/);
  hs.dispose();
});

it.each([{}, { kernels: 'winograd' as const }])(
  'preflight tells beforehand what loading takes with %o',
  async (options) => {
    const before = await HyperStyle.preflight(new URL(SHIPPED_MODEL, location.href), options);
    expect(before).toMatchObject({ name: 'clay-portraits-128', fits: true, problem: undefined });
    expect(before.inversionSeconds).toBeGreaterThan(0);
    const hs = await HyperStyle.load(new URL(SHIPPED_MODEL, location.href), {
      ...options,
      device: await borrowedDevice(),
    });
    const { weights, activations, total, peak } = hs.memory();
    expect(weights).toBe(before.weightBytes);
    expect(activations).toBe(before.activationBytes);
    const pictures = total - weights - activations;
    expect(peak).toBeGreaterThanOrEqual(total);
    expect(peak).toBeLessThanOrEqual(before.peakBytes + pictures);
    hs.dispose();
  },
);
