/** Animations on a GPU: frames are what edits, mixes and domains show, whatever came before, and nothing piles up. */
import { expect, it, vi } from 'vitest';
import { travel } from '../../src/animation/presets.ts';
import type { Animation } from '../../src/api/animation.ts';
import type { HyperStyle, Inversion } from '../../src/index.ts';
import { decoded } from '../animation/decoded.ts';
import { sharedDevice } from '../setup/gpu.ts';
import { difference, goldenFile, smallModel, testPicture } from './small-model.ts';

/** The same graphs with the same numbers. */
const SAME = 1e-5;
/** Sums over people in another order, and a retune in another graph. */
const NEAR = 1e-3;

interface Stage {
  readonly hs: HyperStyle;
  readonly device: GPUDevice;
  readonly anna: Inversion;
  readonly bert: Inversion;
}

/** What a person looks like after an edit. */
async function edited(person: Inversion, ...edit: Parameters<Inversion['edit']>): Promise<Float32Array> {
  await person.edit(...edit);
  return person.picture.toFloats();
}

const frameOf = async (animation: Animation, index: number) => (await animation.frame(index)).toFloats();

/** Moving edits and strengths show what `edit` shows, and make no GPU object after the first frame. */
async function editsMove({ hs, device, anna }: Stage): Promise<void> {
  const keyframes = [
    { at: 0, people: anna, edits: { east: 0 }, strength: 0 },
    { at: 4, edits: { east: 2 }, strength: 1 },
    { at: 8, edits: { east: -2 } },
  ];
  const animation = await hs.animate({ keyframes });
  const [half, whole] = [await edited(anna, { east: 1 }, { strength: 0.5 }), await edited(anna, { east: 1 })];
  expect(difference(await frameOf(animation, 2), half)).toBeLessThan(SAME);
  expect(difference(await frameOf(animation, 5), whole)).toBeLessThan(SAME);
  const makers = ['createBuffer', 'createBindGroup', 'createComputePipeline', 'createTexture'] as const;
  const spies = makers.map((name) => vi.spyOn(device, name));
  for await (const { index, data, width, height } of animation.stream({ frames: [4, 5, 6, 7, 8, 8, 0] })) {
    expect(data.length).toBe(4 * width * height);
    expect(index).toBeLessThan(9);
  }
  for (const spy of spies) {
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  }
  animation.dispose();
  await expect(animation.frame(0)).rejects.toThrow(/was disposed of/);
}

/** From person to person: halfway is the mix, standing still is the person. */
async function peopleMove({ hs, anna, bert }: Stage): Promise<void> {
  const animation = await hs.animate(travel([anna, bert], { hold: 1, move: 3 }));
  expect(animation.frames).toBe(10);
  const mixed = await hs.mix([anna, bert].map((person) => ({ person, weight: 0.5 })));
  expect(difference(await frameOf(animation, 2), await mixed.picture.toFloats())).toBeLessThan(NEAR);
  expect(difference(await frameOf(animation, 0), await edited(anna, {}))).toBeLessThan(NEAR);
  expect(difference(await frameOf(animation, 5), await edited(bert, {}))).toBeLessThan(NEAR);
  mixed.dispose();
  animation.dispose();
}

/** Between two domains the picture fades. */
async function domainsFade({ hs, anna }: Stage): Promise<void> {
  await hs.addDomain('twin', await goldenFile('pipeline-faces.hyperstyle.pt'));
  const keyframes = [
    { at: 0, people: anna, domain: null },
    { at: 2, domain: 'twin' },
  ];
  const animation = await hs.animate({ keyframes });
  const [own, twin] = [await edited(anna, {}), await anna.in('twin')];
  const other = await twin.toFloats();
  twin.dispose();
  expect(difference(own, other)).toBeGreaterThan(NEAR);
  const middle = own.map((value, i) => (value + (other[i] ?? 0)) / 2);
  expect(difference(await frameOf(animation, 1), middle)).toBeLessThan(SAME);
  expect(difference(await frameOf(animation, 2), other)).toBeLessThan(SAME);
  expect(difference(await frameOf(animation, 0), own)).toBeLessThan(SAME);
  animation.dispose();
}

