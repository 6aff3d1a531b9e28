/**
 * TensorFlow.js graph models: a JSON file (`format: "graph-model"`, with a `weightsManifest`) beside a file of
 * little-endian values one after another. Weights only: the network itself is written down in `src/models`.
 * Convolution weights `[k, k, I, O]` arrive as checkpoints of this engine have them, `[O, I, k, k]`; a
 * depthwise weight `[k, k, C, 1]` so becomes `[1, C, k, k]`.
 */
import { ensure, HyperStyleError } from '../errors.ts';
import { elementCount, type Shape } from '../tensor.ts';
import { fromHalf } from './half.ts';
import { checkJson } from './json.ts';
import type { TensorInfo, WeightSource } from './weight-source.ts';

/** A model's weights by name; what `WeightPlan.load` takes. */
export type GraphModel = Pick<WeightSource, 'name' | 'tensors' | 'totalBytes' | 'stream'>;

/** How one tensor lies in the file: as itself, as halves, or as bytes times a scale plus a minimum. */
interface Stored {
  readonly name: string;
  readonly shape: Shape;
  readonly form: 'float32' | 'float16' | 'uint8' | 'int32';
  readonly scale: number;
  readonly min: number;
  readonly offset: number;
}

const BYTES: Readonly<Record<Stored['form'], number>> = { float32: 4, float16: 2, uint8: 1, int32: 4 };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads a graph model.
 * @param name for errors, e.g. `facemesh`
 * @throws `file` error when the JSON is no graph model, an entry makes no sense, or the values end too early or too late
 */
export function readGraphModel(name: string, json: Uint8Array, values: Uint8Array): GraphModel {
  const bad = (what: string): string =>
    `${name}: ${what}; the file is damaged or another: set the face models up again`;
  const stored = manifest(json, bad);
  const last = stored.at(-1);
  const need = last ? last.offset + elementCount(last.shape) * BYTES[last.form] : 0;
  ensure(need === values.length, 'file', () =>
    bad(`its list of weights needs ${need} bytes, ${name}.bin has ${values.length}`),
  );
  const floats = stored.filter(({ form }) => form !== 'int32'); // shapes of reshapes, which the networks know
  const infos = floats.map(
    ({ name: key, shape }): TensorInfo => ({ name: key, shape: turnedShape(shape), dtype: 'f32' }),
  );
  return {
    name,
    tensors: new Map(infos.map((info) => [info.name, info])),
    totalBytes: values.length,
    async stream(visit) {
      for (const [i, entry] of floats.entries()) {
        const info = infos[i];
        if (info) await visit(info, new Uint8Array(turned(entry, decode(entry, values)).buffer), 0);
      }
    },
  };
}

function manifest(json: Uint8Array, bad: (what: string) => string): Stored[] {
  let model: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(json);
    checkJson(text);
    model = JSON.parse(text);
  } catch (cause) {
    throw new HyperStyleError('file', bad('its JSON is unreadable'), { cause });
  }
  ensure(isRecord(model) && model.format === 'graph-model', 'file', () => bad('this is no TensorFlow.js graph model'));
  const groups = model.weightsManifest;
  ensure(Array.isArray(groups) && groups.length > 0 && groups.every(isRecord), 'file', () =>
    bad('it lists no weights'),
  );
  let offset = 0;
  return groups.flatMap(({ weights }) => {
    ensure(Array.isArray(weights), 'file', () => bad('it lists no weights'));
    return weights.map((entry: unknown) => {
      const made = storedEntry(entry, offset, bad);
      offset += elementCount(made.shape) * BYTES[made.form];
      return made;
    });
  });
}

function storedEntry(entry: unknown, offset: number, bad: (what: string) => string): Stored {
  const { name, shape, dtype, quantization } = isRecord(entry) ? entry : {};
  ensure(typeof name === 'string', 'file', () => bad('a weight has no name'));
  const natural = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) > 0;
  ensure(Array.isArray(shape) && shape.length <= 4 && shape.every(natural), 'file', () =>
    bad(`weight "${name}" has no valid shape`),
  );
  const packing = isRecord(quantization) ? quantization : {};
  const form = packing.dtype ?? dtype;
  const known = form === 'float32' || form === 'float16' || form === 'uint8' || form === 'int32';
  ensure(known, 'file', () => bad(`weight "${name}" has element type ${JSON.stringify(form)}`));
  const number = (value: unknown, or: number): number => (typeof value === 'number' ? value : or);
  return { name, shape, form, scale: number(packing.scale, 1), min: number(packing.min, 0), offset };
}

function decode({ shape, form, scale, min, offset }: Stored, values: Uint8Array): Float32Array {
  const bytes = values.slice(offset, offset + elementCount(shape) * BYTES[form]); // a copy is aligned
  if (form === 'float32') return new Float32Array(bytes.buffer);
  if (form === 'float16') return fromHalf(new Uint16Array(bytes.buffer));
  return Float32Array.from(bytes, (byte) => byte * scale + min);
}

/** `[k, k, I, O]` → `[O, I, k, k]`; other shapes stay. */
function turnedShape(shape: Shape): Shape {
  const [h = 1, w = 1, i = 1, o = 1] = shape;
  return shape.length === 4 ? [o, i, h, w] : shape;
}

function turned({ shape }: Stored, values: Float32Array): Float32Array {
  if (shape.length !== 4) return values;
  const [taps, channels, outputs] = [(shape[0] ?? 1) * (shape[1] ?? 1), shape[2] ?? 1, shape[3] ?? 1];
  const out = new Float32Array(values.length);
  values.forEach((value, index) => {
    const o = index % outputs;
    const i = Math.floor(index / outputs) % channels;
    const tap = Math.floor(index / (outputs * channels));
    out[(o * channels + i) * taps + tap] = value;
  });
  return out;
}
