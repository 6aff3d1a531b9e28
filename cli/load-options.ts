/** A job's side of `--kernels`, `--precision` and `--tune`: the options its model is loaded with. */
import type { LoadOptions } from '../src/index.ts';
import type { JobContext } from './job.ts';
import type { KernelOptions } from './kernel-options.ts';

/** Options for `HyperStyle.load`; measured choices are kept by the command, because a job sees no files. */
export function loadOptions(ctx: JobContext, { kernels, precision, tune }: KernelOptions): LoadOptions {
  const choiceStore = {
    get: (name: string) => ctx.get(`tuning/${name}`).catch(() => null),
    put: (name: string, bytes: Uint8Array) => ctx.save(`tuning/${name}`, bytes),
  };
  return { gpu: ctx.gpu, precision, ...(kernels && { kernels }), ...(tune && { tune, choiceStore }) };
}
