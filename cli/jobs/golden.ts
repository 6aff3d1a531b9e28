/** Runs every case of a golden folder and reports each as a `CaseResult` event. */

import type { Conv2dVariant, Precision } from '../../src/kernels/rungs.ts';
import { type OpenDevice, openDevice } from '../../src/runtime/device.ts';
import { runCase } from '../golden/cases.ts';
import { readIndex } from '../golden/golden-file.ts';
import type { JobContext } from '../job.ts';

/** What the command passes. */
export interface GoldenParams {
  /** One rung of the convolution ladder wherever it is valid, or null for the usual choice. */
  readonly kernels: Conv2dVariant | null;
  readonly precision: Precision;
}

/** The job; the golden folder is mounted as `golden`. */
export async function run(ctx: JobContext): Promise<void> {
  const { kernels, precision } = ctx.params as GoldenParams;
  let opened: OpenDevice | undefined;
  for (const entry of await readIndex(ctx)) {
    opened ??= await openDevice({ gpu: ctx.gpu, kernels: kernels ?? undefined, precision });
    // a model of one case must not take the device of the next ones with it
    const result = await runCase(ctx, entry, { ...opened, owned: false });
    await ctx.emit(result);
    if (result.error === null) continue;
    opened.device.destroy(); // one that a case has broken must not fail the others
    opened = undefined;
  }
  opened?.device.destroy();
}
