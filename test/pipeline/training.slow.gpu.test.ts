/** Trainings with the statistics of the batch, and of every part of a model; what they save. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { StepReport } from '../../src/training/run.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { checkpointSource } from '../../src/weights/checkpoint-source.ts';
import { collectTensors } from '../../src/weights/collect.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { smallWeights } from './small-model.ts';
import { learn, loadTrainer, TIMEOUT_MS, total } from './training-steps.ts';

let source: WeightSource;

beforeAll(async () => {
  source = await smallWeights();
});

describe('a training', { timeout: TIMEOUT_MS }, () => {
  it('that was interrupted comes to the same numbers, with the statistics of the batch and averages', async () => {
    const options = { batch: 2, accumulate: 2, average: 0.9, clip: 1, seed: 5 };
    const whole = await loadTrainer(source, options);
    const first = await learn(whole, 2);
    const middle = await whole.state();
    const rest = await learn(whole, 4);
    const resumed = await loadTrainer(source, {
      ...options,
      seed: 99,
      resume: bytesSource('training.safetensors', middle),
    });
    expect(resumed.step).toBe(2);
    const again = await learn(resumed, 4);
    expect(again.map((report) => [report.step, report.losses, report.norm])).toEqual(
      rest.map((report) => [report.step, report.losses, report.norm]),
    );
    expect(await resumed.state()).toEqual(await whole.state());
    expect(first.map(({ step }) => step)).toEqual([1, 2]);
    whole.dispose();
    resumed.dispose();
  });

  it.each(['hypernetwork', 'encoder', 'generator'] as const)(
    'of the %s learns, and is saved as checkpoints',
    async (part) => {
      const trainer = await loadTrainer(source, { part, optimiser: 'adam', accumulate: 2 });
      const found = await learn(trainer, 8, 2e-3);
      expect(total(found.at(-1) as StepReport)).toBeLessThan(total(found[0] as StepReport));
      const files = await trainer.checkpoint();
      const read = async (file: 'hyperstyle' | 'encoder') =>
        openCheckpoint(bytesSource(`${file}.pt`, files.get(file) ?? new Uint8Array()));
      const saved = checkpointSource(await read('hyperstyle'), await read('encoder'));
      expect(saved.architecture).toEqual(source.architecture);
      const [before, after] = [await collectTensors(source, () => true), await collectTensors(saved, () => true)];
      const moved = [...before].filter(([key, values]) => values.some((value, i) => value !== after.get(key)?.[i]));
      const prefix = { hypernetwork: 'hypernet.', encoder: 'encoder.', generator: 'decoder.' }[part];
      expect(moved.length).toBeGreaterThan(5);
      expect(moved.filter(([key]) => !key.startsWith(prefix))).toEqual([]);
      expect(moved.filter(([key]) => key.includes('running_'))).toEqual([]); // frozen
      trainer.dispose();
    },
  );
});
