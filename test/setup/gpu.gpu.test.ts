import { describe, expect, it } from 'vitest';
import { gpuDevice } from './gpu.ts';

describe('gpuDevice', () => {
  it('has exactly the default limits', async () => {
    const { limits } = await gpuDevice();
    expect(limits.maxStorageBufferBindingSize).toBe(128 * 2 ** 20);
    expect(limits.maxBufferSize).toBe(256 * 2 ** 20);
    expect(limits.maxStorageBuffersPerShaderStage).toBe(8);
    expect(limits.maxComputeWorkgroupStorageSize).toBe(16 * 2 ** 10);
  });

  it.fails('fails the test when a call is invalid', async () => {
    const device = await gpuDevice();
    device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
  });

  it('gives each test a device of its own', async () => {
    const [a, b] = [await gpuDevice(), await gpuDevice()];
    a.destroy();
    expect((await a.lost).reason).toBe('destroyed');
    const buffer = b.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE });
    expect(buffer.size).toBe(16);
    buffer.destroy();
  });
});
