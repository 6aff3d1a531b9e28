/**
 * Directions of every kind in one safetensors file: what was found or computed is saved and read again, by `readDirections`
 * like any other file. The metadata describes each direction; its vectors are tensors named by its number.
 */
import type { Shape } from '../tensor.ts';
import { bytesOf, joinBytes } from '../weights/bytes.ts';
import { safetensorsHeader } from '../weights/safetensors-header.ts';
import type { ChannelOffset, Direction } from './direction.ts';
import type { RowRange } from './edit-space.ts';

/** Format of such a file. */
export const FORMAT = 'hyperstyle-directions';

/** What the metadata says of a direction. */
export type Description = {
  readonly kind: Direction['kind'];
  readonly name: string;
  readonly rows?: RowRange | undefined;
} & {
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
