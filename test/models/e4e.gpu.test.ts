/**
 * e4e's encoder from a checkpoint's file through the public object: its latents are those of plain loops, and an inversion
 * begins with them.
 */
import { expect, it } from 'vitest';
import { fakeValues } from '../../cli/convert/fake-values.ts';
import type { LatentEncoderArchitecture } from '../../src/architecture.ts';
import type { HyperStyle } from '../../src/index.ts';
import type { Dense } from '../../src/kernels/reference/conv2d.ts';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { joinBytes } from '../../src/weights/bytes.ts';
import { latentEncoderTensors } from '../../src/weights/latent-encoder-layout.ts';
import { isUsed, type LayoutTensor } from '../../src/weights/layout.ts';
import { type ByteSource, bytesSource } from '../../src/weights/random-access.ts';
import { writeTorchFile } from '../../src/weights/torch-writer.ts';
import { zipBytes } from '../../src/weights/zip-writer.ts';
import { difference, smallModel, testPicture } from '../pipeline/small-model.ts';
import { sharedDevice } from '../setup/gpu.ts';
import { TOLERANCE } from '../tolerances.ts';
import { e4eReference } from './e4e-reference.ts';

const UNITS = [1, 2, 1, 1];
const SEED = 7;
/** The same graphs with the same numbers. */
const SAME = 1e-5;

function tensorsFor(hs: HyperStyle): readonly LayoutTensor[] {
  const { hypernetwork: _none, ...sizes } = hs.architecture;
  const encoder = { stem: 16, widths: [16, 16, 24, 32], units: UNITS };
  const architecture: LatentEncoderArchitecture = { ...sizes, encoder };
  const { latentCount, styleDim } = sizes;
  const average = { name: 'latent_avg', shape: [latentCount, styleDim], role: 'equalized' } as const;
  return [...latentEncoderTensors('e4e', architecture, styleDim), average].filter(isUsed);
}

const bytesFor = (tensor: LayoutTensor): Uint8Array => joinBytes([...fakeValues(tensor, SEED)]);

/** A checkpoint as torch saves it. */
async function checkpoint(hs: HyperStyle, type: string): Promise<ByteSource> {
  const arch = { input_size: hs.architecture.inputSize, crop_rows: null, enc_units: UNITS, hyper_units: [1] };
  const opts = { encoder_type: type, dataset_type: 'ffhq_encode', arch };
  const bytes = await zipBytes((zip) =>
    writeTorchFile(
      zip,
      tensorsFor(hs),
      (all) => ({
        state_dict: new Map([...all].filter(([name]) => name !== 'latent_avg')),
        latent_avg: all.get('latent_avg') ?? null,
        opts,
      }),
      (tensor) => [bytesFor(tensor)],
    ),
  );
  return bytesSource('e4e.pt', bytes);
}

/** What plain loops find in the photo that the model has read. */
async function expected(hs: HyperStyle): Promise<Float32Array> {
  const values = new Map<string, Dense>();
  for (const tensor of tensorsFor(hs)) {
    const data = new Float32Array(bytesFor(tensor).slice().buffer);
    values.set(tensor.name, { shape: tensor.shape, data });
  }
  const { x } = hs.engine.network.state;
  return e4eReference(values, UNITS, { shape: x.shape, data: await hs.engine.read(x) });
}

/** An inversion begins with the latents of e4e, goes on from them, and is a person like any other. */
async function beginsThere(hs: HyperStyle): Promise<void> {
  const photo = testPicture(64, 64);
  await expect(hs.invert(photo, { encoder: 'e4e' })).rejects.toThrow(/encoder "e4e" has not been added.*addE4e/);
  await hs.addE4e(await checkpoint(hs, 'Encoder4Editing'));
  const own = await hs.invert(photo, { steps: 0 });
  const found = await hs.invert(photo, { encoder: 'e4e', steps: 2 });
  const { base } = await found.values();
  expect(relativeError(base, await expected(hs))).toBeLessThan(TOLERANCE.goldenPipeline);
  const { styleDim } = hs.architecture;
  expect(difference(base.subarray(0, styleDim), base.subarray(styleDim, 2 * styleDim))).toBeGreaterThan(0.01);
  const shown = (await found.steps[0]?.picture.toFloats()) ?? new Float32Array();
  const [first, last] = [found.steps[0]?.l2, found.steps[2]?.l2];
  expect(last).not.toBe(first);
  expect(difference(shown, (await own.steps[0]?.picture.toFloats()) ?? [])).toBeGreaterThan(SAME);
  const alone = await hs.generate({ w: base });
  expect(difference(await alone.toFloats(), shown)).toBeLessThan(SAME);
  const restored = await hs.restore(await found.identity());
  expect(difference(await restored.picture.toFloats(), await found.picture.toFloats())).toBeLessThan(SAME);
}

/** A second file takes the first one's place, and one that does not fit takes nothing. */
async function isReplaced(hs: HyperStyle): Promise<void> {
  const before = hs.memory().weights;
  await hs.addE4e(await checkpoint(hs, 'Encoder4Editing'));
  expect(hs.memory().weights).toBe(before);
  const psp = await checkpoint(hs, 'GradualStyleEncoder');
  await expect(hs.addE4e(psp)).rejects.toThrow(/no e4e checkpoint: its options say encoder_type GradualStyleEncoder/);
  await expect(hs.addRestyle(await checkpoint(hs, 'Encoder4Editing'))).rejects.toThrow(
    /no ReStyle-e4e checkpoint: its encoder reads 3 channels and has heads encoder\.styles\.\*, as e4e's does/,
  );
  const wrong = { encoder: 'psp' } as unknown as Parameters<typeof hs.invert>[1];
  await expect(hs.invert(testPicture(64, 64), wrong)).rejects.toThrow(/encoder.*psp/);
  const again = await hs.invert(testPicture(64, 64), { encoder: 'e4e', steps: 0 });
  expect(relativeError((await again.values()).base, await expected(hs))).toBeLessThan(TOLERANCE.goldenPipeline);
}

it('inversions begin with what e4e finds', async () => {
  const hs = await smallModel((await sharedDevice()).device);
  await beginsThere(hs);
  await isReplaced(hs);
  hs.dispose();
});
