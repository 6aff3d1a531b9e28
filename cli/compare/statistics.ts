/** Many measurements as one table: means over pictures, step by step (pure). */
import { type Spread, spread } from '../evaluate/statistics.ts';
import { METHODS, type Measured, type Method } from './events.ts';

/** A method after one of its steps, over all pictures. */
export interface StepRow {
  readonly step: string;
  readonly pictures: number;
  readonly seconds: Spread;
  readonly values: Readonly<Record<string, Spread>>;
}

/** People of a method under one edit, over all pictures. */
export interface EditRow {
  readonly direction: string;
  readonly amount: number;
  readonly values: Readonly<Record<string, Spread>>;
  /** Mean squared difference that the edit makes in the picture. */
  readonly moved: Spread;
}

/** Everything of one method. */
export interface MethodSummary {
  readonly method: Method;
  readonly steps: readonly StepRow[];
  readonly edits: readonly EditRow[];
  /** Latent editing consistency; null where it was not measured. */
  readonly consistency: number | null;
}

/** Items by a key, in the order in which keys come first. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}

function spreads(all: readonly { readonly values: Readonly<Record<string, number>> }[]): Record<string, Spread> {
  const names = Object.keys(all[0]?.values ?? {});
  return Object.fromEntries(names.map((name) => [name, spread(all.map(({ values }) => values[name] ?? Number.NaN))]));
}

/**
 * The mean of what lies from the 1st to the 99th percentile, as e4e's script has it: of few values all of them.
 * @returns null of none
 */
export function trimmedMean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const last = sorted.length - 1;
  const kept = sorted.slice(Math.floor(0.01 * last), Math.ceil(0.99 * last) + 1);
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

/** A summary of each method that has measured a picture, in the paper's order. */
export function summarise(all: readonly Measured[]): MethodSummary[] {
  return METHODS.flatMap((method) => {
    const own = all.filter((each) => each.method === method);
    if (own.length === 0) return [];
    const steps = grouped(
      own.flatMap((each) => each.steps),
      ({ step }) => step,
    ).map((same) => ({
      step: same[0]?.step ?? '',
      pictures: same.length,
      seconds: spread(same.map(({ seconds }) => seconds)),
      values: spreads(same),
    }));
    const edits = grouped(
      own.flatMap((each) => each.edits),
      ({ direction, amount }) => `${direction} ${amount}`,
    ).map((same) => ({
      direction: same[0]?.direction ?? '',
      amount: same[0]?.amount ?? 0,
      values: spreads(same),
      moved: spread(same.map(({ moved }) => moved)),
    }));
    const consistency = trimmedMean(own.flatMap((each) => (each.consistency === null ? [] : [each.consistency])));
    return [{ method, steps, edits, consistency }];
  });
}
