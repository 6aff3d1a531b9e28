/** What every suite gets: a device, a timer, the ceilings, its options, and where its rows go. */

import type { LoadOptions } from '../../src/api/load-model.ts';
import type { KernelFacts } from '../../src/kernels/choose.ts';
import type { Precision } from '../../src/kernels/rungs.ts';
import type { OpenDevice } from '../../src/runtime/device.ts';
import type { PipelineCache } from '../../src/runtime/pipelines.ts';
import type { GpuTimer } from '../../src/tuning/timer.ts';
import { TOLERANCE } from '../../test/tolerances.ts';
import type { BenchRow, Ceilings, Finding } from '../report.ts';

/** Options of a run, from the command line. */
export interface BenchOptions {
  /** Words a kernel case must contain. */
  readonly filter: string;
  /** Samples of each contestant. */
  readonly rounds: number;
  /** Longest expected execution of one kernel in seconds; larger shapes are scaled. */
  readonly longest: number;
  /** Seconds of timed rounds of one contest, after its first two. */
  readonly budget: number;
  /** Refinement steps of inversions. */
  readonly steps: number;
}

/** The environment of a suite. */
export interface SuiteContext {
  readonly gpu: GPU;
  /** The device as it was opened. */
  readonly opened: OpenDevice;
  readonly device: GPUDevice;
  readonly facts: KernelFacts;
  readonly pipelines: PipelineCache;
  readonly timer: GpuTimer;
  readonly ceilings: Ceilings;
  readonly options: BenchOptions;
  /** Whether the peers' files are mounted. */
  readonly peers: boolean;
  /** Whether this host is a browser, where peers can run. */
  readonly browser: boolean;
  /** Bytes of a mounted file. */
  get(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Address of a mounted file or folder. */
  url(path: string): string;
  /** Takes a measured row. */
  row(row: BenchRow): Promise<void>;
  /** Takes a finding in words. */
  finding(finding: Finding): Promise<void>;
  /** Says what is going on. */
  note(text: string): Promise<void>;
}

/** Number formats of convolutions in this run. */
export const precisionOf = ({ precision = 'f32' }: KernelFacts): Precision => precision;

/** The tolerance of outputs against exact ones in this run's formats. @param exact that of f32 */
export const toleranceOf = ({ facts }: Pick<SuiteContext, 'facts'>, exact: number): number =>
  precisionOf(facts) === 'f32' ? exact : TOLERANCE.goldenHalf;

/** How whole models are loaded: with this run's kernels and formats. */
export function loadOptions({ device, facts }: Pick<SuiteContext, 'device' | 'facts'>): LoadOptions {
  return { device, kernels: facts.forced, precision: precisionOf(facts) };
}
