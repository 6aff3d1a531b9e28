/** Time of each kernel of a compiled network: where a picture's milliseconds go. */

import type { KernelRecord } from '../../src/kernels/kernel.ts';
import type { Executable } from '../../src/runtime/executable.ts';
import { byteLength } from '../../src/tensor.ts';
import { openPace, type Pace } from '../ceilings.ts';
import { contest } from '../contest.ts';
import type { BenchRow, Check, SuiteName } from '../report.ts';
import type { SuiteContext } from './context.ts';

/** A graph and how often a run executes it. */
export interface CountedExecutable {
  readonly executable: Executable | undefined;
  readonly count: number;
}

/** Dispatches `[from, to)` that together are one op on one layer, e.g. the three of a Winograd convolution. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One kernel of one executable. */
export interface Placed extends Span {
  readonly executable: Executable;
  readonly count: number;
}

/** The layer a record works for: the first word of its label. */
const layerOf = (record: Pick<KernelRecord, 'label'> | undefined): string => record?.label.split(' ')[0] ?? '';

/** Neighbouring records of one layer as one kernel (pure). */
export function spansOf(records: readonly Pick<KernelRecord, 'label'>[]): Span[] {
  const spans: Span[] = [];
  records.forEach((record, i) => {
    const last = spans.at(-1);
    if (last && layerOf(records[last.from]) === layerOf(record)) spans[spans.length - 1] = { ...last, to: i + 1 };
    else spans.push({ from: i, to: i + 1 });
  });
  return spans;
}

const recordsIn = ({ executable, from, to }: Placed): KernelRecord[] =>
  executable.dispatches.slice(from, to).map(({ record }) => record);

function sampler(c: SuiteContext, executable: Executable, { from, to }: Span): (estimate: number) => Promise<number> {
  return (estimate) => c.timer.seconds((encoder, stamps) => executable.encode(encoder, from, to, stamps), estimate);
}

/** All kernels of some graphs, each with the seconds of one execution, roughly. */
async function placeAll(
  c: SuiteContext,
  graphs: readonly CountedExecutable[],
): Promise<(Placed & { readonly estimate: number })[]> {
  const placed: (Placed & { readonly estimate: number })[] = [];
  for (const { executable, count } of graphs) {
    if (!executable) continue;
    for (const span of spansOf(executable.dispatches.map(({ record }) => record))) {
      const sample = sampler(c, executable, span);
      await sample(0);
      placed.push({ executable, ...span, count, estimate: await sample(0) });
    }
  }
  return placed;
}

/**
 * Rows of the `top` kernels that take most of a run, heaviest first. Their outputs were compared as a whole: `check`.
 * Each is replayed alone, so its operands are those that the last whole run left.
 */
export async function heaviestKernels(
  c: SuiteContext,
  suite: SuiteName,
  group: string,
  graphs: readonly CountedExecutable[],
  check: Check,
  top: number,
): Promise<BenchRow[]> {
  const all = await placeAll(c, graphs);
  const heaviest = all.sort((a, b) => b.estimate * b.count - a.estimate * a.count).slice(0, top);
  const pace = await openPace(c.device, c.timer, c.ceilings);
  const rows: BenchRow[] = [];
  try {
    for (const placed of heaviest) rows.push({ suite, group, check, ...(await measureSpan(c, placed, pace, check)) });
  } finally {
    pace.destroy();
  }
  const total = ({ seconds, count }: BenchRow): number => (seconds?.median ?? 0) * count;
  return rows.sort((a, b) => total(b) - total(a));
}

/** A kernel in a contest with the pace. @returns its row without the words of a suite */
export async function measureSpan(
  c: SuiteContext,
  placed: Placed,
  pace: Pace,
  check: Check,
): Promise<Omit<BenchRow, 'suite' | 'group' | 'check'>> {
  const { executable, count } = placed;
  const records = recordsIn(placed);
  const main = records.find(({ flops }) => flops > 0) ?? records[0];
  const timed = { name: main?.label ?? '', check: async () => check, sample: sampler(c, executable, placed) };
  const { rounds, budget } = c.options;
  const [result, ceiling] = await contest([timed, pace], { rounds, budget, warmUps: 1, leastRounds: 3 });
  const touched = new Set(records.flatMap(({ bindings }) => bindings.map(({ tensor }) => tensor)));
  return {
    name: executable.name,
    what: timed.name,
    variant: records.map(({ shader }) => shader).join(' + '),
    scaled: null,
    count,
    seconds: result?.seconds ?? null,
    flops: records.reduce((sum, { flops }) => sum + flops, 0),
    bytes: [...touched].reduce((sum, tensor) => sum + byteLength(tensor), 0),
    pace: ceiling?.seconds ? pace.flops / ceiling.seconds.median : null,
  };
}
