/**
 * Whether a whole model computes rightly on this adapter: one of its sample pictures is inverted by one step,
 * and both errors must be those that its makers measured. Some drivers are wrong only for some numbers, each
 * time alike, which the small problems of the self-test (`tuning/self-test.ts`) need not meet.
 */
import { ensure, HyperStyleError, throwIfAborted } from '../errors.ts';
import type { Engine } from '../method/engine.ts';
import type { SamplePicture } from '../weights/weight-source.ts';
import type { PictureReader } from './picture-reader.ts';

/** What became of the check. */
export interface SampleReport {
  /** `failed` stands beside `passed` of simpler kernels: a model that fails with those as well does not load. */
  readonly state: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped, or what came out wrong; empty when it passed. */
  readonly why: string;
  /** Mean squared errors of y_0, y_1 as the model's makers measured them. */
  readonly expected: readonly number[];
  /** As measured here. */
  readonly measured: readonly number[];
  /** How long the check took; 0 when it was skipped. */
  readonly seconds: number;
}

/**
 * Times by which an error may differ from the expected one: int8 weights and f16 sums move it by a few per
 * cent, wrong kernels by far more.
 */
const ALLOWED = 1.25;
/** y_0 and y_1: the encoder, the generator, the hypernetwork and what it has changed of the generator. */
const PICTURES = 2;

/** A check that was not made. */
export const skipped = (why: string): SampleReport => ({
  state: 'skipped',
  why,
  expected: [],
  measured: [],
  seconds: 0,
});

/** What comes out against what should (pure). */
export function judge(expected: readonly number[], measured: readonly number[], seconds: number): SampleReport {
  const wrong = expected.findIndex((error, i) => {
    const ratio = (measured[i] ?? Number.NaN) / error;
    return !(ratio <= ALLOWED && ratio >= 1 / ALLOWED);
  });
  const words = (error: number | undefined): string => (error ?? Number.NaN).toPrecision(3);
  const why =
    wrong < 0 ? '' : `y_${wrong} has an error of ${words(measured[wrong])} instead of ${words(expected[wrong])}`;
  return { state: wrong < 0 ? 'passed' : 'failed', why, expected, measured, seconds };
}

/**
 * Inverts the sample.
 * @throws `device`, `memory` errors of the GPU, `aborted`; what else keeps the check from being made is
 *   reported
 */
export async function checkSample(
  engine: Engine,
  reader: PictureReader,
  sample: SamplePicture | undefined,
  signal?: AbortSignal,
): Promise<SampleReport> {
  if (!sample) return skipped('the model has no sample picture with expected errors');
  const { network } = engine;
  if (!network.encoder) return skipped('the model has no W encoder');
  const start = performance.now();
  try {
    const expected = sample.errors.slice(0, network.hypernetwork ? PICTURES : 1);
    const measured = await engine.exclusive(() => errorsOf(engine, reader, sample, expected.length), { signal });
    return judge(expected, measured, (performance.now() - start) / 1000);
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof HyperStyleError && error.code === 'image') return skipped(error.message);
    throw error;
  }
}

async function errorsOf(
  engine: Engine,
  reader: PictureReader,
  { name, picture }: SamplePicture,
  count: number,
): Promise<number[]> {
  ensure(
    typeof createImageBitmap === 'function',
    'image',
    () => `${name} cannot be decoded here: there is no createImageBitmap`,
  );
  const taken = await reader.take(new Blob([picture]));
  try {
    await reader.load(taken);
  } finally {
    taken.close();
  }
  for (let index = 0; index < count; index++) {
    if (index === 0) engine.start();
    else engine.step();
    engine.keepError(index);
  }
  return [...(await engine.read(engine.network.state.errors)).subarray(0, count)];
}
