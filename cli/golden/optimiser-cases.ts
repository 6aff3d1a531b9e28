/** Golden cases of optimisers and schedules. */

import { adamNumbers, projectionSchedule, rangerNumbers } from '../../src/gradients/schedules.ts';
import { adam, ranger } from '../../src/kernels/optimisers.ts';
import type { OpenDevice } from '../../src/runtime/device.ts';
import { elementCount, type Tensor } from '../../src/tensor.ts';
import { type Difference, difference, type Golden, goldenTensor } from './golden-file.ts';
import { LearningRun } from './learning-run.ts';

interface Slab {
  readonly index: number;
  readonly parameter: Tensor;
  readonly gradient: Tensor;
}

/** Records one step for every parameter of the case. */
function record(run: LearningRun, numbers: Tensor): Slab[] {
  const { entry, tensors } = run.golden;
  const [beta1 = 0, beta2 = 0] = entry.betas as number[];
  const slabs: Slab[] = [];
  for (let index = 0; tensors.has(`in.p${index}`); index++) {
    const start = goldenTensor(run.golden, `in.p${index}`);
    const { shape } = start;
    const state = (name: string): Tensor => run.state(`${name} ${index}`, shape);
    const parameter = run.given(`p${index}`, start, shape);
    const gradient = state('gradient');
    const moments = { parameter, gradient, first: state('first'), second: state('second'), numbers };
    const constants = { betas: [beta1, beta2] as const, eps: Number(entry.eps) };
    if (entry.op === 'adam') adam(run.graph, { ...moments, ...constants });
    else {
      const slow = run.given(`slow ${index}`, start, shape);
      const groups = shape[0] ?? 1;
      const centred = shape.length > 1 ? { groups, length: elementCount(shape) / groups, columns: 1 } : undefined;
      ranger(run.graph, { ...moments, ...constants, slow, alpha: Number(entry.alpha), centred });
    }
    slabs.push({ index, parameter, gradient });
  }
  return slabs;
}

function numbersOf({ entry }: Golden, t: number): Float32Array<ArrayBuffer> {
  const [beta1 = 0, beta2 = 0] = entry.betas as number[];
  const rates = entry.rates as number[] | undefined;
  const rate = rates?.[t - 1] ?? Number(entry.lr);
  const betas = [beta1, beta2] as const;
  if (entry.op === 'adam') return adamNumbers(t, rate, betas);
  return rangerNumbers(t, rate, { betas, k: Number(entry.k), threshold: Number(entry.threshold) });
}

/** Every step of an optimiser, with the golden's gradients. */
export async function optimiserCase(golden: Golden, { device, facts }: OpenDevice): Promise<Difference[]> {
  const run = new LearningRun(golden, facts);
  const numbers = run.state('numbers', [golden.entry.op === 'adam' ? 3 : 4]);
  const slabs = record(run, numbers);
  try {
    await run.open(device);
    const found = slabs.map(({ index }) => new Float32Array(goldenTensor(golden, `out.p${index}`).data.length));
    for (let t = 1; t <= Number(golden.entry.steps); t++) {
      run.write(numbers, numbersOf(golden, t));
      for (const { index, gradient } of slabs) {
        const size = elementCount(gradient.shape);
        run.write(gradient, goldenTensor(golden, `in.g${index}`).data.slice((t - 1) * size, t * size));
      }
      run.run();
      const values = await run.read(...slabs.map(({ parameter }) => parameter));
      values.forEach((value, i) => {
        found[i]?.set(value, (t - 1) * value.length);
      });
    }
    return slabs.map(({ index }, i) => {
      return difference(`p${index}`, found[i] ?? new Float32Array(), goldenTensor(golden, `out.p${index}`).data);
    });
  } finally {
    run.close();
  }
}

/** Rates and noise of a projection, step by step. */
export function scheduleCase(golden: Golden): Difference[] {
  const { entry } = golden;
  const schedule = {
    steps: Number(entry.steps),
    rate: Number(entry.rate),
    rampDown: Number(entry.ramp_down),
    rampUp: Number(entry.ramp_up),
    noise: Number(entry.noise_factor) * Number(entry.spread),
    noiseLength: Number(entry.noise_length),
  };
  const steps = Array.from({ length: schedule.steps }, (_, step) => projectionSchedule(step, schedule));
  const compare = (name: string, values: number[]): Difference =>
    difference(name, Float32Array.from(values), goldenTensor(golden, `out.${name}`).data);
  return [
    compare(
      'rates',
      steps.map(({ rate }) => rate),
    ),
    compare(
      'noise',
      steps.map(({ noise }) => noise),
    ),
  ];
}
