/** Which op of a golden folder is computed by which function. */

import { ensure } from '../../src/errors.ts';
import type { OpenDevice } from '../../src/runtime/device.ts';
import { TOLERANCE } from '../../test/tolerances.ts';
import type { JobContext } from '../job.ts';
import { runAlign } from './align-case.ts';
import { EDITING_OPS } from './editing/ops.ts';
import { ganspace } from './editing-ops.ts';
import { mapping, modulatedConv, styledConv, toRgbCase } from './generator-ops.ts';
import { type Difference, type Golden, type GoldenEntry, readGolden } from './golden-file.ts';
import { GradientCase } from './gradient-case.ts';
import { GRADIENT_OPS } from './gradient-ops.ts';
import { blockKey, refinementBlock, sharedHypernet } from './head-ops.ts';
import { invertLatentCase, pivotCase, projectionCase } from './inversion-cases.ts';
import { OpCase } from './op-case.ts';
import { optimiserCase, scheduleCase } from './optimiser-cases.ts';
import { runPipeline } from './pipeline-case.ts';
import { trainingCase } from './training-case.ts';
import { adaptivePooling, irSe, resnetBlock, stem } from './trunk-ops.ts';

interface OpRow {
  readonly record: (c: OpCase) => void;
  /** Our checkpoint key of a weight; the golden's own when absent. */
  readonly keyOf?: (name: string) => string;
}

const inBlock = (name: string): string => `block.${name}`;

const OPS: Readonly<Record<string, OpRow>> = {
  modulated_conv: { record: modulatedConv },
  styled_conv: { record: styledConv },
  to_rgb: { record: toRgbCase },
  mapping: { record: mapping },
  ganspace: { record: ganspace },
  ir_se_unit: { record: irSe, keyOf: inBlock },
  resnet_basic_block: { record: resnetBlock, keyOf: inBlock },
  conv7x7_s2_bn_prelu: { record: stem, keyOf: inBlock },
  adaptive_avg_pool2d: { record: adaptivePooling },
  shared_hypernet: { record: sharedHypernet, keyOf: blockKey },
  shared_refinement_block: { record: refinementBlock, keyOf: blockKey },
  refinement_block: { record: refinementBlock, keyOf: blockKey },
};

/** Cases of many runs. */
const LEARNING_OPS: Readonly<Record<string, (golden: Golden, opened: OpenDevice) => Promise<Difference[]>>> = {
  adam: optimiserCase,
  ranger: optimiserCase,
  projection_schedule: async (golden) => scheduleCase(golden),
  invert_latent: invertLatentCase,
  invert_projection: projectionCase,
  invert_pti: pivotCase,
};

/** How far one output is from its golden, and how far it may be. */
export interface Judged extends Difference {
  /** The allowed relative L2 error. */
  readonly tolerance: number;
}

/** Outcome of one case. */
export interface CaseResult {
  readonly name: string;
  readonly op: string;
  readonly differences: readonly Judged[];
  /** Why nothing was computed, or null. */
  readonly error: string | null;
}

/** Whether every output is within its tolerance. */
export function passed({ differences, error }: CaseResult): boolean {
  return error === null && differences.length > 0 && differences.every(isWithin);
}

/** Whether one output is near enough. */
export function isWithin({ ok, relativeL2, tolerance }: Judged): boolean {
  return ok ?? relativeL2 <= tolerance;
}

/** Runs one case; an error of its own becomes part of the result. */
export async function runCase(
  ctx: Pick<JobContext, 'get'>,
  entry: GoldenEntry,
  opened: OpenDevice,
): Promise<CaseResult> {
  const { name, op } = entry;
  try {
    const found = await compute(ctx, entry, opened);
    const half = opened.facts.precision !== 'f32';
    // limits of single outputs are meant for f32
    const differences = half && EDITING_OPS.has(op) ? found.map(({ ok: _, ...rest }) => rest) : found;
    const judged = differences.map((d) => ({ ...d, tolerance: toleranceOf(entry, d.output, opened) }));
    return { name, op, differences: judged, error: null };
  } catch (error) {
    return { name, op, differences: [], error: error instanceof Error ? error.message : String(error) };
  }
}

/** What the folder allows an output: its longest prefix in `tolerance`, `*` for the rest; ours where the folder says nothing. */
function toleranceOf({ op, tolerance }: GoldenEntry, output: string, { facts }: OpenDevice): number {
  if (facts.precision !== 'f32') return TOLERANCE.goldenHalf;
  if (typeof tolerance !== 'object' || tolerance === null) {
    return op === 'pipeline' || EDITING_OPS.has(op) ? TOLERANCE.goldenPipeline : TOLERANCE.goldenOp;
  }
  const table: Readonly<Record<string, number>> = { ...tolerance };
  const prefixes = Object.keys(table).filter((prefix) => output.startsWith(prefix));
  const [longest = '*'] = prefixes.toSorted((a, b) => b.length - a.length);
  return table[longest] ?? TOLERANCE.goldenOp;
}

async function compute(ctx: Pick<JobContext, 'get'>, entry: GoldenEntry, opened: OpenDevice): Promise<Difference[]> {
  const golden = await readGolden(ctx, entry);
  if (entry.op === 'pipeline') return runPipeline(ctx, golden, opened);
  if (entry.op === 'align') return runAlign(golden, opened);
  if (entry.op === 'train_hyper') return trainingCase(ctx, golden, opened);
  const editing = EDITING_OPS.get(entry.op);
  if (editing) return editing(ctx, golden, opened);
  const learning = LEARNING_OPS[entry.op];
  if (learning) return learning(golden, opened);
  const gradient = GRADIENT_OPS[entry.op];
  if (gradient) {
    const c = new GradientCase(golden, opened.facts, gradient.keyOf ?? ((key) => key));
    gradient.record(c);
    return c.run(opened.device);
  }
  const row = OPS[entry.op];
  const tables = { ...OPS, ...GRADIENT_OPS, ...LEARNING_OPS };
  const known = ['pipeline', 'align', 'train_hyper', ...Object.keys(tables), ...EDITING_OPS.keys()];
  ensure(row, 'option', () => `unknown op "${entry.op}"; known are ${known.join(', ')}`);
  const c = new OpCase(golden, opened.facts, row.keyOf ?? ((key) => key));
  row.record(c);
  return c.run(opened.device);
}
