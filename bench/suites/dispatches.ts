/** Time of each dispatch of a compiled network: where a picture's milliseconds go. */
import type { Dispatch, Executable } from '../../src/graph/executable.ts';
import { byteLength } from '../../src/tensor.ts';
import { openPace } from '../ceilings.ts';
import { contest } from '../contest.ts';
import type { BenchRow, Check, SuiteName } from '../report.ts';
import type { SuiteContext } from './context.ts';

/** A graph and how often a run executes it. */
export interface CountedExecutable {
  readonly executable: Executable | undefined;
  readonly count: number;
}

/** One dispatch of one executable. */
interface Placed {
  readonly executable: Executable;
  readonly index: number;
  readonly dispatch: Dispatch;
  readonly count: number;
  /** Seconds of one execution, roughly. */
  readonly estimate: number;
}

async function estimateAll(c: SuiteContext, graphs: readonly CountedExecutable[]): Promise<Placed[]> {
  const placed: Placed[] = [];
  for (const { executable, count } of graphs) {
    for (const [index, dispatch] of (executable?.dispatches ?? []).entries()) {
      if (!executable) continue;
      const once = () => c.timer.seconds((e, stamps) => executable.encode(e, index, index + 1, stamps));
      await once();
      placed.push({ executable, index, dispatch, count, estimate: await once() });
    }
  }
  return placed;
}

/**
 * Rows of the `top` dispatches that take most of a run, heaviest first. Their outputs were compared as a whole: `check`.
 * Each is replayed alone, so its operands are those that the last whole run left.
 */
export async function heaviestDispatches(
  c: SuiteContext,
  suite: SuiteName,
  group: string,
  graphs: readonly CountedExecutable[],
  check: Check,
  top: number,
): Promise<BenchRow[]> {
  const all = await estimateAll(c, graphs);
  const heaviest = all.sort((a, b) => b.estimate * b.count - a.estimate * a.count).slice(0, top);
  const pace = await openPace(c.device, c.timer, c.ceilings);
  const rows: BenchRow[] = [];
  try {
    for (const { executable, index, dispatch, count } of heaviest) {
      const sample = (estimate: number): Promise<number> =>
        c.timer.seconds((e, stamps) => executable.encode(e, index, index + 1, stamps), estimate);
      const timed = { name: dispatch.record.label, check: async () => check, sample };
      const { rounds, budget } = c.options;
      const [result, ceiling] = await contest([timed, pace], { rounds, budget, warmUps: 1, leastRounds: 3 });
      const { record } = dispatch;
      rows.push({
        suite,
        group,
        name: executable.name,
        what: record.label,
        variant: record.shader,
        scaled: null,
        count,
        check,
        seconds: result?.seconds ?? null,
        flops: record.flops,
        bytes: record.bindings.reduce((sum, { tensor }) => sum + byteLength(tensor), 0),
        pace: ceiling?.seconds ? pace.flops / ceiling.seconds.median : null,
      });
    }
  } finally {
    pace.destroy();
  }
  return rows;
}
