/** How long each dispatch of a model takes, by the GPU's own clock; behind `HyperStyle.timings`. */
import type { Engine } from '../method/engine.ts';
import { INVERSION } from '../method/schedule.ts';
import type { Executable } from '../runtime/executable.ts';

/** One dispatch. */
export interface KernelTiming {
  /** The graph it belongs to, e.g. `synthesize`. */
  readonly graph: string;
  /** The op, e.g. `conv2d`. */
  readonly op: string;
  /** Layer and shapes. */
  readonly label: string;
  /** The shader that runs. */
  readonly shader: string;
  /** The least of three runs, in steps of the browser's clock: Chrome rounds to 100 µs unless a flag says otherwise. */
  readonly microseconds: number;
}

/** Runs of each graph; of each dispatch the shortest counts. */
const RUNS = 3;
/** What a query set may hold. */
const MAX_QUERIES = 4096;

/**
 * Times every dispatch of the graphs that show a person: they may be run again at any time, others add to sums that are kept.
 * Runs inside the engine's `exclusive`.
 * @returns null where the device has no timestamp queries
 */
export async function timeKernels(engine: Engine): Promise<readonly KernelTiming[] | null> {
  if (!engine.device.features.has('timestamp-query')) return null;
  const timings: KernelTiming[] = [];
  for (const name of new Set(INVERSION.show)) {
    const executable = engine.executable(name);
    const { dispatches } = executable;
    if (dispatches.length === 0 || dispatches.some(({ textureLayout }) => textureLayout)) continue;
    const least = await leastOf(engine.device, executable);
    for (const [i, { record }] of dispatches.entries()) {
      const { op, label, shader } = record;
      timings.push({ graph: name, op, label, shader, microseconds: (least[i] ?? 0) / 1000 });
    }
  }
  return timings;
}

/** Nanoseconds of each dispatch, each in a pass of its own. */
async function leastOf(device: GPUDevice, executable: Executable): Promise<number[]> {
  const most = MAX_QUERIES / 2;
  const all: number[] = [];
  for (let from = 0; from < executable.dispatches.length; from += most) {
    const to = Math.min(from + most, executable.dispatches.length);
    const runs: number[][] = [];
    for (let run = 0; run < RUNS; run++) runs.push(await timed(device, executable, from, to));
    for (let i = 0; i < to - from; i++) all.push(Math.min(...runs.map((times) => times[i] ?? 0)));
  }
  return all;
}

async function timed(device: GPUDevice, executable: Executable, from: number, to: number): Promise<number[]> {
  const count = 2 * (to - from);
  const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const querySet = device.createQuerySet({ label: 'timings', type: 'timestamp', count });
  const resolved = device.createBuffer({ label: 'timings', size: 8 * count, usage: QUERY_RESOLVE | COPY_SRC });
  const readable = device.createBuffer({ label: 'timings read', size: 8 * count, usage: COPY_DST | MAP_READ });
  try {
    const encoder = device.createCommandEncoder({ label: 'timings' });
    for (let i = from; i < to; i++) {
      const beginningOfPassWriteIndex = 2 * (i - from);
      const endOfPassWriteIndex = beginningOfPassWriteIndex + 1;
      executable.encode(encoder, i, i + 1, { querySet, beginningOfPassWriteIndex, endOfPassWriteIndex });
    }
    encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, readable, 0, 8 * count);
    device.queue.submit([encoder.finish()]);
    await readable.mapAsync(GPUMapMode.READ);
    const stamps = new BigUint64Array(readable.getMappedRange().slice(0));
    // clocks that were set back between two stamps say nothing
    return Array.from({ length: to - from }, (_, i) =>
      Math.max(0, Number((stamps[2 * i + 1] ?? 0n) - (stamps[2 * i] ?? 0n))),
    );
  } finally {
    querySet.destroy();
    resolved.destroy();
    readable.destroy();
  }
}
