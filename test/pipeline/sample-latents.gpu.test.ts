/** Latents sampled many at a time are those sampled one by one. */
import { expect, it } from 'vitest';
import { gaussian } from '../../src/gaussian.ts';
import { SAMPLES_TOGETHER, sampleLatents } from '../../src/method/sample-latents.ts';
import { sharedDevice } from '../setup/gpu.ts';
import { smallModel } from './small-model.ts';

it('one more than are read together', async () => {
  const { engine } = await smallModel((await sharedDevice()).device);
  const { state, architecture } = engine.network;
  const found = await sampleLatents(engine, 7, SAMPLES_TOGETHER + 1);
  expect(found).toHaveLength(SAMPLES_TOGETHER + 1);
  for (const [i, w] of found.entries()) {
    engine.write(state.z, gaussian(7 + i, architecture.styleDim));
    engine.run('map');
    expect((await engine.read(state.base)).subarray(0, architecture.styleDim), `sample ${i}`).toEqual(w);
  }
  engine.runtime.dispose();
});
