/** What a read leaves behind when it goes wrong, on a device that is only said to be one. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DeviceBuffers } from '../../src/runtime/buffers.ts';
import { Life } from '../../src/runtime/life.ts';
import { readAll } from '../../src/runtime/read-all.ts';
import { Readback } from '../../src/runtime/readback.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { type Tensor, tensor } from '../../src/tensor.ts';
import { stubGpuConstants } from '../setup/gpu-constants.ts';

beforeEach(() => stubGpuConstants());
afterEach(() => vi.unstubAllGlobals());

it('a read that finds no memory for its copy leaves the staging buffer unmapped', async () => {
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

it('reads many tensors with one wait, and what is more than 16 MiB together with another', async () => {
  const waits: number[] = [];
  const runtime = fakeRuntime((bytes) => waits.push(bytes));
  const counts = [3, 1, 5, 2 ** 22, 2, 2 ** 22 - 2, 1];
  const tensors = counts.map((count, i) => tensor(`t${i}`, [count]));
  const found: Float32Array[] = [];
  await readAll(runtime, tensors, (values, i) => {
    found[i] = values;
  });
  expect(found.map((values) => values.length)).toEqual(counts);
  expect(found.map(([first]) => first)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(waits).toEqual([36, 2 ** 24, 2 ** 24, 4]);
});

it('goes on reading after a staging buffer for which there was no memory', async () => {
  const waits: number[] = [];
  const { readback, buffers } = fakeRuntime((bytes) => waits.push(bytes));
  const source = { n: 1 } as unknown as GPUBuffer;
  await readback.bytes(source, 16);
  const { create } = buffers;
  buffers.create = () => Promise.reject(new Error('no memory'));
  await expect(readback.bytes(source, 2 ** 26)).rejects.toThrow('no memory');
  await expect(readback.bytes(source, 16)).rejects.toThrow('no memory'); // the buffer before is given up
  buffers.create = create;
  expect([...new Float32Array(await readback.bytes(source, 8))]).toEqual([1, 1]);
  expect(waits).toEqual([16, 8]);
});

it('reads one buffer at several times with one wait', async () => {
  const waits: number[] = [];
  const { readback } = fakeRuntime((bytes) => waits.push(bytes));
  const source = { n: 0 };
  const parts = [7, 8, 9].map((n) => ({
    source: source as unknown as GPUBuffer,
    bytes: 8,
    prepare: () => void Object.assign(source, { n }),
  }));
  const found = await readback.together(parts);
  expect(found.map((bytes) => [...new Float32Array(bytes)])).toEqual([
    [7, 7],
    [8, 8],
    [9, 9],
  ]);
  expect(waits).toEqual([24]);
});

/** A runtime whose tensor number i is full of i. @param onMap is told how many bytes are waited for */
function fakeRuntime(onMap: (bytes: number) => void): Runtime {
  const memory = new Uint8Array(2 ** 25);
  const staging = {
    size: memory.length,
    mapAsync: async (_mode: number, _offset: number, bytes: number) => onMap(bytes),
    unmap: () => undefined,
    getMappedRange: () => memory.buffer,
  };
  const copies: (() => void)[] = [];
  const copyBufferToBuffer = (source: { n: number }, _from: number, _to: unknown, at: number, bytes: number): void => {
    copies.push(() => void new Float32Array(memory.buffer, at, bytes / 4).fill(source.n));
  };
  const device = {
    createCommandEncoder: () => ({ copyBufferToBuffer, finish: () => ({}) }),
    queue: { submit: () => copies.splice(0).map((copy) => copy()) },
  };
  const create = async (): Promise<object[]> => [staging];
  const release = (): void => undefined;
  const buffers = { device, create, release, of: ({ name }: Tensor) => ({ n: Number(name.slice(1)) }) };
  const gpu = { lost: new Promise(() => undefined), addEventListener: () => undefined } as unknown as GPUDevice;
  const readback = new Readback(buffers as unknown as DeviceBuffers, new Life(gpu));
  return { buffers, readback, ensureAlive: () => undefined } as unknown as Runtime;
}
