/**
 * Before a model's weights are downloaded: records its graphs with kernels that compute rightly on this adapter and, where
 * that was asked for, were measured to be the fastest. Graphs are plain data, so recording them again costs milliseconds;
 * weights are then prepared for the right rungs at once.
 */
import { ensure, imported, throwIfAborted } from '../errors.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import type { KernelRecord } from '../kernels/kernel.ts';
import type { Precision, Rung } from '../kernels/rungs.ts';
import { loadShaders } from '../kernels/shader.ts';
import { graphsOf, type Network } from '../runtime/network.ts';
import type { PipelineCache } from '../runtime/pipelines.ts';
import type { ChoiceStore } from './choice-store.ts';
import type { ChoiceTable } from './choices.ts';
import { GiveWay } from './give-way.ts';

/** How kernels are started. */
export interface StartUpOptions {
  /**
   * Measures which kernels are the fastest on this adapter, the first time only; later loads remember. `true` takes up
   * to two seconds; a number of seconds lets slow adapters reach more shapes.
   */
  readonly tune?: boolean | number | undefined;
  /** Where measured choices are kept; default: beside the cached shards of this origin. */
  readonly choiceStore?: ChoiceStore | undefined;
  /** Told once about each kernel that is not as chosen or asked for, in one line; default: the console. */
  readonly onWarning?: ((warning: string) => void) | undefined;
}

/** Which kernels run. */
export interface KernelReport {
  /** Rungs in use, as `family/variant`; see `src/kernels/choose.ts`. */
  readonly rungs: readonly string[];
  /** Rungs that computed wrongly on this adapter and are not used. */
  readonly distrusted: readonly string[];
  /** What is not as chosen or asked for, a line each. */
  readonly warnings: readonly string[];
  /** What the start-up self-test took. */
  readonly selfTestSeconds: number;
  /** Number formats of convolutions: as asked for where the adapter can. */
  readonly precision: Precision;
  /**
   * Convolution shapes whose kernel was chosen by measurement, and what that took in this load (0: remembered, or not
   * asked for).
   */
  readonly tuned: { readonly shapes: number; readonly seconds: number };
}

/** What {@link startUp} needs. */
export interface StartUpArgs<N extends Network> extends StartUpOptions {
  /** The model's: measured choices are kept under it. */
  readonly name: string;
  /** Records the network with the kernels that `facts` choose. */
  readonly build: (facts: KernelFacts) => N | Promise<N>;
  readonly device: GPUDevice;
  /** Fires when nobody waits for the start any more. */
  readonly signal?: AbortSignal | undefined;
  readonly facts: KernelFacts;
  /** The adapter in words. */
  readonly adapterName: string;
  /** What the device cannot do that was asked for. */
  readonly warnings: readonly string[];
  /** The runtime's; every pipeline of the network is on its way when the start-up ends. */
  readonly pipelines: PipelineCache;
}

/** A network whose kernels have been tested on the adapter. */
export interface StartedNetwork<N extends Network> {
  readonly network: N;
  readonly report: KernelReport;
}

/** What self-tests have found so far. */
interface Verdicts {
  readonly passed: Set<Rung>;
  readonly distrusted: Set<Rung>;
}

const recordsOf = (network: Network): KernelRecord[] => graphsOf(network).flatMap(({ nodes }) => nodes);

/**
 * Records the network, tests the rungs in use, and records it again without those that compute wrongly or do not compile.
 * @throws `option` when `tune` is no time, `tensor` and `model` errors of the network, `device` when a family of kernels
 *   has no right rung, `memory`
 */
