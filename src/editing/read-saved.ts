/** Files of `saved-directions.ts`, read back. */
import { ensure } from '../errors.ts';
import type { StoredTensor } from '../weights/stored-tensor.ts';
import type { Direction } from './direction.ts';
import { type Description, FORMAT } from './saved-directions.ts';

/** Whether a checkpoint's options are the metadata of `saveDirections`. */
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
