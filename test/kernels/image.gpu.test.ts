/** Pictures in and out: the resize against Pillow and its plain loops, texture and packed output against plain loops. */
import { describe, expect, it } from 'vitest';
import { packRgba, resizeImage, toTexture } from '../../src/kernels/image.ts';
import { packRgbaReference, resizeImageReference } from '../../src/kernels/reference/image.ts';
import { randomArray } from '../../src/kernels/reference/seeded.ts';
import { KernelRun } from '../../src/runtime/kernel-run.ts';
import { gpuDevice } from '../setup/gpu.ts';
import { TOLERANCE } from '../tolerances.ts';
import pillow from './pillow/expected.json';

/** The formula picture of `pillow/make.py`, opaque or with an alpha of its own. */
function picture(width: number, height: number, opaque = false): Uint8Array<ArrayBuffer> {
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 4; c++) rgba[(y * width + x) * 4 + c] = (x * x * 7 + y * 29 + x * y * 3 + c * 101) % 256;
      if (opaque) rgba[(y * width + x) * 4 + 3] = 255;
    }
  }
  return rgba;
}

async function resize(
  bytes: Uint8Array<ArrayBuffer>,
  [width, height]: readonly [number, number],
  size: number,
  rows?: [number, number],
): Promise<Float32Array> {
  const device = await gpuDevice();
  const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
  const texture = device.createTexture({ label: 'picture', size: [width, height], format: 'rgba8unorm', usage });
  device.queue.writeTexture({ texture }, bytes, { bytesPerRow: 4 * width }, [width, height]);
  const g = new KernelRun();
  g.textures.photo = texture;
  const [resized = new Float32Array()] = await g.run(device, [resizeImage(g, { texture: 'photo', size, rows })]);
  return resized;
}

/** Largest difference in steps of a byte, and how many values differ at all. */
function byteDifference(actual: Float32Array, expected: ArrayLike<number>): { largest: number; differing: number } {
  expect(actual.length).toBe(expected.length);
  const steps = Array.from(actual, (v, i) => Math.abs(v - (expected[i] ?? Number.NaN)) * 127.5);
  return { largest: Math.max(...steps), differing: steps.filter((s) => !(s < 0.01)).length / steps.length };
}

function expectBytes(actual: Float32Array, expected: ArrayLike<number>): void {
  const { largest, differing } = byteDifference(actual, expected);
  expect(largest).toBeLessThan(TOLERANCE.resizeBytes);
  expect(differing).toBeLessThan(TOLERANCE.resizeShare);
}

describe('resizeImage', () => {
  it.each(pillow)('is Pillow: $width x $height → $size', async ({ width, height, size, rgb }) => {
    const planes = [0, 1, 2].flatMap((c) => rgb.filter((_, i) => i % 3 === c).map((v) => (v / 255) * 2 - 1));
    expectBytes(await resize(picture(width, height, true), [width, height], size), planes);
  });

  it.each<[number, number, number, [number, number]]>([
    [1, 1, 7, [0, 7]],
    [97, 41, 33, [5, 30]],
    [2, 300, 9, [8, 9]],
  ])('is its reference, transparency over white: %i x %i → %i rows %j', async (width, height, size, rows) => {
    const expected = resizeImageReference(picture(width, height), [width, height], size, rows);
    expectBytes(await resize(picture(width, height), [width, height], size, rows), expected);
  });
});

/** Values beyond [-1, 1] too, and exactly ±1. */
const wide = (name: string, count: number): Float32Array<ArrayBuffer> =>
  Float32Array.from(randomArray(name, count), (v, i) => (i % 7 === 0 ? Math.sign(v) : 1.3 * v));

/** Rounding to a byte may go either way where x·127.5 + ½ is a whole number but for f32's rounding. */
function expectPixels(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  expect(Math.max(...Array.from(actual, (v, i) => Math.abs(v - (expected[i] ?? Number.NaN))))).toBeLessThanOrEqual(1);
  expect(Array.from(actual).filter((v, i) => v !== expected[i]).length).toBeLessThanOrEqual(actual.length / 500);
}

describe('packRgba', () => {
  it.each<[number, number, [number, number]]>([
    [1, 1, [0, 1]],
    [13, 17, [0, 13]],
    [9, 65, [2, 7]],
  ])('%i x %i rows %j', async (height, width, rows) => {
    const device = await gpuDevice();
    const g = new KernelRun();
    const x = wide(`pack ${height}`, 3 * height * width);
    const packed = packRgba(g, { input: g.input('x', [3, height, width], x), rows });
    const [bytes] = await g.runBytes(device, [packed]);
    expectPixels(new Uint8Array(bytes ?? new ArrayBuffer(0)), packRgbaReference(x, [height, width], rows));
  });
});

/** Bytes of a texture, 256 a row. */
async function texels(device: GPUDevice, texture: GPUTexture): Promise<ArrayBuffer> {
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
  const buffer = device.createBuffer({ label: 'texels', size: 256 * texture.height, usage });
  const encoder = device.createCommandEncoder({ label: 'texels' });
  encoder.copyTextureToBuffer({ texture }, { buffer, bytesPerRow: 256 }, [texture.width, texture.height]);
  device.queue.submit([encoder.finish()]);
  await buffer.mapAsync(GPUMapMode.READ);
  return buffer.getMappedRange().slice(0);
}

describe('toTexture', () => {
  it.each<[number, number, [number, number]]>([
    [1, 1, [0, 1]],
    [13, 17, [3, 12]],
  ])('%i x %i rows %j', async (height, width, rows) => {
    const device = await gpuDevice();
    const x = wide(`texture ${height}`, 3 * height * width);
    const size: [number, number] = [width, rows[1] - rows[0]];
    const usage = GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_SRC;
    const texture = device.createTexture({ label: 'canvas', size, format: 'rgba8unorm', usage });
    const g = new KernelRun();
    g.textures.canvas = texture;
    toTexture(g, { input: g.input('x', [3, height, width], x), rows, texture: 'canvas' });
    await g.run(device, []);
    const bytes = await texels(device, texture);
    const picture = Array.from({ length: size[1] }, (_, i) => [...new Uint8Array(bytes, 256 * i, 4 * width)]).flat();
    expectPixels(picture, packRgbaReference(x, [height, width], rows));
  });
});
