/**
 * Whole models at the published full widths on a device with exactly WebGPU's default limits: faces at 256 with a step of the
 * hypernetwork, cars (row crop) at 512 up to y_0, since a step there is two minutes more on a CPU adapter. Weights are
 * `fake-checkpoint`'s of seed 1; PyTorch computed `full-run/*.json` from the files that tool writes (torch.load, a plain
 * HyperStyle in f32): the errors of each y_t, and samples of the last one.
 */
import { describe, expect, it } from 'vitest';
import { syntheticSource } from '../../bench/suites/synthetic.ts';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { HyperStyle } from '../../src/index.ts';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { testPicture } from '../pipeline/small-model.ts';
import { gpuDevice } from '../setup/gpu.ts';
import { TOLERANCE } from '../tolerances.ts';
import cars from './full-run/cars.json';
import ffhq from './full-run/ffhq.json';

const MIB = 2 ** 20;
/** Milliseconds; a CPU adapter does a few GFLOP a second. */
const PATIENCE = 900_000;

/** Every `stride`-th value, each at another place of its stretch: no row or column pattern is missed. */
function sampled(values: Float32Array, count: number): Float32Array {
  const stride = Math.floor(values.length / count);
  return Float32Array.from({ length: count }, (_, i) => values[i * stride + ((i * 7919) % stride)] ?? Number.NaN);
}

/** RGBA bytes of a picture of the reading width as the networks see them: planes in [-1, 1], the domain's rows. */
function readingOf(rgba: Uint8ClampedArray, [, rows = 0, width = 0]: readonly number[]): Float32Array<ArrayBuffer> {
  const first = (rgba.length / 4 / width - rows) / 2;
  const values = new Float32Array(3 * rows * width);
  for (let i = 0; i < values.length; i++) {
    const [channel, pixel] = [Math.floor(i / (rows * width)), i % (rows * width)];
    values[i] = (rgba[4 * (first * width + pixel) + channel] ?? 0) / 127.5 - 1;
  }
  return values;
}

describe('full width within the default limits', () => {
  it.each([
    { expected: ffhq, domain: 'ffhq' },
    { expected: cars, domain: 'cars' },
  ] as const)(
    '$domain reconstructs a picture as PyTorch does',
    async ({ expected, domain }) => {
      const device = await gpuDevice();
      expect([device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize]).toEqual([128 * MIB, 256 * MIB]);
      const { architecture, widths } = fakeModel(domain, expected.size);
      const hs = await HyperStyle.fromWeights(syntheticSource(architecture, widths), { device });
      const { engine } = hs;
      const { x, error, y } = engine.network.state;
      engine.write(x, readingOf(testPicture(256, 256).data, x.shape));
      engine.start();
      const l2 = [...(await engine.read(error))];
      for (let t = 1; t < expected.l2.length; t++) {
        engine.step();
        l2.push(...(await engine.read(error)));
      }
      const picture = await engine.read(y);
      hs.dispose();
      expect(relativeError(Float32Array.from(l2), Float32Array.from(expected.l2))).toBeLessThan(
        TOLERANCE.goldenPipeline,
      );
      const samples = sampled(picture, expected.picture.length);
      expect(relativeError(samples, Float32Array.from(expected.picture))).toBeLessThan(TOLERANCE.goldenPipeline);
    },
    PATIENCE,
  );
});
