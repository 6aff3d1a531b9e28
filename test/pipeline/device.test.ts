/** What a device is taken for, without a GPU. */
import { describe, expect, it } from 'vitest';
import { openDevice } from '../../src/device.ts';

/** As much of a device as its facts need. */
function device(features: readonly string[], description = 'some gpu'): GPUDevice {
  const limits = { maxComputeWorkgroupStorageSize: 16384 };
  return { features: new Set(features), limits, adapterInfo: { description } } as unknown as GPUDevice;
}

describe('openDevice', () => {
  it('computes in f32 unless asked otherwise', async () => {
    const { facts, warnings } = await openDevice({ device: device(['shader-f16']) });
    expect([facts.precision, warnings]).toEqual(['f32', []]);
  });

  it.each(['f16-storage', 'f16'] as const)('takes %s where the device has shader-f16', async (precision) => {
    const { facts, warnings } = await openDevice({ device: device(['shader-f16']), precision });
    expect([facts.precision, warnings]).toEqual([precision, []]);
  });

  it.each(['f16-storage', 'f16'] as const)('stays f32 without it, and says so of %s', async (precision) => {
    const { facts, warnings } = await openDevice({ device: device([]), precision });
    expect(facts.precision).toBe('f32');
    expect(warnings).toEqual([expect.stringMatching(`"${precision}" needs .*shader-f16, which some gpu`)]);
  });

  it.each([
    ['llvmpipe (LLVM 15)', true],
    ['Google SwiftShader', true],
    ['NVIDIA H200', false],
  ])('knows that %s is software: %s', async (name, software) => {
    expect((await openDevice({ device: device([], name) })).facts.software).toBe(software);
  });
});
