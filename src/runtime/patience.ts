/** Waiting for work only as long as somebody wants its result. */
import { type HyperStyleError, throwIfAborted } from '../errors.ts';

/** Who may end a wait before the work ends, and what becomes of a result that comes too late. */
export interface Patience<T> {
  readonly signal?: AbortSignal | undefined;
  /** Functions to call when waiting is over for another reason; the wait adds itself and takes itself off. */
  readonly ends?: Set<(reason: HyperStyleError) => void> | undefined;
  /** Gives a late result back. */
  readonly discard?: ((late: T) => void) | undefined;
}

/** What comes too late is disposed of. */
export const DISPOSE_LATE = { discard: (late: { dispose(): void }): void => late.dispose() };

/**
 * What `work` gives, unless the wait ends before; `work` then goes on unheard.
 * @throws what `work` throws; `aborted` at once when the signal fires; the reason of another end
 */
export async function patiently<T>(work: Promise<T>, { signal, ends, discard }: Patience<T> = {}): Promise<T> {
  let over = false;
  let refuse: (reason: unknown) => void = () => undefined;
  const aborted = (): void => {
    try {
      throwIfAborted(signal);
    } catch (error) {
      refuse(error);
    }
  };
  try {
    return await new Promise<T>((resolve, reject) => {
      refuse = reject;
      work.then((result) => (over ? discard?.(result) : resolve(result)), reject);
      ends?.add(refuse);
      signal?.addEventListener('abort', aborted);
      aborted(); // before it was listened to
    });
  } finally {
    over = true;
    ends?.delete(refuse);
    signal?.removeEventListener('abort', aborted);
  }
}
