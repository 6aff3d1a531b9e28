import { describe, expect, it } from 'vitest';
import { HyperStyle, type Inversion } from '../../src/index.ts';
import { borrowedDevice, sharedDevice } from '../setup/gpu.ts';
import { difference, smallModel, smallWeights, testPicture } from './small-model.ts';
import { watch } from './watch-device.ts';

describe('invert', () => {
  it('creates no GPU object the second time, and dispose leaves none', async () => {
    const device = await borrowedDevice([]); // as in a browser without subgroups
    const { made, alive } = watch(device);
    const hs = await smallModel(device);
    (await hs.invert(testPicture(40, 30), { steps: 2 })).dispose();
    const before = { ...made };
    const inversion = await hs.invert(testPicture(40, 30, 1), { steps: 2 });
    expect(made).toEqual(before);
    inversion.dispose();
    hs.dispose();
    expect([...alive]).toEqual([]);
  });

  it('gives the same pictures for the same photo, whatever ran between', async () => {
    const hs = await smallModel((await sharedDevice()).device);
    const first = await hs.invert(testPicture(64, 64), { steps: 2 });
    await hs.invert(testPicture(64, 64, 3), { steps: 1 });
    await hs.generate({ seed: 4, noise: 5 });
    const second = await hs.invert(testPicture(64, 64), { steps: 2 });
    for (const [i, step] of first.steps.entries()) {
      expect(step.l2).toBe(second.steps[i]?.l2);
      const other = (await second.steps[i]?.picture.toFloats()) ?? [];
      expect(difference(await step.picture.toFloats(), other)).toBe(0);
    }
  });
});

/** A canvas drawn without readback shows what toImageData reads. */
async function drawsWhatItReads(inversion: Inversion): Promise<void> {
  const canvas = new OffscreenCanvas(10, 10);
  inversion.draw(canvas);
  const copy = new OffscreenCanvas(64, 64);
  const context = copy.getContext('2d');
  context?.drawImage(canvas, 0, 0);
  const drawn = context?.getImageData(0, 0, 64, 64).data ?? [];
  const { data, width, height } = await inversion.toImageData();
  expect([width, height, canvas.width]).toEqual([64, 64, 64]);
  expect(difference(data, drawn)).toBeLessThanOrEqual(1);
}

/** Editing late layers runs fewer dispatches and shows what a full run shows. */
async function restartsLate(hs: HyperStyle, inversion: Inversion): Promise<void> {
  const late = { east: { amount: 2, layers: [7, 10] as const } };
  await inversion.edit({});
  const { device } = hs.engine;
  const submitted: number[] = [];
  const executable = hs.engine.executable('synthesize');
  if (!executable) throw new Error('no synthesis');
  const submit = executable.submit.bind(executable);
  executable.submit = (to, budget, start = 0) => {
    submitted.push(start);
    return submit(to, budget, start);
  };
  await inversion.edit(late);
  expect(submitted[0]).toBeGreaterThan(0);
  const quick = await inversion.picture.toFloats();
  hs.engine.show();
  await device.queue.onSubmittedWorkDone();
  expect(difference(quick, await hs.engine.read(hs.engine.network.state.y))).toBe(0);
}

