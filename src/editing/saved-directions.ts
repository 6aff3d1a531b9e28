/**
 * Directions of every kind in one safetensors file: what was found or computed is saved and read again, by `readDirections`
 * like any other file. The metadata describes each direction; its vectors are tensors named by its number.
 */
import { ensure } from '../errors.ts';
import type { Shape } from '../tensor.ts';
import { bytesOf, joinBytes } from '../weights/bytes.ts';
import { safetensorsHeader } from '../weights/safetensors.ts';
import type { StoredTensor } from '../weights/stored-tensor.ts';
import type { ChannelOffset, Direction } from './direction.ts';
import type { RowRange } from './edit-space.ts';

const FORMAT = 'hyperstyle-directions';

/** What the metadata says of a direction. */
type Description = { readonly kind: Direction['kind']; readonly name: string; readonly rows?: RowRange | undefined } & {
  readonly sigma?: number;
  readonly offsets?: readonly ChannelOffset[];
  readonly beta?: number;
  readonly movedLayers?: number;
};

/** A direction's vectors by name. */
function vectors(direction: Direction): Record<string, { shape: Shape; data: Float32Array }> {
  const flat = (data: Float32Array) => ({ shape: [data.length], data });
  switch (direction.kind) {
    case 'latent': {
      const { vectors: rows, values } = direction;
      return { values: { shape: [rows, values.length / rows], data: values } };
    }
    case 'component':
      return { mean: flat(direction.mean), component: flat(direction.component) };
    case 'global':
      return { relevance: flat(direction.relevance), deviations: flat(direction.deviations) };
    case 'channels':
      return {};
  }
}

/** Writes directions as one file. */
export function saveDirections(directions: readonly Direction[]): Uint8Array<ArrayBuffer> {
  const tensors: { name: string; dtype: 'f32'; shape: Shape; data: Float32Array }[] = [];
  const descriptions = directions.map((direction, i): Description => {
    for (const [part, { shape, data }] of Object.entries(vectors(direction)))
      tensors.push({ name: `${i}.${part}`, dtype: 'f32', shape, data });
    const { kind, name } = direction;
    if (kind === 'channels') return { kind, name, offsets: direction.offsets };
    if (kind === 'global') return { kind, name, beta: direction.beta, movedLayers: direction.movedLayers };
    if (kind === 'component') return { kind, name, rows: direction.rows, sigma: direction.sigma };
    return { kind, name, rows: direction.rows };
  });
  const header = safetensorsHeader(tensors, { format: FORMAT, directions: JSON.stringify(descriptions) });
  return joinBytes([header, ...tensors.map(({ data }) => bytesOf(data))]);
}

/** Whether a checkpoint's options are the metadata of {@link saveDirections}. */
export function isSavedDirections(opts: Readonly<Record<string, unknown>>): boolean {
  return opts.format === FORMAT;
}

/** Reads them back. @throws `file` error when description and tensors disagree */
export async function loadDirections(
  file: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  opts: Readonly<Record<string, unknown>>,
): Promise<Direction[]> {
  const list = parsed(file, opts.directions);
  const read = async (name: string): Promise<Float32Array<ArrayBuffer>> => {
    const tensor = tensors.get(name);
    ensure(tensor, 'file', () => `${file}: tensor "${name}" is missing; save the directions again`);
    return tensor.read();
  };
  const directions: Direction[] = [];
  for (const [i, description] of list.entries()) {
    const { kind, name, rows, sigma = 1, offsets = [], beta = 0, movedLayers = 0 } = description;
    if (kind === 'channels') directions.push({ kind, name, offsets });
    else if (kind === 'latent') {
      const vectorCount = tensors.get(`${i}.values`)?.shape[0] ?? 1;
      directions.push({ kind, name, rows, vectors: vectorCount, values: await read(`${i}.values`) });
    } else if (kind === 'component') {
      const [mean, component] = [await read(`${i}.mean`), await read(`${i}.component`)];
      directions.push({ kind, name, rows, mean, component, sigma });
    } else {
      const [relevance, deviations] = [await read(`${i}.relevance`), await read(`${i}.deviations`)];
      directions.push({ kind, name, relevance, deviations, beta, movedLayers });
    }
  }
  return directions;
}

function parsed(file: string, text: unknown): Description[] {
  let value: unknown;
  try {
    value = JSON.parse(String(text));
  } catch {
    value = undefined; // reported below
  }
  ensure(
    Array.isArray(value) && value.every(isDescription),
    'file',
    () => `${file}: its list of directions is unreadable; save the directions again`,
  );
  return value;
}

function isDescription(value: unknown): value is Description {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('name' in value)) return false;
  const { kind, name, rows, offsets } = value as Record<string, unknown>;
  const numbers = (list: unknown, length: number): boolean =>
    Array.isArray(list) && list.length === length && list.every((n) => typeof n === 'number');
  const known = kind === 'latent' || kind === 'component' || kind === 'global' || kind === 'channels';
  return (
    known &&
    typeof name === 'string' &&
    (rows === undefined || numbers(rows, 2)) &&
    (offsets === undefined || (Array.isArray(offsets) && offsets.every((offset) => numbers(offset, 3))))
  );
}
