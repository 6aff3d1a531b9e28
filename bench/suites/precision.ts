/** The error ledger of half precision: each convolution at its layer's channels, in every number format, against plain loops. */
import { PRECISIONS, type Precision } from '../../src/kernels/rungs.ts';
import { TOLERANCE } from '../../test/tolerances.ts';
import type { KernelCase } from '../cases/case.ts';
import { filterCases, kernelCases } from '../cases/plans.ts';
import { startCase } from '../cases/run-case.ts';
import type { SuiteContext } from './context.ts';

/** Relative L2 error in one format at the smallest size: the error comes from channels and taps, not from pixels. */
async function errorIn(c: SuiteContext, kernel: KernelCase, precision: Precision): Promise<number> {
  const built = kernel.build(kernel.sizes.at(-1) ?? 1, { ...c.facts, precision });
  const running = await startCase(c.device, c.pipelines, c.timer, built, TOLERANCE.goldenHalf);
  try {
    return (await running.check()).error;
  } finally {
    running.destroy();
  }
}

/** Whether a case has convolutions that come down to products: others are f32 in every format. */
function usesHalf(c: SuiteContext, kernel: KernelCase): boolean {
  const { prepare, graph } = kernel.build(kernel.sizes.at(-1) ?? 1, { ...c.facts, precision: 'f16' });
  return [...prepare.nodes, ...graph.nodes].some(({ substitutions }) => substitutions?.ELEMENT === 'f16');
}

/** A finding a layer, all formats in one line. */
export async function precisionSuite(c: SuiteContext): Promise<void> {
  if (!c.facts.features.has('shader-f16')) {
    return c.note('precision: this adapter has no shader-f16; --host deno runs on one that has');
  }
  for (const kernel of filterCases(kernelCases(), c.options.filter)) {
    if (!usesHalf(c, kernel)) continue;
    const errors: string[] = [];
    for (const precision of PRECISIONS) {
      errors.push(`${precision} ${(await errorIn(c, kernel, precision)).toExponential(1)}`);
    }
    const what = kernel.what(kernel.sizes.at(-1) ?? 1);
    const text = `${kernel.network} ${kernel.name} ${what}: ${errors.join(', ')}`;
    await c.note(text);
    await c.finding({ suite: 'precision', text });
  }
}