describe('an inversion', () => {
  it('is edited, reset and edited again after others used the engine', async () => {
    const hs = await smallModel((await sharedDevice()).device);
    const inversion = await hs.invert(testPicture(64, 64), { steps: 2 });
    const plain = await inversion.picture.toFloats();
    await inversion.edit({ east: 2 });
    const east = await inversion.picture.toFloats();
    expect(difference(plain, east)).toBeGreaterThan(1e-3);
    await hs.invert(testPicture(64, 64, 2), { steps: 1 });
    await inversion.edit({ east: 2 });
    expect(difference(await inversion.picture.toFloats(), east)).toBe(0);
    await inversion.edit({});
    expect(difference(await inversion.picture.toFloats(), plain)).toBe(0);
    await expect(inversion.edit({ west: 1 })).rejects.toThrow(/edit "west": this model has east/);
    await expect(inversion.edit({ east: Number.NaN })).rejects.toThrow(/NaN/);
    await restartsLate(hs, inversion);
    await drawsWhatItReads(inversion);
  });

  it('comes back from its identity file, separable heads included', async () => {
    const hs = await smallModel((await sharedDevice()).device, 'pipeline-cars-separable');
    const inversion = await hs.invert(testPicture(64, 48), { steps: 2 });
    const file = await inversion.identity();
    await hs.generate({ seed: 1 });
    const back = await hs.restore(file);
    expect(difference(await back.picture.toFloats(), await inversion.picture.toFloats())).toBe(0);
    await expect(hs.restore(file.subarray(0, 40))).rejects.toMatchObject({ code: 'file' });
  });

  it('is refused where its file names another model or no steps', async () => {
    const hs = await smallModel((await sharedDevice()).device);
    const inversion = await hs.invert(testPicture(64, 48), { steps: 2 });
    const file = await inversion.identity();
    const text = (bytes: Uint8Array) => String.fromCharCode(...bytes.subarray(0, 2000));
    const changed = (what: RegExp, by: string) => {
      const found = what.exec(text(file)) ?? expect.fail(`no ${what} in the file`);
      const copy = file.slice();
      copy.set(new TextEncoder().encode(by), found.index + found[0].length - by.length);
      return copy;
    };
    const refused: [RegExp, string, string, RegExp][] = [
      [/"latents":"./, 'x', 'model', /latents x.*load the model it was made with/],
      [/"architecture":"./, '9', 'model', /architecture 9/],
      [/"steps":"2/, '-', 'file', /steps is "-"/],
    ];
    for (const [what, by, code, message] of refused) {
      await expect(hs.restore(changed(what, by))).rejects.toMatchObject({ code, message });
    }
    const plain = await inversion.picture.toFloats();
    await inversion.edit({});
    expect(difference(await inversion.picture.toFloats(), plain)).toBe(0);
  });
});

describe('generate', () => {
  it('takes z, W, W+ and StyleSpace vectors, and refuses wrong ones', async () => {
    const hs = await smallModel((await sharedDevice()).device);
    const { network } = hs.engine;
    const { styleDim, latentCount } = hs.architecture;
    const fromSeed = await (await hs.generate({ seed: 3, truncation: 0.7 })).toFloats();
    const latents = await hs.engine.read(network.state.base);
    const styles = await hs.engine.read(network.state.styles);
    const offsets = network.generator.generator.styleOffsets();
    const vectors = offsets.map((at, i) => styles.slice(at, offsets[i + 1] ?? styles.length));
    for (const options of [{ w: latents }, { styles: vectors }]) {
      expect(difference(await (await hs.generate(options)).toFloats(), fromSeed)).toBe(0);
    }
    const repeated = await (await hs.generate({ w: latents.slice(0, styleDim) })).toFloats();
    expect(difference(repeated, fromSeed)).toBe(0); // this model's average latent is one vector, so W says it all
    const lifted = latents.map((v, i) => (i < styleDim ? v + 1 : v));
    expect(difference(await (await hs.generate({ w: lifted })).toFloats(), fromSeed)).toBeGreaterThan(0);
    const fresh = await (await hs.generate({ seed: 3, truncation: 0.7, noise: 9 })).toFloats();
    expect(difference(fresh, fromSeed)).toBeGreaterThan(0);
    await expect(hs.generate({ z: [1, 2] })).rejects.toThrow(`z has 2 numbers, this model needs ${styleDim}`);
    await expect(hs.generate({ w: [1] })).rejects.toThrow(`${styleDim} or ${latentCount * styleDim}`);
    await expect(hs.generate({ seed: 1, w: latents })).rejects.toThrow(/seed and w/);
    await expect(hs.generate({ truncation: Number.NaN })).rejects.toThrow(/NaN/);
    for (const seed of [Number.NaN, -1, 1.5, 2 ** 32]) {
      await expect(hs.generate({ seed })).rejects.toThrow(
        `seed is ${seed}, expected a whole number from 0 to 4294967295`,
      );
      await expect(hs.generate({ noise: seed })).rejects.toThrow(`noise is ${seed}`);
    }
    await expect(hs.generate({ z: [1, 2], noise: 7 })).rejects.toThrow(/z has 2/);
    const after = await (await hs.generate({ seed: 3, truncation: 0.7 })).toFloats();
    expect(difference(after, fromSeed), 'noise of a refused call').toBe(0);
  });
});

it('a load whose weights are missing frees everything', async () => {
  const device = await borrowedDevice();
  const { alive } = watch(device);
  const source = await smallWeights();
  const tensors = new Map(source.tensors);
  tensors.delete('decoder.conv1.conv.weight');
  const loading = HyperStyle.fromWeights({ ...source, tensors }, { device });
  await expect(loading).rejects.toThrow(/no tensor "decoder.conv1.conv.weight"/);
  expect([...alive]).toEqual([]);
});
