/** What tests of trainings share: a small model, made-up pictures, and steps on them. */
import { mixed, type TrainingPictures } from '../../src/training/drawing.ts';
import type { StepReport } from '../../src/training/run.ts';
import { Trainer } from '../../src/training/trainer.ts';
import type { TrainerOptions } from '../../src/training/trainer-options.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { sharedDevice } from '../setup/gpu.ts';

/** Forward and backward of three networks compile some two hundred pipelines, which takes a CPU adapter a while. */
export const TIMEOUT_MS = 300_000;

/** Five made-up pictures; `value` in every pixel where one is given. */
export function madeUpPictures(
  { cropRows, inputSize }: WeightSource['architecture'],
  value?: number,
): TrainingPictures {
  const height = cropRows ? cropRows[1] - cropRows[0] : inputSize;
  return {
    name: 'made-up pictures',
    count: 5,
    width: inputSize,
    read: async (seed) =>
      Float32Array.from({ length: 3 * height * inputSize }, (_, i) => value ?? (mixed(seed, i >> 3) / 2 ** 32) * 2 - 1),
  };
}

/** A training of two passes on the shared device. */
export async function loadTrainer(from: WeightSource, options: TrainerOptions): Promise<Trainer> {
  const { device } = await sharedDevice();
  return Trainer.load(from, { device, passes: 2, ...options });
}

/** Learns until `count` steps are done. */
export async function learn(trainer: Trainer, count: number, rate = 0.01): Promise<StepReport[]> {
  const found: StepReport[] = [];
  const onStep = (report: StepReport): void => void found.push(report);
  await trainer.run({ pictures: madeUpPictures(trainer.source.architecture), steps: count, rate, flip: true, onStep });
  return found;
}

/** The total loss of a step. */
export const total = ({ losses }: StepReport): number => losses.total ?? Number.NaN;
