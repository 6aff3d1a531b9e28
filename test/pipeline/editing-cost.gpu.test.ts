/**
 * What a slider costs, in dispatches: edits touch no weights, other looks re-tune once, and a second domain computes no
 * offsets.
 */
import { expect, it } from 'vitest';
import { INVERSION } from '../../src/method/schedule.ts';
import { sharedDevice } from '../setup/gpu.ts';
import { goldenFile, smallModel, testPicture } from './small-model.ts';
import { runsOf } from './watch-runs.ts';

/** Shaders that make weights: θ̂, filters transformed for convolutions, heads of the hypernetwork. */
const WEIGHT_WORK = /weight_update|head|filter|mix_sums/;

it('a slider costs one pass and no weight work; mixes, strength and step one retune and one pass', async () => {
  const hs = await smallModel((await sharedDevice()).device);
  const { engine } = hs;
  const dispatches = (name: Parameters<typeof engine.executable>[0]): number =>
    engine.executable(name).dispatches.length;
  const pass = Object.fromEntries(INVERSION.show.map((name) => [name, dispatches(name)]));
  const retuned = { retune: dispatches('retune'), ...pass };
  const anna = await hs.invert(testPicture(64, 64), { steps: 2 });
  const bert = await hs.invert(testPicture(64, 64, 3), { steps: 2 });

  await anna.edit({}); // bert was shown last
  const slider = await runsOf(() => anna.edit({ east: 1 }));
  expect(slider.graphs).toEqual({ ...pass, synthesize: expect.any(Number) });
  expect(slider.graphs.synthesize).toBeLessThanOrEqual(dispatches('synthesize'));
  expect([...slider.pipelines].filter((name) => WEIGHT_WORK.test(name))).toEqual([]);
  const rows: [number, number] = [hs.architecture.latentCount - 1, hs.architecture.latentCount];
  const late = await runsOf(() => anna.edit({ east: { amount: 1, layers: rows } }));
  const later = await runsOf(() => anna.edit({ east: { amount: 2, layers: rows } }));
  expect(late.graphs.synthesize).toBe(dispatches('synthesize')); // early rows went back
  expect(later.graphs.synthesize).toBeLessThan(dispatches('synthesize') / 2);

  const stronger = await runsOf(() => anna.edit({}, { strength: { fine: 0.5 } }));
  expect(stronger.graphs).toEqual({ mix: dispatches('mix'), ...retuned });
  expect([...stronger.pipelines].filter((name) => WEIGHT_WORK.test(name))).not.toEqual([]);
  expect((await runsOf(() => anna.edit({}, { step: 1 }))).graphs).toEqual(retuned);
  const parts = [anna, bert].map((person) => ({ person, weight: 0.5 }));
  expect((await runsOf(() => hs.mix(parts))).graphs).toEqual(retuned);

  for (const name of ['one', 'two']) await hs.addDomain(name, await goldenFile('pipeline-faces.hyperstyle.pt'));
  const layers = hs.architecture.hypernetwork?.tunedLayers;
  const first = await runsOf(() => anna.in('one', { layers }));
  const second = await runsOf(() => anna.in('two', { layers }));
  const again = await runsOf(() => anna.in('two', { layers, edits: { east: 1 } }));
  expect(first.graphs.offsets).toBeGreaterThan(0);
  const { offsets: _once, ...others } = first.graphs;
  expect(second.graphs).toEqual(others);
  expect(again.graphs).toEqual(pass);
  hs.dispose();
});