/** Bad input is refused by name before the first frame; a stream ends when it is told to. */
async function refusals({ hs, anna }: Stage): Promise<void> {
  const refused = (keyframe: object) =>
    expect(hs.animate({ keyframes: [{ at: 0, people: anna, ...keyframe }] })).rejects;
  await refused({ edits: { east: Number.NaN } }).toThrow(/amount is NaN/);
  await refused({ edits: { west: 1 } }).toThrow(/edit "west": this model has east/);
  await refused({ domain: 'bronze' }).toThrow(/domain "bronze"/);
  await refused({ people: undefined }).toThrow(/no keyframe names a person/);
  await refused({ people: [{ person: anna, weight: Number.NaN }] }).toThrow(/weight of person 0 is NaN/);
  const animation = await hs.animate({ keyframes: [{ at: 0, people: anna }], frames: 100 });
  await expect(animation.frame(100)).rejects.toThrow(/frame 100: this animation has frames 0 to 99/);
  const abort = new AbortController();
  const seen: number[] = [];
  const run = async () => {
    for await (const { index } of animation.stream({
      signal: abort.signal,
      onProgress: ({ done }) => seen.push(done),
    })) {
      if (index === 1) abort.abort();
    }
  };
  await expect(run()).rejects.toMatchObject({ code: 'aborted' });
  expect(seen).toEqual([1, 2]);
  animation.dispose();
}

/** Played on a canvas it ends by itself, at its last frame. */
async function plays({ hs, anna }: Stage): Promise<void> {
  const animation = await hs.animate({
    keyframes: [
      { at: 0, people: anna, edits: { east: 0 } },
      { at: 5, edits: { east: 1 } },
    ],
    fps: 60,
  });
  const shown: number[] = [];
  await animation.play(async (picture) => expect(picture).toBe(animation.picture), { onFrame: (i) => shown.push(i) });
  expect(shown.at(-1)).toBe(5);
  animation.dispose();
}

/** Exported, it is a file with as many frames, enlarged or composed. */
async function exported({ hs, anna }: Stage): Promise<void> {
  const keyframes = [
    { at: 0, people: anna, edits: { east: 0 } },
    { at: 2, edits: { east: 1 } },
  ];
  const animation = await hs.animate({ keyframes });
  const done: number[] = [];
  const video = await animation.toVideo({
    format: 'webm',
    scale: 2,
    onProgress: (progress) => done.push(progress.done),
  });
  const { frames, width } = await decoded(video);
  expect([frames.length, width, done.join()]).toEqual([3, 2 * animation.width, '1,2,3']);
  const gif = await animation.toGif();
  expect(new TextDecoder().decode((await gif.arrayBuffer()).slice(0, 6))).toBe('GIF89a');
  const encoder = globalThis.VideoEncoder;
  Reflect.deleteProperty(globalThis, 'VideoEncoder');
  try {
    await expect(animation.toVideo()).rejects.toThrow(/this browser has no VideoEncoder/);
  } finally {
    globalThis.VideoEncoder = encoder;
  }
  await animation.frame(0); // and nothing is lost
  animation.dispose();
}

/** One model and two people for all of it. */
it('animations move edits, people and domains', async () => {
  const { device } = await sharedDevice();
  const hs = await smallModel(device);
  const anna = await hs.invert(testPicture(64, 64), { steps: 2 });
  const bert = await hs.invert(testPicture(64, 64, 3), { steps: 2 });
  const stage = { hs, device, anna, bert };
  await editsMove(stage);
  await peopleMove(stage);
  const before = hs.memory().total;
  await refusals(stage);
  await plays(stage);
  await exported(stage);
  expect(hs.memory().total).toBe(before);
  await domainsFade(stage);
  hs.dispose();
});
