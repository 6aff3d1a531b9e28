/** Shards as bytes, tensor by tensor, a few MiB at a time. Whoever keeps them hashes them and gives them their names. */
import { ensure } from '../errors.ts';
import { elementCount } from '../tensor.ts';
import { rowsWithin } from '../weights/checkpoint-source.ts';
import { encodeElements, rowScales } from '../weights/quantize.ts';
import { safetensorsHeader } from '../weights/safetensors-header.ts';
import { pieceName, pieceShape, type ShardPiece } from '../weights/shards.ts';
import type { StoredTensor } from '../weights/stored-tensor.ts';
import { SCALE } from './conversion.ts';

/** f32 bytes read at once. */
const CHUNK_BYTES = 8 * 2 ** 20;
/** Digits of a file's SHA-256 in its name. */
const NAME_DIGITS = 12;
const NO_SCALES = new Float32Array(0);

/** The name of a file by its hash, which tells it from the same file of another model. */
export const hashedName = (stem: string, sha256: string): string =>
  `${stem}-${sha256.slice(0, NAME_DIGITS)}.safetensors`;

/** What a shard's file name begins with. */
export const shardStem = (index: number): string => `shard-${String(index).padStart(3, '0')}`;

/** The shards of one model. */
export class ShardParts {
  readonly #tensors: ReadonlyMap<string, StoredTensor>;
  /** Row scales of the i8 tensor at hand, which may span shards. */
  #scales: { name: string; values: Float32Array<ArrayBuffer> } | undefined;

  constructor(tensors: ReadonlyMap<string, StoredTensor>) {
    this.#tensors = tensors;
  }

  /** One shard's bytes in order. @throws errors of reading its tensors */
  async *of(pieces: readonly ShardPiece[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const header = pieces.map((piece) => ({
      name: pieceName(piece),
      dtype: piece.tensor.dtype,
      shape: pieceShape(piece),
    }));
    yield safetensorsHeader(header);
    for (const piece of pieces) yield* this.#piece(piece);
  }

  async *#piece({ tensor, from, to }: ShardPiece): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const { name, dtype, shape } = tensor;
    if (name.endsWith(SCALE)) {
      const scales = await this.#scalesOf(name.slice(0, -SCALE.length));
      yield encodeElements(name, scales.slice(from, to), 'f32', NO_SCALES);
      return;
    }
    const scales = dtype === 'i8' ? await this.#scalesOf(name) : NO_SCALES;
    const step = rowsWithin(CHUNK_BYTES, elementCount(shape.slice(1)), 4);
    for (let row = from; row < to; row += step) {
      const end = Math.min(row + step, to);
      const values = await this.#tensor(name).readRows(row, end);
      yield encodeElements(name, values, dtype, scales.subarray(row, end));
    }
  }

  async #scalesOf(name: string): Promise<Float32Array<ArrayBuffer>> {
    if (this.#scales?.name === name) return this.#scales.values;
    const tensor = this.#tensor(name);
    const values = new Float32Array(tensor.rows);
    const step = rowsWithin(CHUNK_BYTES, elementCount(tensor.shape.slice(1)), 4);
    for (let row = 0; row < tensor.rows; row += step) {
      const end = Math.min(row + step, tensor.rows);
      values.set(rowScales(await tensor.readRows(row, end), end - row), row);
    }
    this.#scales = { name, values };
    return values;
  }

  #tensor(name: string): StoredTensor {
    const tensor = this.#tensors.get(name);
    ensure(tensor, 'tensor', () => `tensor "${name}" is planned but not in the checkpoint`);
    return tensor;
  }
}
