/** Golden files: tensors `in.*`, `w.*`, `out.*` of one case, and the differences from what was computed. */
import { ensure } from '../../src/errors.ts';
import { elementCount, type Shape } from '../../src/tensor.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { openSafetensors } from '../../src/weights/safetensors.ts';
import type { JobContext } from '../job.ts';

/** Values of one golden tensor. */
export interface GoldenTensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** One entry of `index.json`: its op and that op's attributes. */
export interface GoldenEntry extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly op: string;
}

/** A case with its tensors. */
export interface Golden {
  readonly entry: GoldenEntry;
  readonly tensors: ReadonlyMap<string, GoldenTensor>;
}

/** How far one output is from its golden. */
export interface Difference {
  readonly output: string;
  readonly maxAbs: number;
  readonly relativeL2: number;
  /** Whether it is near enough, where the case has limits of its own: levels of a byte, pixels. */
  readonly ok?: boolean;
}

/** The cases of the folder mounted as `golden`. @throws `file` error when `index.json` is no list of cases */
export async function readIndex(ctx: Pick<JobContext, 'get'>): Promise<GoldenEntry[]> {
  const text = new TextDecoder().decode(await ctx.get('golden/index.json'));
  let cases: unknown;
  try {
    cases = JSON.parse(text)?.cases;
  } catch {
    cases = undefined; // reported below
  }
  const known = (entry: unknown): entry is GoldenEntry =>
    typeof entry === 'object' && entry !== null && 'name' in entry && 'op' in entry && typeof entry.name === 'string';
  ensure(
    Array.isArray(cases) && cases.length > 0 && cases.every(known),
    'file',
    'index.json: expected {"cases": [{"name", "op", …}, …]} with at least one case; point the command at a golden folder',
  );
  return cases;
}

/** Reads all tensors of a case. */
export async function readGolden(ctx: Pick<JobContext, 'get'>, entry: GoldenEntry): Promise<Golden> {
  const file = `${entry.name}.safetensors`;
  const opened = await openSafetensors(bytesSource(file, await ctx.get(`golden/${file}`)));
  const tensors = new Map<string, GoldenTensor>();
  for (const [name, stored] of opened.tensors) {
    tensors.set(name, { shape: stored.shape, data: await stored.read() });
  }
  return { entry, tensors };
}

/** A tensor of a case. @throws `tensor` error when the file lacks it */
export function goldenTensor(golden: Golden, name: string): GoldenTensor {
  const found = golden.tensors.get(name);
  ensure(found, 'tensor', () => `${golden.entry.name}.safetensors has no tensor "${name}"`);
  return found;
}

/** Entry `n` along the first dimension; of a tensor that has only one, that one. */
export function batchEntry({ shape, data }: GoldenTensor, n: number): Float32Array {
  const batch = shape[0] ?? 1;
  const size = elementCount(shape) / batch;
  const index = batch === 1 ? 0 : n;
  return data.subarray(index * size, (index + 1) * size);
}

/** Difference of computed values from a golden; NaN counts as infinitely far. */
export function difference(output: string, actual: Float32Array, expected: Float32Array): Difference {
  ensure(
    actual.length === expected.length,
    'tensor',
    () => `${output}: computed ${actual.length} values, the golden has ${expected.length}`,
  );
  let [maxAbs, squares, norm] = [0, 0, 0];
  for (const [i, want] of expected.entries()) {
    const error = Math.abs((actual[i] ?? Number.NaN) - want);
    if (!(error <= maxAbs)) maxAbs = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    squares += error * error;
    norm += want * want;
  }
  const relative = norm > 0 ? Math.sqrt(squares / norm) : Math.sqrt(squares);
  return { output, maxAbs, relativeL2: Number.isNaN(relative) ? Number.POSITIVE_INFINITY : relative };
}
