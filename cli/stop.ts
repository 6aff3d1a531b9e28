/**
 * Ending a long job early, the command's side: at Ctrl+C, or when its time is over, it says so where the job asks
 * (`stop-signal.ts`). The answer is mounted as `stop`.
 */
import { atFirstSignal } from './signals.ts';
import { complain } from './terminal.ts';

/**
 * What a command mounts as `stop`.
 * @param minutes after which it ends; undefined: never
 * @param words that are printed at the first signal
 */
export function stopping(minutes: number | undefined, words: string): () => Promise<Uint8Array> {
  let stop = false;
  atFirstSignal(() => {
    stop = true;
    complain(`${words}; a second signal ends it at once`);
  });
  const end = minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000;
  return async () => Uint8Array.of(stop || performance.now() > end ? 1 : 0);
}
