/**
 * What a bench run leaves behind: plain JSON, written by `npm run bench -- --json FILE`, read by the "Benchmarks" page.
 * Times are seconds, rates are derived, so no number is stored twice.
 */
import type { TimerFacts } from '../src/tuning/timer.ts';
import type { Summary } from './stats.ts';

/** The suites, in the order they run. */
export const SUITES = [
  'kernels',
  'generator',
  'inversion',
  'cold',
  'scaling',
  'precision',
  'faces',
  'peers',
  'gradients',
  'editing',
  'training',
  'soak',
] as const;
/** One of {@link SUITES}. */
export type SuiteName = (typeof SUITES)[number];

/** How well a contestant's output agrees with the reference. */
export interface Check {
  /** Relative L2 error. */
  readonly error: number;
  readonly tolerance: number;
  /** What it was compared with, in words. */
  readonly against: string;
}

/** One measured thing. A row whose check failed has no time. */
export interface BenchRow {
  readonly suite: SuiteName;
  /** Which part of the suite, e.g. the network a kernel belongs to. */
  readonly group: string;
  /** Layer or contestant. */
  readonly name: string;
  /** Shapes in words. */
  readonly what: string;
  /** Shader or implementation. */
  readonly variant: string;
  /** `1024 → 128 px` where the real size would take this adapter too long; null at real size. */
  readonly scaled: string | null;
  /** How often one run of its network executes it. */
  readonly count: number;
  readonly check: Check;
  /** Seconds of one execution; null when the check failed. */
  readonly seconds: Summary | null;
  /** Floating-point operations of one execution, multiply-adds as two, in direct-convolution counting. */
  readonly flops: number;
  /** Bytes of all buffers an execution reads or writes, each once; 0 where nobody counted. */
  readonly bytes: number;
  /**
   * The FMA ceiling in FLOP/s as measured in turn with this row, so that other work on the machine slows both; null where
   * only the run's ceiling is known.
   */
  readonly pace: number | null;
}

/** What the adapter can do at best, measured in the same run. */
export interface Ceilings {
  /** Register-only multiply-adds, FLOP/s. */
  readonly flops: number;
  /** Copy, bytes read + bytes written a second. */
  readonly bytes: number;
  /** The form of the FMA kernel that was fastest, e.g. `vec4f`. */
  readonly fmaForm: string;
}

/** Where and from what a report was made. */
export interface RunFacts {
  readonly date: string;
  readonly commit: string;
  readonly host: string;
  readonly adapter: string;
  /** Number formats of convolutions, e.g. `f32`. */
  readonly precision: string;
  /** Refinement steps of inversions. */
  readonly steps: number;
  /** Browser or runtime. */
  readonly agent: string;
}

/** A finding that is no row, e.g. a ratio or a fitted exponent, in words. */
export interface Finding {
  readonly suite: SuiteName;
  readonly text: string;
}

/** Everything one run measured. */
export interface BenchReport {
  readonly format: 1;
  readonly run: RunFacts;
  readonly timer: TimerFacts;
  readonly ceilings: Ceilings;
  readonly rows: readonly BenchRow[];
  readonly findings: readonly Finding[];
}

/** Rates of one row against the ceilings. */
export interface Rates {
  /** FLOP/s. */
  readonly flops: number;
  /** Bytes/s. */
  readonly bytes: number;
  /** Of the FMA ceiling, 1 = 100 %. */
  readonly ofFma: number;
  /** Of the copy ceiling. */
  readonly ofCopy: number;
  /** Of the roof: the time that the slower of both ceilings would need, over the measured time. */
  readonly ofRoof: number;
}

/** Derives a row's rates; undefined where there is no time. */
export function ratesOf(
  row: Pick<BenchRow, 'seconds' | 'flops' | 'bytes' | 'pace'>,
  ceilings: Ceilings,
): Rates | undefined {
  if (!row.seconds) return undefined;
  const { median } = row.seconds;
  const [flops, bytes] = [row.flops / median, row.bytes / median];
  const [ofFma, ofCopy] = [flops / (row.pace ?? ceilings.flops), bytes / ceilings.bytes];
  return { flops, bytes, ofFma, ofCopy, ofRoof: Math.max(ofFma, ofCopy) };
}

/** Rows by `suite: group`, in order. */
export function groupRows(rows: readonly BenchRow[]): Map<string, BenchRow[]> {
  const groups = new Map<string, BenchRow[]>();
  for (const row of rows) {
    const title = `${row.suite}: ${row.group}`;
    groups.set(title, [...(groups.get(title) ?? []), row]);
  }
  return groups;
}
