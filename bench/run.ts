/** Runs suites on one device and emits what they find as it comes. */

import type { Conv2dVariant, Precision } from '../src/kernels/rungs.ts';
import { openDevice } from '../src/runtime/device.ts';
import { PipelineCache } from '../src/runtime/pipelines.ts';
import type { TimerFacts } from '../src/tuning/timer.ts';
import { bestCeilings, measureCeilings, openTimer } from './ceilings.ts';
import type { BenchRow, Ceilings, Finding, SuiteName } from './report.ts';
import { type BenchOptions, precisionOf, type SuiteContext } from './suites/context.ts';
import { editingSuite } from './suites/editing.ts';
import { facesSuite } from './suites/faces.ts';
import { generatorSuite } from './suites/generator.ts';
import { gradientSuite } from './suites/gradients.ts';
import { coldSuite, inversionSuite } from './suites/inversion.ts';
import { kernelSuite } from './suites/kernels.ts';
import { peersSuite } from './suites/peers.ts';
import { precisionSuite } from './suites/precision.ts';
import { scalingSuite } from './suites/scaling.ts';
import { soakSuite } from './suites/soak.ts';
import { trainingSuite } from './suites/training.ts';

/** What the command asks of the job. */
export interface BenchParams extends BenchOptions {
  readonly suites: readonly SuiteName[];
  /** Forces one rung of the convolution ladder. */
  readonly kernels: Conv2dVariant | null;
  /** Number formats of convolutions. */
  readonly precision: Precision;
  readonly peers: boolean;
}

/** What the job tells the command. */
export type BenchEvent =
  | { readonly kind: 'row'; readonly row: BenchRow }
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'note'; readonly text: string }
  | {
      readonly kind: 'adapter';
      readonly adapter: string;
      readonly agent: string;
      /** Number formats of convolutions: as asked for where the adapter can. */
      readonly precision: Precision;
      readonly timer: TimerFacts;
      readonly ceilings: Ceilings;
    };

/** What a run needs of its host. */
export interface BenchHost extends Pick<SuiteContext, 'gpu' | 'get' | 'url'> {
  emit(event: BenchEvent): Promise<void>;
}

const RUN: Readonly<Record<SuiteName, (c: SuiteContext) => Promise<void>>> = {
  kernels: kernelSuite,
  generator: generatorSuite,
  inversion: inversionSuite,
  cold: coldSuite,
  scaling: scalingSuite,
  precision: precisionSuite,
  faces: facesSuite,
  peers: peersSuite,
  gradients: gradientSuite,
  editing: editingSuite,
  training: trainingSuite,
  soak: soakSuite,
};

/** Runs the suites in order; ceilings are measured before and after, the better counts. */
export async function runBench(host: BenchHost, params: BenchParams): Promise<void> {
  const { kernels, precision } = params;
  const opened = await openDevice({ gpu: host.gpu, kernels: kernels ?? undefined, precision });
  const { device, facts, adapterName } = opened;
  for (const text of opened.warnings) await host.emit({ kind: 'note', text });
  const timer = await openTimer(device);
  const agent = globalThis.navigator?.userAgent ?? 'no navigator.userAgent';
  const announce = (ceilings: Ceilings): Promise<void> =>
    host.emit({
      kind: 'adapter',
      adapter: adapterName,
      agent,
      precision: precisionOf(facts),
      timer: timer.facts,
      ceilings,
    });
  await host.emit({ kind: 'note', text: `ceilings of ${adapterName}` });
  const before = await measureCeilings(device, timer);
  await announce(before);
  const context: SuiteContext = {
    gpu: host.gpu,
    get: host.get,
    url: host.url,
    opened,
    device,
    facts,
    pipelines: new PipelineCache(device),
    timer,
    ceilings: before,
    options: params,
    peers: params.peers,
    browser: typeof document !== 'undefined',
    row: (row) => host.emit({ kind: 'row', row }),
    finding: (finding) => host.emit({ kind: 'finding', finding }),
    note: (text) => host.emit({ kind: 'note', text }),
  };
  try {
    for (const suite of params.suites) {
      await context.note(`suite ${suite}`);
      await RUN[suite](context);
    }
    await announce(bestCeilings(before, await measureCeilings(device, timer)));
  } finally {
    timer.destroy();
    device.destroy();
  }
}