export async function startUp<N extends Network>(a: StartUpArgs<N>): Promise<StartedNetwork<N>> {
  const { onWarning = console.warn, tune: wanted = false } = a;
  ensure(
    typeof wanted === 'boolean' || (Number.isFinite(wanted) && wanted > 0),
    'option',
    () => `tune is ${wanted}, expected true, false, or the seconds it may take`,
  );
  for (const warning of a.warnings) onWarning(warning);
  const verdicts: Verdicts = { passed: new Set(), distrusted: new Set() };
  const trusted = await trust(a, undefined, verdicts);
  const before = [...a.warnings, ...trusted.report.warnings];
  if (!wanted) return { ...trusted, report: { ...trusted.report, warnings: before } };
  const [{ choiceKey, readChoices, writeChoices }, { openShardCache }] = await imported(
    Promise.all([import('./choice-store.ts'), import('../weights/shard-cache.ts')]),
  );
  const store = a.choiceStore ?? (await openShardCache());
  const key = await choiceKey(a.adapterName, a.facts, a.name);
  const kept = await readChoices(store, key);
  if (!kept) await compiled(a.pipelines, trusted.network);
  const begin = performance.now();
  const table = kept ?? (await measure(a, verdicts.distrusted));
  const seconds = kept ? 0 : (performance.now() - begin) / 1000;
  if (!kept && table.choices.size > 0) await writeChoices(store, key, table);
  const { network, report } = await trust(a, table, verdicts);
  const warnings = [...before, ...report.warnings];
  const selfTestSeconds = trusted.report.selfTestSeconds + report.selfTestSeconds;
  return { network, report: { ...report, warnings, selfTestSeconds, tuned: { shapes: table.choices.size, seconds } } };
}

/** The network with measured choices or by rule, without rungs that compute wrongly. */
async function trust<N extends Network>(
  a: StartUpArgs<N>,
  tuned: ChoiceTable | undefined,
  { passed, distrusted }: Verdicts,
): Promise<StartedNetwork<N>> {
  const { build, device, pipelines, adapterName, onWarning = console.warn } = a;
  const start = performance.now();
  const warnings: string[] = [];
  const testing = import('./self-test.ts'); // comes beside the shaders
  testing.catch(() => undefined); // awaited below
  for (;;) {
    throwIfAborted(a.signal);
    const facts: KernelFacts = { ...a.facts, distrusted, tuned };
    const network = await build(facts);
    throwIfAborted(a.signal);
    const records = recordsOf(network);
    await loadShaders(records);
    const { describeFailure, rungsOf, selfTest } = await imported(testing);
    // Compiles beside the self-test; whoever needs a pipeline reports its failure.
    const way = new GiveWay();
    for (const record of records) {
      pipelines.get(record).catch(() => undefined);
      await way.between();
      throwIfAborted(a.signal);
    }
    const used = rungsOf(records);
    const rungs = used.filter((rung) => !passed.has(rung));
    const result = await selfTest({ device, pipelines, facts, records, rungs });
    throwIfAborted(a.signal); // what a lost device computed says nothing about its kernels
    for (const rung of result.passed) passed.add(rung);
    if (result.failures.length === 0) {
      const selfTestSeconds = (performance.now() - start) / 1000;
      const tunedNothing = { shapes: 0, seconds: 0 };
      const precision = facts.precision ?? 'f32';
      const report = {
        precision,
        rungs: used,
        distrusted: [...distrusted],
        warnings,
        selfTestSeconds,
        tuned: tunedNothing,
      };
      return { network, report };
    }
    for (const failure of result.failures) {
      distrusted.add(failure.rung);
      const warning = describeFailure(failure, adapterName);
      warnings.push(warning);
      onWarning(warning);
    }
  }
}

/** Waits for every pipeline that a network needs anyway: beside compilers at work nothing can be measured. */
async function compiled(pipelines: PipelineCache, network: Network): Promise<void> {
  await Promise.allSettled(recordsOf(network).map((record) => pipelines.get(record)));
}

/** Times what computes the shapes of the network; rungs that are not known to be right are tested when they have been chosen. */
async function measure(a: StartUpArgs<Network>, distrusted: ReadonlySet<Rung>): Promise<ChoiceTable> {
  const { device, pipelines } = a;
  const budget = typeof a.tune === 'number' ? a.tune : undefined;
  const [{ ShapeCollector }, { tune }] = await imported(
    Promise.all([import('./choices.ts'), import('./micro-tuner.ts')]),
  );
  const shapes = new ShapeCollector();
  await a.build({ ...a.facts, distrusted, tuned: shapes });
  return tune({ device, pipelines, facts: { ...a.facts, distrusted }, tasks: shapes.tasks(), budget });
}
