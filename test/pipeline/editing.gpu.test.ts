/** What comes after an inversion, through the public object: strength, mixes, directions from files, other domains. */
import { expect, it } from 'vitest';
import type { HyperStyle, Inversion, Picture } from '../../src/index.ts';
import { writeNpy } from '../../src/weights/npy-writer.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { sharedDevice } from '../setup/gpu.ts';
import { difference, goldenFile, smallModel, testPicture } from './small-model.ts';

/** Two runs of the same graphs with the same numbers. */
const SAME = 1e-5;
/** Sums over people in another order, and a retune in another graph. */
const NEAR = 1e-3;

interface Stage {
  readonly hs: HyperStyle;
  readonly anna: Inversion;
  readonly bert: Inversion;
}

async function people(hs: HyperStyle): Promise<[Inversion, Inversion]> {
  const first = await hs.invert(testPicture(64, 64), { steps: 2 });
  return [first, await hs.invert(testPicture(64, 64, 3), { steps: 2 })];
}

const floats = async (inversion: Inversion) => inversion.picture.toFloats();
const stepFloats = async (inversion: Inversion, t: number) => (await inversion.steps[t]?.picture.toFloats()) ?? [];

/** 0 is the generic reconstruction, 1 the person, whoever was shown between. */
async function strengthFromCodes({ anna, bert }: Stage): Promise<void> {
  await anna.edit({}, { strength: 0 });
  expect(difference(await floats(anna), await stepFloats(anna, 0))).toBeLessThan(SAME);
  await bert.edit({ east: 1 });
  await anna.edit({});
  expect(difference(await floats(anna), await stepFloats(anna, 2))).toBeLessThan(SAME);
  await anna.edit({}, { strength: { fine: 0.5 } });
  expect(difference(await floats(anna), await stepFloats(anna, 2))).toBeGreaterThan(NEAR);
}

/** A mix of one person is that person, and a mix is saved as any person is. */
async function mixes({ hs, anna, bert }: Stage): Promise<void> {
  const same = await hs.mix([{ person: anna, weight: 1 }]);
  expect(difference(await floats(same), await stepFloats(anna, 2))).toBeLessThan(SAME);
  const mixed = await hs.mix([
    { person: anna, weight: 0.5 },
    { person: bert, weight: 0.5 },
  ]);
  const restored = await hs.restore(await mixed.identity());
  expect(difference(await floats(restored), await floats(mixed))).toBeLessThan(SAME);
  expect(difference(await floats(mixed), await stepFloats(anna, 2))).toBeGreaterThan(NEAR);
}

/** Directions from files are edits like the model's own. */
async function directionFiles({ hs, anna }: Stage): Promise<void> {
  const { styleDim } = hs.architecture;
  const east = writeNpy({ shape: [1, styleDim], data: new Float32Array(styleDim).fill(0.1) });
  expect(await hs.addDirections([bytesSource('orient.npy', east)])).toEqual(['orient']);
  await anna.edit({ east: 2 });
  const expected = await floats(anna);
  await anna.edit({ orient: 2 });
  expect(difference(await floats(anna), expected)).toBe(0);
  await expect(hs.addDirections([bytesSource('orient.npy', east)])).rejects.toThrow(/"orient" exists already/);
  const channels = new TextEncoder().encode('{"gaze": [[2, 1, 1.5], [3, 0, -2]]}');
  await hs.addDirections([bytesSource('channels.json', channels)]);
  await anna.edit({ gaze: 1 });
  expect(difference(await floats(anna), await stepFloats(anna, 2))).toBeGreaterThan(NEAR);
  await anna.edit({});
  expect(difference(await floats(anna), await stepFloats(anna, 2))).toBeLessThan(SAME);
}

/** A domain shows the person on another generator, by name. */
async function domains({ hs, anna }: Stage): Promise<void> {
  await expect(anna.in('twin')).rejects.toThrow(/domain "twin": none was added/);
  await hs.addDomain('twin', await goldenFile('pipeline-faces.hyperstyle.pt'));
  const tuned = hs.architecture.hypernetwork?.tunedLayers ?? [];
  const twin = await anna.in('twin', { layers: tuned });
  expect(difference(await twin.toFloats(), await stepFloats(anna, 2))).toBeLessThan(NEAR);
  const without = await anna.in('twin', { layers: [] });
  expect(difference(await without.toFloats(), await stepFloats(anna, 0))).toBeLessThan(NEAR);
  twin.dispose();
  without.dispose();
  await anna.edit({});
  expect(difference(await floats(anna), await stepFloats(anna, 2))).toBeLessThan(SAME);
}

