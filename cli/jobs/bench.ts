/** The GPU side of `npm run bench`: see `bench/run.ts`. */
import { type BenchParams, runBench } from '../../bench/run.ts';
import type { JobContext } from '../job.ts';

/** Runs the suites that the command asks for. */
export async function run(ctx: JobContext): Promise<void> {
  await runBench(
    {
      gpu: ctx.gpu,
      get: (path) => ctx.get(path),
      url: (path) => ctx.url(path),
      emit: (event) => ctx.emit(event),
    },
    ctx.params as BenchParams,
  );
}
