/** What a device is taken for, without a GPU. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDevice, type SubgroupMatrixConfig } from '../../src/runtime/device.ts';
import { GPU_CONSTANTS, stubGpuConstants } from '../setup/gpu-constants.ts';

/** As much of a device as its facts need. */
function device(
  features: readonly string[],
  description = 'some gpu',
  subgroupMatrixConfigs?: readonly SubgroupMatrixConfig[],
): GPUDevice {
  const limits = { maxComputeWorkgroupStorageSize: 16384 };
  const adapterInfo = { description, subgroupMatrixConfigs };
  return { features: new Set(features), limits, adapterInfo } as unknown as GPUDevice;
}

const MATRIX_FEATURES = ['shader-f16', 'subgroups', 'chromium-experimental-subgroup-matrix'];
const FRAGMENTS: SubgroupMatrixConfig = { componentType: 'f16', resultComponentType: 'f32', M: 16, N: 16, K: 16 };

describe('openDevice', () => {
  beforeEach(() => stubGpuConstants());
  afterEach(() => vi.unstubAllGlobals());

  it('tells a Node program where WebGPU comes from', async () => {
    await expect(openDevice()).rejects.toMatchObject({
      code: 'device',
      message: /^Node has no WebGPU of its own; in Node: import \{ create, globals \} from 'webgpu'/,
    });
  });

  it('tells a Deno program which flag it lacks', async () => {
    vi.stubGlobal('Deno', {});
    await expect(openDevice()).rejects.toThrow(/run it with --unstable-webgpu/);
  });

  it.each(GPU_CONSTANTS)('tells a Node program that has a GPU but no %s how to get it', async (name) => {
    vi.unstubAllGlobals();
    stubGpuConstants(name);
    const requestAdapter = vi.fn(async () => null);
    await expect(openDevice({ gpu: { requestAdapter } as unknown as GPU })).rejects.toMatchObject({
      code: 'device',
      message: new RegExp(`\\(${name} is not defined\\); in Node: .*Object.assign\\(globalThis, globals\\)`),
    });
    expect(requestAdapter).not.toHaveBeenCalled();
  });

  it('says so when the adapter gives no device', async () => {
    const requestDevice = () => Promise.reject(new Error('too many devices'));
    const adapter = { features: new Set(), info: { description: 'some gpu' }, requestDevice };
    const gpu = { requestAdapter: async () => adapter } as unknown as GPU;
    await expect(openDevice({ gpu })).rejects.toMatchObject({
      code: 'device',
      message: /some gpu gives no device \(too many devices\): close/,
    });
  });

  it('keeps the object that it asked: Node collects it with all its devices', async () => {
    const adapter = { features: new Set(), info: { description: 'some gpu' }, requestDevice: async () => device([]) };
    const gpu = { requestAdapter: async () => adapter } as unknown as GPU;
    expect((await openDevice({ gpu })).gpu).toBe(gpu);
  });

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

  it.each<[boolean, string, string[], SubgroupMatrixConfig[] | undefined]>([
    [true, 'features and fragments', MATRIX_FEATURES, [{ ...FRAGMENTS, K: 8 }, FRAGMENTS]],
    [false, 'no list of fragments', MATRIX_FEATURES, undefined],
    [false, 'sums in f16 only', MATRIX_FEATURES, [{ ...FRAGMENTS, resultComponentType: 'f16' }]],
    [false, 'fragments of another size only', MATRIX_FEATURES, [{ ...FRAGMENTS, N: 8 }]],
    [false, 'no f16 in shaders', MATRIX_FEATURES.slice(1), [FRAGMENTS]],
  ])('takes matrix units for there (%s) where there are %s', async (there, _, features, configs) => {
    const { facts } = await openDevice({ device: device(features, 'some gpu', configs) });
    expect(facts.matrixUnits).toBe(there);
  });

  it.each([
    [{ maxStorageBuffersPerShaderStage: 4 }, /allows 4 for maxStorageBuffersPerShaderStage, this library needs 8/],
    [{ maxComputeInvocationsPerWorkgroup: 128 }, /allows 128 for .* deviceDescriptor\(model, adapter\)/],
  ])('refuses a device that was passed with the limits %j', async (limits, message) => {
    const given = { ...device([]), limits } as unknown as GPUDevice;
    await expect(openDevice({ device: given })).rejects.toMatchObject({ code: 'device', message });
  });

  it.each([{}, 'gpu', { limits: {} }])('refuses %j for a device', async (given) => {
    const asked = openDevice({ device: given as unknown as GPUDevice });
    await expect(asked).rejects.toMatchObject({ code: 'option', message: /expected a GPUDevice/ });
  });
});