/** Earlier steps are shown from kept sums: alone, mixed, and after a file. */
async function stepsFromCodes({ hs, anna, bert }: Stage): Promise<void> {
  await anna.edit({}, { step: 1 });
  expect(difference(await floats(anna), await stepFloats(anna, 1))).toBeLessThan(SAME);
  await anna.edit({}, { step: 0 });
  expect(difference(await floats(anna), await stepFloats(anna, 0))).toBeLessThan(SAME);
  await bert.edit({}, { step: 1 });
  expect(difference(await floats(bert), await stepFloats(bert, 1))).toBeLessThan(SAME);
  const restored = await hs.restore(await anna.identity());
  await restored.edit({}, { step: 1 });
  expect(difference(await floats(restored), await stepFloats(anna, 1))).toBeLessThan(SAME);
  const early = await hs.mix([{ person: anna, weight: 1, step: 1 }]);
  expect(difference(await floats(early), await stepFloats(anna, 1))).toBeLessThan(SAME);
  await expect(anna.edit({}, { step: 3 })).rejects.toThrow(/step is 3, expected a whole number from 0 to 2/);
  const last = await hs.restore(await anna.identity({ history: false }));
  await expect(last.edit({}, { step: 1 })).rejects.toThrow(/step 1 was not kept/);
  for (const person of [restored, early, last]) person.dispose();
  await anna.edit({});
  expect(difference(await floats(anna), await stepFloats(anna, 2))).toBeLessThan(SAME);
}

/** The authors' files give the same pictures back. */
async function exchanges({ hs, anna }: Stage): Promise<void> {
  const expected = await stepFloats(anna, 2);
  const generator = bytesSource('anna.pt', await hs.exchange.generator(anna));
  await hs.addDomain('exported', generator);
  const exported = await anna.in('exported', { layers: [] });
  expect(difference(await exported.toFloats(), expected)).toBeLessThan(NEAR);
  exported.dispose();
  const latents = bytesSource('latents.npy', await hs.exchange.latents({ 'anna.jpg': anna }));
  const deltas = bytesSource('anna.npy', await hs.exchange.weightDeltas(anna));
  const people = await hs.exchange.importPeople(latents, [deltas]);
  const imported = people.get('anna.jpg');
  if (!imported) throw new Error('nobody was imported');
  expect(difference(await floats(imported), expected)).toBeLessThan(NEAR);
  await imported.edit({}, { strength: 0 });
  expect(difference(await floats(imported), await stepFloats(anna, 0))).toBeLessThan(SAME);
  await expect(imported.identity()).rejects.toThrow(/imported and have no codes/);
  imported.dispose();
  const nobody = bytesSource('zoe.npy', await hs.exchange.weightDeltas(anna));
  await expect(hs.exchange.importPeople(latents, [nobody])).rejects.toThrow(
    /zoe.npy: nobody in the latents is called so/,
  );
}

/** Directions without files, saved and read again. */
async function discoveries({ hs, anna }: Stage): Promise<void> {
  expect(await hs.discovery.sefa({ count: 2, rows: [0, 4] })).toEqual(['sefa 0', 'sefa 1']);
  expect(await hs.discovery.ganspace({ count: 2, samples: 32 })).toEqual(['pc 0', 'pc 1']);
  const brightness = async (picture: Picture) => (await picture.toFloats()).reduce((sum, value) => sum + value, 0);
  expect(await hs.discovery.find('bright', brightness, { samples: 32 })).toBeGreaterThan(0.3);
  await expect(hs.discovery.find('bright', brightness)).rejects.toThrow(/"bright" exists already/);
  await expect(hs.discovery.find('flat', () => 1, { samples: 16 })).rejects.toThrow(/all scores are equal/);
  await anna.edit({ 'sefa 0': 2, bright: 1 });
  expect(difference(await floats(anna), await stepFloats(anna, 2))).toBeGreaterThan(NEAR);
  const file = hs.discovery.save(['sefa 0', 'bright', 'pc 1']);
  const again = await smallModel((await sharedDevice()).device);
  expect(await again.addDirections([bytesSource('found.safetensors', file)])).toEqual(['sefa 0', 'bright', 'pc 1']);
  again.dispose();
}

/** What does not fit is refused by name, and nothing is lost. */
async function badInput({ hs, anna }: Stage): Promise<void> {
  await expect(hs.addDomain('twin', await goldenFile('pipeline-faces.hyperstyle.pt'))).rejects.toThrow(
    /exists already/,
  );
  await expect(hs.addRestyle(await goldenFile('pipeline-faces.w_encoder.pt'))).rejects.toThrow(
    /no ReStyle-e4e checkpoint/,
  );
  await expect(anna.edit({ east: Number.NaN })).rejects.toThrow(/amount is NaN/);
  await expect(anna.edit({}, { strength: { sharp: 1 } as object })).rejects.toThrow(/strength of "sharp"/);
  await expect(hs.mix([])).rejects.toThrow(/a mix of nobody/);
  await expect(hs.mix([{ person: {} as Inversion, weight: 1 }])).rejects.toThrow(/person 0 is .*expected an inversion/);
  await anna.edit({});
  expect(difference(await floats(anna), await stepFloats(anna, 2))).toBeLessThan(SAME);
}
/** One model and two people for all of it. */
it('people are edited, mixed and shown in other domains', async () => {
  const hs = await smallModel((await sharedDevice()).device);
  const [anna, bert] = await people(hs);
  const stage = { hs, anna, bert };
  await strengthFromCodes(stage);
  await mixes(stage);
  await directionFiles(stage);
  await stepsFromCodes(stage);
  await domains(stage);
  await exchanges(stage);
  await discoveries(stage);
  await badInput(stage);
  hs.dispose();
});
