/**
 * Time of GPU work. Timestamp queries where they are precise; where a browser quantises them (Chrome: 100 µs) or has none,
 * wall clock around enough replays that neither its step nor the submit itself counts.
 */

/** How time was taken. */
export interface TimerFacts {
  readonly mode: 'timestamp queries' | 'batched wall clock';
  /** Smallest step of the timestamps in nanoseconds; 0 without timestamp queries. */
  readonly granularity: number;
  /** Seconds of submitting nothing and waiting for it. */
  readonly emptySubmit: number;
}

/** Encodes one execution as compute passes; passes `timestampWrites` on where it is given. */
export type Encode = (encoder: GPUCommandEncoder, timestampWrites?: GPUComputePassTimestampWrites) => void;

/** Timestamps that step by more than this many nanoseconds are not used. */
const PRECISE_NS = 1000;
/** Wall clock measures batches of at least this many seconds, unless said otherwise. */
const BATCH_SECONDS = 0.04;
const PROBES = 24;

const greatestCommonDivisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : greatestCommonDivisor(b, a % b));

/** The step of a clock as far as its readings show it: the greatest common divisor of their differences (pure). */
export function clockStep(readings: readonly bigint[]): number {
  const [first = 0n] = readings;
  const differences = readings.map((t) => (t > first ? t - first : first - t));
  return Number(differences.reduce(greatestCommonDivisor, 0n));
}

/** How many replays make a batch of at least `seconds` (pure). */
export function replaysFor(secondsEach: number, seconds = BATCH_SECONDS): number {
  return Math.min(1000, Math.max(1, Math.ceil(seconds / Math.max(secondsEach, 1e-7))));
}

function median(samples: readonly number[]): number {
  return [...samples].sort((a, b) => a - b)[samples.length >> 1] ?? 0;
}

/** Times executions on one device. */
export class GpuTimer {
  readonly #device: GPUDevice;
  readonly #batchSeconds: number;
  readonly #queries: GPUQuerySet | undefined;
  readonly #resolved: GPUBuffer | undefined;
  readonly #readable: GPUBuffer | undefined;
  #facts: TimerFacts = { mode: 'batched wall clock', granularity: 0, emptySubmit: 0 };

  private constructor(device: GPUDevice, batchSeconds: number) {
    this.#device = device;
    this.#batchSeconds = batchSeconds;
    if (!device.features.has('timestamp-query')) return;
    const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    this.#queries = device.createQuerySet({ label: 'timestamps', type: 'timestamp', count: 2 });
    this.#resolved = device.createBuffer({ label: 'timestamps resolved', size: 16, usage: QUERY_RESOLVE | COPY_SRC });
    this.#readable = device.createBuffer({ label: 'timestamps readable', size: 16, usage: COPY_DST | MAP_READ });
  }

  /**
   * A timer whose clock has been probed with `probe`, any small execution. Nothing of it stays allocated when that fails.
   * @param options.probes how often; @param options.batchSeconds least duration of a wall-clock measurement
   */
  static async open(
    device: GPUDevice,
    probe: Encode,
    { probes = PROBES, batchSeconds = BATCH_SECONDS } = {},
  ): Promise<GpuTimer> {
    const timer = new GpuTimer(device, batchSeconds);
    try {
      await timer.#probe(probe, probes);
      return timer;
    } catch (error) {
      timer.destroy();
      throw error;
    }
  }

  /** Finds out how the clock steps and what a submit takes by itself. */
  async #probe(probe: Encode, probes: number): Promise<void> {
    const readings: bigint[] = [];
    for (let i = 0; i < probes; i++) readings.push(...(await this.#stamps(probe, 1)));
    const granularity = clockStep(readings);
    const empty: number[] = [];
    for (let i = 0; i < probes; i++) empty.push(await this.#wall(() => undefined, 1));
    const precise = granularity > 0 && granularity <= PRECISE_NS;
    const mode = precise ? 'timestamp queries' : 'batched wall clock';
    this.#facts = { mode, granularity, emptySubmit: median(empty) };
  }

  /** What the probes found. */
  get facts(): TimerFacts {
    return this.#facts;
  }

  /** Seconds of one execution, from one batch. `estimate`: what one takes, from an earlier call. */
  async seconds(encode: Encode, estimate = 0): Promise<number> {
    const precise = this.#facts.mode === 'timestamp queries';
    if (!precise || estimate === 0) return this.#wallBatch(encode, estimate);
    const replays = replaysFor(estimate, this.#batchSeconds / 4);
    const [begin = 0n, end = 0n] = await this.#stamps(encode, replays);
    return Number(end - begin) / 1e9 / replays;
  }

  /**
   * Seconds of one piece of work that submits by itself, by wall clock. `estimate` as in {@link seconds}: short work is
   * repeated within one measurement.
   */
  async work(submit: () => void, estimate = 0): Promise<number> {
    const replays = estimate === 0 ? 1 : replaysFor(estimate, this.#batchSeconds);
    const begin = performance.now();
    for (let i = 0; i < replays; i++) submit();
    await this.#device.queue.onSubmittedWorkDone();
    return (performance.now() - begin) / 1e3 / replays;
  }

  /** Gives the query set and its buffers back. */
  destroy(): void {
    this.#queries?.destroy();
    this.#resolved?.destroy();
    this.#readable?.destroy();
  }

  async #wallBatch(encode: Encode, estimate: number): Promise<number> {
    const replays = estimate === 0 ? 1 : replaysFor(estimate, this.#batchSeconds);
    return (await this.#wall(encode, replays)) / replays;
  }

  async #wall(encode: Encode, replays: number): Promise<number> {
    const encoder = this.#device.createCommandEncoder({ label: 'timed' });
    const begin = performance.now();
    for (let i = 0; i < replays; i++) encode(encoder);
    this.#device.queue.submit([encoder.finish()]);
    await this.#device.queue.onSubmittedWorkDone();
    return (performance.now() - begin) / 1e3;
  }

  async #stamps(encode: Encode, replays: number): Promise<bigint[]> {
    const [querySet, resolved, readable] = [this.#queries, this.#resolved, this.#readable];
    if (!querySet || !resolved || !readable) return [];
    const encoder = this.#device.createCommandEncoder({ label: 'timed' });
    for (let i = 0; i < replays; i++) {
      const begin = i === 0 && { beginningOfPassWriteIndex: 0 };
      const end = i === replays - 1 && { endOfPassWriteIndex: 1 };
      encode(encoder, begin || end ? { querySet, ...begin, ...end } : undefined);
    }
    encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, readable, 0, 16);
    this.#device.queue.submit([encoder.finish()]);
    await readable.mapAsync(GPUMapMode.READ);
    try {
      return [...new BigUint64Array(readable.getMappedRange().slice(0))];
    } finally {
      readable.unmap();
    }
  }
}
