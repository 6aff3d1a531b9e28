/** Every kernel at every real layer shape, against plain loops and against the adapter's ceilings. */
import { TOLERANCE } from '../../test/tolerances.ts';
import { chooseSize, type KernelCase } from '../cases/case.ts';
import { filterCases, kernelCases } from '../cases/plans.ts';
import { type RunningCase, startCase } from '../cases/run-case.ts';
import { openPace, type Pace } from '../ceilings.ts';
import { contest } from '../contest.ts';
import type { BenchRow } from '../report.ts';
import { type SuiteContext, toleranceOf } from './context.ts';
import { convolutionShares } from './shares.ts';

function start(c: SuiteContext, kernel: KernelCase, size: number): Promise<RunningCase> {
  const tolerance = toleranceOf(c, TOLERANCE.convolution);
  return startCase(c.device, c.pipelines, c.timer, kernel.build(size, c.facts), tolerance);
}

/** The case at the largest size that this adapter finishes in time. */
async function startInTime(c: SuiteContext, kernel: KernelCase): Promise<{ running: RunningCase; size: number }> {
  const smallest = kernel.sizes.at(-1) ?? 1;
  const pilot = await start(c, kernel, smallest);
  let size = smallest;
  try {
    if (kernel.sizes.length > 1) {
      const seconds = await pilot.sample(await pilot.sample(0));
      size = chooseSize(kernel.sizes, kernel.cost, seconds, c.options.longest);
    }
    if (size === smallest) return { running: pilot, size };
  } catch (error) {
    pilot.destroy();
    throw error;
  }
  pilot.destroy();
  return { running: await start(c, kernel, size), size };
}

async function runCase(c: SuiteContext, kernel: KernelCase, pace: Pace): Promise<BenchRow> {
  const { running, size } = await startInTime(c, kernel);
  const [real = size] = kernel.sizes;
  try {
    const { rounds, budget } = c.options;
    const [result, ceiling] = await contest([running, pace], { rounds, budget, warmUps: 2, leastRounds: 3 });
    if (!result) throw new Error(`case "${kernel.name}" gave no result`);
    return {
      suite: 'kernels',
      group: kernel.network,
      name: kernel.name,
      what: kernel.what(size),
      variant: running.variant,
      scaled: size === real ? null : `${real} → ${size} ${kernel.unit}`,
      count: kernel.count,
      check: result.check,
      seconds: result.seconds,
      pace: ceiling?.seconds ? pace.flops / ceiling.seconds.median : null,
      ...kernel.cost(size),
    };
  } finally {
    running.destroy();
  }
}

/** Runs all cases that the filter leaves. */
export async function kernelSuite(c: SuiteContext): Promise<void> {
  const cases = filterCases(kernelCases(), c.options.filter);
  const pace = await openPace(c.device, c.timer, c.ceilings);
  const rows: BenchRow[] = [];
  try {
    for (const kernel of cases) {
      const row = await runCase(c, kernel, pace);
      rows.push(row);
      await c.row(row);
    }
  } finally {
    pace.destroy();
  }
  for (const text of convolutionShares(rows, c.ceilings)) await c.finding({ suite: 'kernels', text });
}
