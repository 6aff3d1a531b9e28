/** What a read leaves behind when it goes wrong, on a device that is only said to be one. */
import { expect, it } from 'vitest';
import type { DeviceBuffers } from '../../src/runtime/buffers.ts';
import { Life } from '../../src/runtime/life.ts';
import { Readback } from '../../src/runtime/readback.ts';

it('a read that finds no memory for its copy leaves the staging buffer unmapped', async () => {
  Object.assign(globalThis, { GPUBufferUsage: { MAP_READ: 1, COPY_DST: 8 }, GPUMapMode: { READ: 1 } });
  let mapped = 0;
  let fails = true;
  const staging = {
    size: 16,
    mapAsync: async () => void mapped++,
    unmap: () => void mapped--,
    getMappedRange: () => {
      if (fails) throw new RangeError('Array buffer allocation failed');
      return new ArrayBuffer(16);
    },
  };
  const encoder = { copyBufferToBuffer: () => undefined, finish: () => ({}) };
  const device = { createCommandEncoder: () => encoder, queue: { submit: () => expect(mapped).toBe(0) } };
  const buffers = { device, create: async () => [staging], release: () => undefined } as unknown as DeviceBuffers;
  const gpu = { lost: new Promise(() => undefined), addEventListener: () => undefined } as unknown as GPUDevice;
  const readback = new Readback(buffers, new Life(gpu));
  const source = { label: 'y' } as GPUBuffer;
  await expect(readback.bytes(source, 16)).rejects.toThrow(/allocation failed/);
  fails = false;
  expect((await readback.bytes(source, 16)).byteLength).toBe(16);
  expect(mapped).toBe(0);
});
