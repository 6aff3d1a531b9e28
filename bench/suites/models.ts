/** The two models the bench runs whole: the one that ships, and the generator that peers run too. */

import { HyperStyle } from '../../src/api/hyperstyle.ts';
import type { RgbaPixels } from '../../src/api/picture-source.ts';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { Engine } from '../../src/method/engine.ts';
import { INVERSION } from '../../src/method/schedule.ts';
import { openDevice } from '../../src/runtime/device.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { checkpointSource } from '../../src/weights/checkpoint-source.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { TOLERANCE } from '../../test/tolerances.ts';
import type { Check } from '../report.ts';
import { loadOptions, type SuiteContext, toleranceOf } from './context.ts';

/** Squared errors of y_0..y_T against PyTorch's, with weights stored in f16. */
const ERROR_TOLERANCE = 0.01;

/** Graphs of one w → picture run, as `Engine.show` replays them. */
export const PICTURE = INVERSION.show;

/** A sample portrait as the command decoded it, and PyTorch's squared errors of y_0, y_1, …. */
export interface Sample {
  readonly picture: RgbaPixels;
  readonly expected: readonly number[];
}

/** The model that ships, on the bench's device. */
export function loadShipped(c: SuiteContext): Promise<HyperStyle> {
  return HyperStyle.load(c.url('model/'), loadOptions(c));
}

/** The sample that the command mounted. */
export async function loadSample(c: SuiteContext): Promise<Sample> {
  const facts: unknown = JSON.parse(new TextDecoder().decode(await c.get('sample.json')));
  const { width, height, expected } = facts as { width: number; height: number; expected: number[] };
  return { picture: { data: await c.get('sample.rgba'), width, height }, expected };
}

/** Compares the errors of an inversion's steps with PyTorch's: the largest relative deviation. */
export function checkErrors(actual: readonly number[], expected: readonly number[]): Check {
  const known = actual.slice(0, expected.length);
  const deviations = known.map((l2, t) => Math.abs(l2 - (expected[t] ?? Number.NaN)) / (expected[t] ?? Number.NaN));
  const error =
    known.length > 0 && deviations.every(Number.isFinite) ? Math.max(...deviations) : Number.POSITIVE_INFINITY;
  return { error, tolerance: ERROR_TOLERANCE, against: "PyTorch's squared errors of y_0, y_1, …" };
}

/** The generator of the peers suite with its golden input and output. */
export interface Quarter {
  /** Every tensor by checkpoint key (`decoder.*`), f32. */
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;
  /** `[14, 128]` */
  readonly w: Float32Array;
  /** `[3, 256, 256]` */
  readonly image: Float32Array;
  readonly engine: Engine;
  /** Relative error that {@link checkImage} allows. */
  readonly tolerance: number;
}

/** Loads `peers/generator-256-quarter.pt`. @throws `file` error when it is not mounted */
export async function loadQuarter(c: SuiteContext): Promise<Quarter> {
  const file = 'peers/generator-256-quarter.pt';
  const checkpoint = await openCheckpoint(bytesSource(file, await c.get(file)));
  const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const [key, stored] of checkpoint.tensors) {
    tensors.set(key, { shape: stored.shape, values: await stored.readRows(0, stored.rows) });
  }
  const opened = await openDevice(loadOptions(c));
  const engine = await Engine.load(checkpointSource(checkpoint, null), opened);
  const of = (key: string): Float32Array => tensors.get(key)?.values ?? new Float32Array();
  engine.write(engine.network.state.base, of('in.w'));
  return {
    tensors,
    w: of('in.w'),
    image: of('out.image'),
    engine,
    tolerance: toleranceOf(c, TOLERANCE.goldenPipeline),
  };
}

/** Compares a picture `[3, 256, 256]` with the golden one. */
export function checkImage(actual: Float32Array, { image, tolerance }: Pick<Quarter, 'image' | 'tolerance'>): Check {
  const against = 'out.image of the checkpoint, made in PyTorch';
  return { error: relativeError(actual, image), tolerance, against };
}
