/**
 * Before a model's weights are downloaded: records its graphs with kernels that compute rightly on this adapter. Graphs are
 * plain data, so recording them again without a rung costs milliseconds; weights are then prepared for the right rungs at once.
 */
import type { PipelineCache } from '../graph/pipelines.ts';
import type { AdapterFacts, Rung } from '../kernels/choose.ts';
import type { KernelRecord } from '../kernels/kernel.ts';
import { HyperStyleNetwork } from '../models/hyperstyle.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { describeFailure, rungsOf, selfTest } from './self-test.ts';

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
}

/** What {@link startUp} needs. */
export interface StartUpArgs {
  readonly source: Pick<WeightSource, 'architecture' | 'tensors' | 'directions'>;
  readonly device: GPUDevice;
  readonly facts: AdapterFacts;
  /** The adapter in words. */
  readonly adapterName: string;
  /** The engine's; every pipeline of the network is on its way when the start-up ends. */
  readonly pipelines: PipelineCache;
  /** Told each warning once; default: the console. */
  readonly onWarning?: ((warning: string) => void) | undefined;
}

/** A network whose kernels have been tested on the adapter. */
export interface StartedNetwork {
  readonly network: HyperStyleNetwork;
  readonly report: KernelReport;
}

const recordsOf = ({ graphs }: HyperStyleNetwork): KernelRecord[] => [...graphs.values()].flatMap(({ nodes }) => nodes);

/**
 * Records the network and tests the rungs in use; again without those that compute wrongly or do not compile.
 * @throws `tensor` and `model` errors of the network, `device` when a family of kernels has no right rung, `memory`
 */
export async function startUp(a: StartUpArgs): Promise<StartedNetwork> {
  const { source, device, pipelines, adapterName, onWarning = console.warn } = a;
  const start = performance.now();
  const passed = new Set<Rung>();
  const distrusted = new Set<Rung>();
  const warnings: string[] = [];
  for (;;) {
    const facts: AdapterFacts = { ...a.facts, distrusted };
    const network = new HyperStyleNetwork(source, facts);
    const records = recordsOf(network);
    // Compiles beside the self-test; whoever needs a pipeline reports its failure.
    for (const record of records) pipelines.get(record).catch(() => undefined);
    const result = await selfTest({ device, pipelines, facts, records, passed });
    if (result.failures.length === 0) {
      const selfTestSeconds = (performance.now() - start) / 1000;
      return { network, report: { rungs: rungsOf(records), distrusted: [...distrusted], warnings, selfTestSeconds } };
    }
    for (const rung of result.passed) passed.add(rung);
    for (const failure of result.failures) {
      distrusted.add(failure.rung);
      const warning = describeFailure(failure, adapterName);
      warnings.push(warning);
      onWarning(warning);
    }
  }
}
