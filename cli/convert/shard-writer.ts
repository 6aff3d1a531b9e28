/** Writes shards tensor by tensor, a few MiB at a time, hashing on the way. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { ensure } from '../../src/errors.ts';
import { elementCount } from '../../src/tensor.ts';
import { rowsWithin } from '../../src/weights/checkpoint-source.ts';
import type { ShardEntry } from '../../src/weights/manifest.ts';
import { encodeElements, rowScales } from '../../src/weights/quantize.ts';
import { safetensorsHeader } from '../../src/weights/safetensors-header.ts';
import { pieceName, pieceShape, type ShardPiece } from '../../src/weights/shards.ts';
import type { StoredTensor } from '../../src/weights/stored-tensor.ts';
import { SCALE } from './conversion.ts';

/** f32 bytes read at once. */
const CHUNK_BYTES = 8 * 2 ** 20;
/** Digits of a file's SHA-256 in its name. */
export const NAME_DIGITS = 12;
const NO_SCALES = new Float32Array(0);

/** Writes the shards of one model. */
export class ShardWriter {
  readonly #tensors: ReadonlyMap<string, StoredTensor>;
  readonly #onBytes: (bytes: number) => void;
  /** Row scales of the i8 tensor at hand, which may span shards. */
  #scales: { name: string; values: Float32Array<ArrayBuffer> } | undefined;

  /** @param onBytes called with the bytes of each part that was written */
  constructor(tensors: ReadonlyMap<string, StoredTensor>, onBytes: (bytes: number) => void) {
    this.#tensors = tensors;
    this.#onBytes = onBytes;
  }

  /** Writes one shard. Its name, `STEM-HASH.safetensors`, tells it from the same shard of another model. */
  async write(path: string, stem: string, pieces: readonly ShardPiece[]): Promise<ShardEntry> {
    const handle = await open(path, 'w');
    const hash = createHash('sha256');
    let bytes = 0;
    const put = async (part: Uint8Array): Promise<void> => {
      await handle.writeFile(part);
      hash.update(part);
      bytes += part.length;
      this.#onBytes(part.length);
    };
    try {
      const header = pieces.map((piece) => ({
        name: pieceName(piece),
        dtype: piece.tensor.dtype,
        shape: pieceShape(piece),
      }));
      await put(safetensorsHeader(header));
      for (const piece of pieces) await this.#writePiece(piece, put);
    } finally {
      await handle.close();
    }
    const sha256 = hash.digest('hex');
    return { file: `${stem}-${sha256.slice(0, NAME_DIGITS)}.safetensors`, bytes, sha256 };
  }

  async #writePiece({ tensor, from, to }: ShardPiece, put: (part: Uint8Array) => Promise<void>): Promise<void> {
    const { name, dtype, shape } = tensor;
    if (name.endsWith(SCALE)) {
      const scales = await this.#scalesOf(name.slice(0, -SCALE.length));
      await put(encodeElements(name, scales.slice(from, to), 'f32', NO_SCALES));
      return;
    }
    const scales = dtype === 'i8' ? await this.#scalesOf(name) : NO_SCALES;
    const step = rowsWithin(CHUNK_BYTES, elementCount(shape.slice(1)), 4);
    for (let row = from; row < to; row += step) {
      const end = Math.min(row + step, to);
      const values = await this.#tensor(name).readRows(row, end);
      await put(encodeElements(name, values, dtype, scales.subarray(row, end)));
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
