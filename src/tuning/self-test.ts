/**
 * Whether the kernels that were chosen compute rightly on this very adapter: each rung in use solves small problems whose
 * answers plain loops know. Drivers miscompile; a wrong picture that nobody notices is worse than a slower one.
 */
import { HyperStyleError } from '../errors.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { storedType } from '../kernels/element.ts';
import type { KernelRecord } from '../kernels/kernel.ts';
import { relativeError } from '../kernels/reference/seeded.ts';
import type { Rung } from '../kernels/rungs.ts';
import { KernelRun } from '../runtime/kernel-run.ts';
import type { PipelineCache } from '../runtime/pipelines.ts';
import { GiveWay } from './give-way.ts';
import { type HeadStorage, type Trial, trialsOf } from './trials.ts';

/**
 * Relative L2 error that no right kernel reaches on these problems: f32 sums of at most 333 terms are off by about
 * 1e-6, and Winograd F(4,3) with operands in f16 by about 2e-3.
 */
const ALLOWED = { f32: 1e-4, f16: 2e-2 } as const;

/** The rungs that some dispatches are part of, each once (pure). */
export const rungsOf = (records: Iterable<KernelRecord>): Rung[] => [
  ...new Set(Array.from(records, ({ rung }) => rung).filter((rung) => rung !== undefined)),
];

/** Runs of each problem with the same bind groups: Adreno 8xx drivers compute a replayed graph rightly the first time only. */
const REPLAYS = 3;

/** A rung that computes wrongly. */
export interface Failure {
  readonly rung: Rung;
  /** Relative L2 error; infinite when nothing usable came out. */
  readonly error: number;
  /** The largest that passes. */
  readonly allowed: number;
}

/** What a self-test needs. */
export interface SelfTestArgs {
  readonly device: GPUDevice;
  /** The engine's, so that little is compiled twice. */
  readonly pipelines: PipelineCache;
  readonly facts: KernelFacts;
  /** Every dispatch of the network: which shaders it runs, how its heads are stored. */
  readonly records: readonly KernelRecord[];
  /** What to test. */
  readonly rungs: readonly Rung[];
}

/** Outcome of a self-test. */
export interface SelfTestResult {
  /**
   * Rungs to do without; when some that others build on are wrong only these, because the others must be tried again
   * without them.
   */
  readonly failures: readonly Failure[];
  /** Rungs that computed rightly. */
  readonly passed: readonly Rung[];
}

/** Runs the trials of every given rung. @throws `memory` and `device` errors */
export async function selfTest(a: SelfTestArgs): Promise<SelfTestResult> {
  const heads = headStorage(a.records);
  const shaders = new Set(a.records.map(({ shader }) => shader));
  const way = new GiveWay();
  const running: Promise<{ readonly rung: Rung; readonly error: number }>[] = [];
  for (const rung of a.rungs) {
    await way.between();
    const problems = relevant(trialsOf(rung, a.facts, heads).map(recorded), shaders);
    const errors = Promise.all(problems.map((problem) => errorOf(problem, a, way)));
    const result = errors.then((all) => ({ rung, error: Math.max(...all) }));
    result.catch(() => undefined); // reported below
    running.push(result);
  }
  const results = await Promise.all(running);
  const allowed = ALLOWED[storedType(a.facts.precision ?? 'f32')];
  const wrong = results.filter(({ error }) => !(error <= allowed)).map((result) => ({ ...result, allowed }));
  const base = wrong.filter(({ rung }) => rung.startsWith('product/') || rung.startsWith('expand/'));
  const passed = results.flatMap(({ rung, error }) => (error <= allowed ? rung : []));
  return { failures: base.length > 0 ? base : wrong, passed };
}

/** A failure in words. */
export function describeFailure({ rung, error, allowed }: Failure, adapter: string): string {
  const off = Number.isFinite(error) ? `a relative error of ${error.toPrecision(2)}, allowed ${allowed}` : 'no result';
  return `kernel ${rung} computes wrongly on ${adapter} (${off}): the next rung of its ladder runs instead; update the graphics driver`;
}

/** A trial that has been recorded. */
type Problem = ReturnType<Trial> & { readonly run: KernelRun };

function recorded(trial: Trial): Problem {
  const run = new KernelRun('self-test');
  return { run, ...trial(run) };
}

/** Of a rung with a shader for each kind of shape those problems whose shaders the network runs: no other needs compiling. */
function relevant(problems: readonly Problem[], shaders: ReadonlySet<string>): readonly Problem[] {
  const used = problems.filter(({ run }) => run.nodes.every(({ shader }) => shaders.has(shader)));
  return used.length > 0 ? used : problems;
}

async function errorOf(
  { run, output, expected }: Problem,
  { device, pipelines }: SelfTestArgs,
  way: GiveWay,
): Promise<number> {
  try {
    const runs = await run.replay(device, [output], REPLAYS, pipelines);
    return await way.piece(() => {
      const answer = expected();
      return Math.max(...runs.map(([actual]) => relativeError(actual ?? [], answer)));
    });
  } catch (error) {
    if (error instanceof HyperStyleError && error.code === 'shader') return Number.POSITIVE_INFINITY; // does not compile
    throw error;
  }
}

/** How the network's heads are stored; anything where it has none. */
function headStorage(records: readonly KernelRecord[]): HeadStorage {
  const weightOf = (shader: string) => records.find((r) => r.shader.startsWith(shader))?.bindings[0]?.tensor.dtype;
  const shared = records.find((r) => r.shader.startsWith('shared_head_expand'));
  return {
    dtype: weightOf('layer_head') ?? weightOf('shared_head_expand') ?? 'f32',
    layers: shared?.bindings[2]?.tensor.shape[0] ?? 1,
  };
}
