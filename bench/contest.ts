/** A contest: everyone proves to be right first, warms up, then runs in alternating order. */
import type { Check } from './report.ts';
import { orderOf, relativeIqr, type Summary, summarize } from './stats.ts';

/** Interquartile range over median up to which samples are believed; above it more are taken, */
const STEADY = 0.1;
/** but no more than this many times those wanted: other work on the machine may never end. */
const MOST = 4;

/** One implementation of some work. */
export interface Contestant {
  readonly name: string;
  /** Compares an output with the reference. */
  check(): Promise<Check>;
  /** Seconds of one execution. `estimate` is what the last warm-up took, 0 in the first. */
  sample(estimate: number): Promise<number>;
}

/** How long a contest may take. */
export interface ContestOptions {
  /** Samples wanted of each contestant; up to four times as many while they scatter. */
  readonly rounds: number;
  /** Untimed executions before. */
  readonly warmUps: number;
  /** Seconds after which no further round begins, once `leastRounds` are done. */
  readonly budget: number;
  readonly leastRounds: number;
}

/** What came out for one contestant; `seconds` is null when its check failed. */
export interface ContestResult {
  readonly name: string;
  readonly check: Check;
  readonly seconds: Summary | null;
}

const passed = ({ error, tolerance }: Check): boolean => error <= tolerance;

async function warmUp(contestant: Contestant, times: number): Promise<number> {
  let estimate = 0;
  for (let i = 0; i < times; i++) estimate = await contestant.sample(estimate);
  return estimate;
}

/** Runs a contest; contestants whose output is wrong get no time. */
export async function contest(contestants: readonly Contestant[], options: ContestOptions): Promise<ContestResult[]> {
  const checks: Check[] = [];
  for (const contestant of contestants) checks.push(await contestant.check());
  const runners: { contestant: Contestant; estimate: number; samples: number[] }[] = [];
  for (const [i, contestant] of contestants.entries()) {
    const check = checks[i];
    if (!check || !passed(check)) continue;
    runners.push({ contestant, estimate: await warmUp(contestant, options.warmUps), samples: [] });
  }
  const begin = performance.now();
  const steady = (): boolean => runners.every(({ samples }) => relativeIqr(summarize(samples)) <= STEADY);
  for (let round = 0; round < MOST * options.rounds; round++) {
    const spent = (performance.now() - begin) / 1e3;
    if (round >= options.leastRounds && spent > options.budget) break;
    if (round >= options.rounds && steady()) break;
    for (const index of orderOf(round, runners.length)) {
      const runner = runners[index];
      if (runner) runner.samples.push(await runner.contestant.sample(runner.estimate));
    }
  }
  return contestants.flatMap((contestant, i) => {
    const check = checks[i];
    const runner = runners.find((r) => r.contestant === contestant);
    const seconds = runner && runner.samples.length > 0 ? summarize(runner.samples) : null;
    return check ? [{ name: contestant.name, check, seconds }] : [];
  });
}
