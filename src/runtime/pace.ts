/**
 * How much work one submit may hold: what a display, or a driver's watchdog (Windows resets a GPU after two
 * seconds), can wait for at the speed that this adapter has shown. `Executable.submit` cuts a run accordingly.
 */
import type { KernelRecord } from '../kernels/kernel.ts';
import { byteLength } from '../tensor.ts';

/** Seconds that one submit should take. */
const SUBMIT_SECONDS = 0.1;
/**
 * Work a second until something was measured: less than what most adapters do, so that the first submits are
 * short rather than long.
 */
const FIRST_GUESS = { software: 1e9, gpu: 2e10 } as const;
/** A run that is over sooner may have waited for the host most of the time: it shows only how fast the adapter is at least. */
const LEAST_SECONDS = 0.02;
/** Share of a submit below which a run is not measured. */
const WORTH_MEASURING = 0.25;
/** Operations that GPUs do while they move a byte; what only moves data has work by this. */
const WORK_PER_BYTE = 10;

/** Work of a dispatch: operations, and bytes of what it binds as so many operations. */
export function workOf({ flops, bindings }: Pick<KernelRecord, 'flops' | 'bindings'>): number {
  return flops + WORK_PER_BYTE * bindings.reduce((sum, { tensor }) => sum + byteLength(tensor), 0);
}

/** The speed of one device's queue. */
export class Pace {
  readonly #queue: Pick<GPUQueue, 'onSubmittedWorkDone'>;
  #perSecond: number;
  /** When the latest measured run was done, in milliseconds. */
  #done = 0;

  /** @param software whether the adapter computes on the CPU */
  constructor(queue: Pick<GPUQueue, 'onSubmittedWorkDone'>, software: boolean) {
    this.#queue = queue;
    this.#perSecond = FIRST_GUESS[software ? 'software' : 'gpu'];
  }

  /** Work that one submit may hold, as {@link workOf} counts it. */
  get workPerSubmit(): number {
    return SUBMIT_SECONDS * this.#perSecond;
  }

  /** Takes note of a run that has just been submitted. It is timed from when the queue came to it. */
  submitted(work: number): void {
    if (work < WORTH_MEASURING * this.workPerSubmit) return;
    const begin = performance.now();
    this.#queue.onSubmittedWorkDone().then(
      () => this.#measured(work, begin),
      () => undefined, // the device is lost: others tell
    );
  }

  #measured(work: number, begin: number): void {
    const end = performance.now();
    const seconds = (end - Math.max(begin, this.#done)) / 1000;
    this.#done = end;
    const perSecond = work / Math.max(seconds, LEAST_SECONDS);
    if (seconds >= LEAST_SECONDS || perSecond > this.#perSecond) this.#perSecond = perSecond;
  }
}
