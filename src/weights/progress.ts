/** Truthful progress: bytes that have arrived, their rate over the last seconds, and the time the rest will take. */
import type { LoadProgress } from './weight-source.ts';

/** The rate is a mean over this many seconds. */
const WINDOW_SECONDS = 5;
/** Reports are at least this far apart, except the last one. */
const REPORT_SECONDS = 0.1;

/** Counts bytes and reports them. Times come from `clock`, in seconds. */
export class ProgressMeter {
  #loaded = 0;
  #cached = 0;
  #lastReport = Number.NEGATIVE_INFINITY;
  readonly #samples: { time: number; bytes: number }[] = [];
  readonly #total: number;
  readonly #report: ((progress: LoadProgress) => void) | undefined;
  readonly #clock: () => number;

  /** @param total bytes that {@link add} will count in all */
  constructor(total: number, report?: (progress: LoadProgress) => void, clock = () => performance.now() / 1000) {
    this.#total = total;
    this.#report = report;
    this.#clock = clock;
    this.#samples.push({ time: clock(), bytes: 0 });
  }

  /** `bytes` more of `file` have arrived; negative when a part is thrown away and fetched again. */
  add(file: string, bytes: number, fromCache = false): void {
    this.#loaded += bytes;
    if (fromCache) this.#cached += bytes;
    const time = this.#clock();
    this.#samples.push({ time, bytes: this.#loaded });
    while ((this.#samples[1]?.time ?? time) < time - WINDOW_SECONDS) this.#samples.shift();
    if (time - this.#lastReport < REPORT_SECONDS && this.#loaded !== this.#total) return;
    this.#lastReport = time;
    const first = this.#samples[0] ?? { time, bytes: 0 };
    const seconds = time - first.time;
    const rate = seconds > 0 ? Math.max(0, (this.#loaded - first.bytes) / seconds) : 0;
    this.#report?.({
      file,
      loadedBytes: this.#loaded,
      totalBytes: this.#total,
      bytesPerSecond: rate,
      remainingSeconds: this.#loaded === this.#total ? 0 : (this.#total - this.#loaded) / rate,
      cachedBytes: this.#cached,
    });
  }
}
