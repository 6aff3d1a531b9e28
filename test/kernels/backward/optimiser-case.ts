/** Every optimiser recorded on small parameters: what shader files are checked against, and small enough to run. */
import { muonNumbers } from '../../../src/gradients/schedules.ts';
import { DEFAULT_FACTS as facts } from '../../../src/kernels/choose.ts';
import { muon } from '../../../src/kernels/muon.ts';
import {
  accumulateGradients,
  adam,
  clearSums,
  clippedNumbers,
  ranger,
  runningAverage,
  standardise,
} from '../../../src/kernels/optimisers.ts';
import { randomArray } from '../../../src/kernels/reference/seeded.ts';
import type { KernelRun } from '../../../src/runtime/kernel-run.ts';
import type { Tensor } from '../../../src/tensor.ts';

/** One step of each optimiser on a small parameter, in place. */
export function recordOptimisers(run: KernelRun): readonly Tensor[] {
  const shape = [3, 5];
  const slab = (name: string): Tensor => run.input(name, shape, randomArray(name, 15));
  const numbers = (count: number): Tensor => run.input(`numbers ${count}`, [count], randomArray(`${count}`, count));
  const moments = (name: string) => ({
    parameter: slab(`${name} p`),
    gradient: slab(`${name} g`),
    first: slab(`${name} m`),
    second: run.input(
      `${name} v`,
      shape,
      randomArray(`${name} v`, 15).map((value) => value ** 2),
    ),
    betas: [0.9, 0.999] as const,
    eps: 1e-8,
  });
  const [a, r, map] = [moments('adam'), moments('ranger'), slab('map')];
  const sum = slab('sum');
  accumulateGradients(run, { gradients: [a.gradient], sums: [sum] });
  const cleared = slab('cleared');
  clearSums(run, [cleared]);
  adam(run, {
    ...a,
    numbers: clippedNumbers(run, { gradients: [a.gradient, r.gradient], numbers: numbers(3), most: 0.5 }),
  });
  ranger(run, {
    ...r,
    numbers: numbers(4),
    slow: slab('slow'),
    alpha: 0.5,
    centred: { groups: 3, length: 5, columns: 1 },
  });
  standardise(run, map);
  const matrices = [
    [7, 20],
    [33, 18],
  ] as const;
  const moved = matrices.map((matrix) => {
    const whole = (name: string): Tensor => run.input(`muon ${name}`, matrix, muonValues(name, matrix));
    const parameter = whole('p');
    const parts = { parameter, gradient: whole('g'), momentum: whole('m') };
    muon(run, { ...parts, matrix, beta: 0.95, numbers: run.input('muon', [2], muonNumbers(0.02, 0.5)), facts });
    return parameter;
  });
  const average = slab('average');
  runningAverage(run, { parameter: r.parameter, average, numbers: numbers(1) });
  return [a.parameter, r.parameter, map, sum, average, cleared, ...moved];
}

/** Values of one of Muon's matrices. */
export const muonValues = (name: string, [rows, columns]: readonly [number, number]): Float32Array =>
  randomArray(`muon ${name} ${rows}`, rows * columns);
