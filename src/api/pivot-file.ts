/**
 * Files of pivotal tuning, both safetensors with the model's mark: a tuned person (`hyperstyle-pivot`: the
 * pivot and what moved, in f16), and an interrupted run (`hyperstyle-pivot-run`: weights and moments in f32,
 * for the library that wrote it).
 */
import { ensure } from '../errors.ts';
import { type Moved, movableCount } from '../models/moved.ts';
import type { TunedPlan } from '../models/tuned-plan.ts';
import { elementCount, type Shape, type Tensor } from '../tensor.ts';
import { toHalf } from '../weights/half.ts';
import type { StoredTensor } from '../weights/stored-tensor.ts';
import type { ModelMark } from './model-mark.ts';
import { openPerson, type PersonTensor, TUNED_FORMAT, writePerson } from './person-file.ts';

const RUN = 'hyperstyle-pivot-run';
const CODES = 'codes';

/** A tuned person as plain numbers. */
export interface PivotValues {
  /** The pivot `[latentCount, styleDim]`. */
  readonly latents: Float32Array;
  readonly moved: Moved;
  /** Steps of tuning. */
  readonly steps: number;
}

/** An interrupted run: steps that are done, and its tensors by name. */
export interface SavedRun {
  readonly latents: Float32Array;
  readonly steps: number;
  readonly tensors: ReadonlyMap<string, Float32Array>;
}

/** What a file must fit. */
export interface PivotModel {
  readonly name: string;
  readonly mark: ModelMark;
  readonly plan: TunedPlan;
  /** `[latentCount, styleDim]` */
  readonly codes: Shape;
}

const codesOf = (model: PivotModel, data: Float32Array): PersonTensor => ({
  name: CODES,
  shape: model.codes,
  dtype: 'f32',
  data,
});

/** Writes a tuned person. */
export function encodePivot(model: PivotModel, { latents, moved, steps }: PivotValues): Uint8Array<ArrayBuffer> {
  const entries = [...moved].map(([name, data]): PersonTensor => {
    return { name, shape: model.plan.shape(name), dtype: 'f16', data };
  });
  return writePerson(model, { format: TUNED_FORMAT, steps }, [codesOf(model, latents), ...entries]);
}

/** Writes an interrupted run. */
export function encodeRun(model: PivotModel, { latents, steps, tensors }: SavedRun): Uint8Array<ArrayBuffer> {
  const entries = [...tensors].map(
    ([name, data]): PersonTensor => ({ name, shape: [data.length], dtype: 'f32', data }),
  );
  return writePerson(model, { format: RUN, steps }, [codesOf(model, latents), ...entries]);
}

/** Opens a file of one of our formats. @throws `file`, `model` errors */
async function opened(model: PivotModel, bytes: Uint8Array, format: string, what: string) {
  const { tensors, steps } = await openPerson(bytes, what, { format, mark: model.mark, origin: 'pivot' });
  const latents = await finite(what, tensors.get(CODES), CODES, elementCount(model.codes));
  return { tensors, steps, latents };
}

async function finite(
  what: string,
  tensor: StoredTensor | undefined,
  name: string,
  count: number,
): Promise<Float32Array<ArrayBuffer>> {
  const values = (await tensor?.read()) ?? new Float32Array();
  ensure(
    values.length === count && values.every(Number.isFinite),
    'file',
    () => `${what}: "${name}" has ${values.length} numbers, expected ${count} finite ones; the file is damaged`,
  );
  return values;
}

/** Reads a tuned person. @throws `file` error for other bytes, `model` for a person of another model */
export async function decodePivot(model: PivotModel, bytes: Uint8Array): Promise<PivotValues> {
  const what = 'tuned person';
  const { tensors, steps, latents } = await opened(model, bytes, TUNED_FORMAT, what);
  const moved = new Map<string, Uint16Array<ArrayBuffer>>();
  for (const [key, tensor] of tensors) {
    if (key === CODES) continue;
    const count = movableCount(model.plan, key);
    ensure(count !== undefined, 'file', () => `${what}: this model's generator has no weights "${key}"`);
    moved.set(key, toHalf(await finite(what, tensor, key, count)));
  }
  return { latents, moved, steps };
}

/** Reads an interrupted run. @param expected its tensors. @throws `file` and `model` errors */
export async function decodeRun(model: PivotModel, bytes: Uint8Array, expected: readonly Tensor[]): Promise<SavedRun> {
  const what = 'saved run';
  const { tensors, steps, latents } = await opened(model, bytes, RUN, what);
  const found = new Map<string, Float32Array>();
  for (const { name, shape } of expected)
    found.set(name, await finite(what, tensors.get(name), name, elementCount(shape)));
  return { latents, steps, tensors: found };
}
