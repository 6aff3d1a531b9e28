/** Ending a long job early, the job's side: it asks its command (`stop.ts`), and ends with what it has. */
import type { JobContext } from './job.ts';

/** Milliseconds between two questions whether to stop. */
const ASK_EVERY = 1000;

/** A signal that fires when the command says so; `end` stops asking. */
export function stopSignal(ctx: Pick<JobContext, 'get'>): { readonly signal: AbortSignal; readonly end: () => void } {
  const stop = new AbortController();
  const asking = setInterval(() => {
    ctx.get('stop').then(
      ([answer]) => (answer === 1 ? stop.abort() : undefined),
      () => undefined, // the command has gone, the next event will fail
    );
  }, ASK_EVERY);
  return { signal: stop.signal, end: () => clearInterval(asking) };
}
