/** A small model learns: interrupted or not it comes to the same numbers, and what goes wrong is named and spoils nothing. */
import { beforeAll, describe, expect, it } from 'vitest';
import { bytesSource } from '../../src/weights/random-access.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { smallWeights } from './small-model.ts';
import { learn, loadTrainer, madeUpPictures, TIMEOUT_MS } from './training-steps.ts';

let source: WeightSource;

beforeAll(async () => {
  source = await smallWeights();
});

describe('a training', { timeout: TIMEOUT_MS }, () => {
  it('that was interrupted comes to the same numbers', async () => {
    const options = { passes: 1, accumulate: 2, average: 0.9, clip: 1, seed: 5 };
    const whole = await loadTrainer(source, options);
    const first = await learn(whole, 1);
    const middle = await whole.state();
    const rest = await learn(whole, 2);
    const resumed = await loadTrainer(source, {
      ...options,
      seed: 99,
      resume: bytesSource('training.safetensors', middle),
    });
    expect(resumed.step).toBe(1);
    const again = await learn(resumed, 2);
    expect(again.map((report) => [report.step, report.losses, report.norm])).toEqual(
      rest.map((report) => [report.step, report.losses, report.norm]),
    );
    expect(await resumed.state()).toEqual(await whole.state());
    expect(first.map(({ step }) => step)).toEqual([1]);
    whole.dispose();
    resumed.dispose();
  });

  it('stops at a number that is none, names the layer, and keeps the weights', async () => {
    const trainer = await loadTrainer(source, {});
    await learn(trainer, 1);
    const before = await trainer.state();
    const broken = trainer.run({ pictures: madeUpPictures(source.architecture, Number.NaN), steps: 2 });
    await expect(broken).rejects.toThrow(
      /the loss "l2" is NaN in pass 1 of step 2 \(picture \d\): .* comes out of "\S.*\(conv2d.*\)"; the weights of the step before/,
    );
    expect(await trainer.state()).toEqual(before);
    await expect(learn(trainer, 2)).resolves.toHaveLength(1); // and goes on with good pictures
    trainer.dispose();
  });

  it('ends at a stop and saves what it has', async () => {
    const trainer = await loadTrainer(source, {});
    const stop = new AbortController();
    const saved: number[] = [];
    const end = await trainer.run({
      pictures: madeUpPictures(source.architecture),
      steps: 50,
      stop: stop.signal,
      onStep: ({ step }) => (step === 1 ? stop.abort() : undefined),
      onSave: () => void saved.push(trainer.step),
    });
    expect(end).toEqual({ step: 1, ended: 'stop' });
    expect(saved).toEqual([1]);
    trainer.dispose();
  });

  it('goes on only with its own model and recipe, and only where there is room', async () => {
    const trainer = await loadTrainer(source, {});
    const state = bytesSource('training.safetensors', await trainer.state());
    trainer.dispose();
    await expect(loadTrainer(await smallWeights('pipeline-cars-separable'), { resume: state })).rejects.toThrow(
      /is of another architecture: \w+ is .*, this model's is/,
    );
    await expect(loadTrainer(source, { resume: state, optimiser: 'adam' })).rejects.toThrow(
      /its training had optimiser "ranger", this one has "adam"/,
    );
    await expect(loadTrainer(source, { resume: bytesSource('state', new Uint8Array(100)) })).rejects.toMatchObject({
      code: 'file',
    });
    await expect(loadTrainer(source, { memory: 2 ** 20 })).rejects.toThrow(/needs \d+ MiB of GPU memory/);
  });
});
