/**
 * Models whose tensors are larger than WebGPU's default limits allow: they run where the adapter has more, and are
 * refused by name elsewhere.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { generatorLayers } from '../../src/architecture.ts';
import { largestTensor } from '../../src/graph/plan.ts';
import { HyperStyle } from '../../src/index.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { ensureRoom, openDevice } from '../../src/runtime/device.ts';
import { graphsOf } from '../../src/runtime/network.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { fakeDevice } from '../setup/fake-device.ts';
import { stubGpuConstants } from '../setup/gpu-constants.ts';
import { networkOf, tensorsOf } from './network-of.ts';

beforeEach(() => stubGpuConstants());
afterEach(() => vi.unstubAllGlobals());

const MIB = 2 ** 20;
const FFHQ = fakeModel('ffhq').architecture;
const layersOf = (size: number, channels: Readonly<Record<string, number>>) => ({
  ...FFHQ,
  size,
  channels,
  latentCount: 2 * Math.log2(size) - 2,
  hypernetwork: null,
});
const LARGE = [
  ['2048 px', layersOf(2048, { ...FFHQ.channels, '2048': 16 }), 256],
  ['a wide 1024', layersOf(1024, { ...FFHQ.channels, '512': 128, '1024': 64 }), 256],
  ['a very wide 1024', layersOf(1024, { ...FFHQ.channels, '256': 512, '512': 256, '1024': 128 }), 512],
] as const;

/** A GPU whose adapter allows bindings and buffers of so many bytes. */
function gpuWith(bytes: number) {
  const { device } = fakeDevice();
  const asked: GPUDeviceDescriptor[] = [];
  const limits = { ...device.limits, maxStorageBufferBindingSize: bytes, maxBufferSize: bytes };
  const requestDevice = async (descriptor: GPUDeviceDescriptor) => {
    asked.push(descriptor);
    return { ...device, limits: { ...device.limits, ...descriptor.requiredLimits }, destroy: vi.fn() };
  };
  const adapter = { features: new Set(), info: { description: 'some gpu' }, limits, requestDevice };
  return { gpu: { requestAdapter: async () => adapter } as unknown as GPU, asked };
}

describe.each(LARGE)('%s', (_what, architecture, mib) => {
  const need = () => mib * MIB;

  it('needs what its largest tensor takes, whatever the adapter, in dispatches that any device runs', () => {
    expect(generatorLayers(architecture).length).toBeGreaterThan(0);
    for (const software of [false, true]) {
      const graphs = graphsOf(networkOf(architecture, { ...DEFAULT_FACTS, software }));
      expect(largestTensor(graphs) / MIB).toBe(mib);
      const grids = graphs.flatMap(({ nodes }) => nodes.map(({ grid }) => Math.max(...grid)));
      expect(Math.max(...grids)).toBeLessThanOrEqual(65535);
    }
  });

  it('gets a device with all that an adapter has where that is enough', async () => {
    const { gpu, asked } = gpuWith(1024 * MIB);
    const opened = await openDevice({ gpu }, need);
    expect(asked[0]?.requiredLimits).toEqual({ maxStorageBufferBindingSize: 1024 * MIB, maxBufferSize: 1024 * MIB });
    expect(() => ensureRoom(opened, need())).not.toThrow();
  });

  it('is refused before a byte of it is downloaded where that is not', async () => {
    const stream = vi.fn();
    const source: WeightSource = {
      name: 'large',
      architecture,
      tensors: tensorsOf(architecture),
      totalBytes: 0,
      stream,
    };
    const refused = {
      code: 'device',
      message: new RegExp(`needs ${mib} MiB in one buffer, some gpu allows 128 MiB \\(maxStorageBufferBindingSize\\)`),
    };
    await expect(HyperStyle.fromWeights(source, { gpu: gpuWith(128 * MIB).gpu })).rejects.toMatchObject(refused);
    const device = { ...fakeDevice().device, adapterInfo: { description: 'some gpu' } } as unknown as GPUDevice;
    await expect(HyperStyle.fromWeights(source, { device })).rejects.toMatchObject(refused);
    expect(stream).not.toHaveBeenCalled();
  });
});

it('a model within the default limits asks for no others', async () => {
  const { gpu, asked } = gpuWith(1024 * MIB);
  await openDevice({ gpu }, () => largestTensor(graphsOf(networkOf(FFHQ, DEFAULT_FACTS))));
  expect(asked[0]?.requiredLimits).toEqual({});
});
