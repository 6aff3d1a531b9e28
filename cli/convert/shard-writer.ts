/** Writes shards as files, a few MiB at a time, hashing on the way. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { hashedName, ShardParts } from '../../src/convert/shard-parts.ts';
import type { ShardEntry } from '../../src/weights/manifest.ts';
import type { ShardPiece } from '../../src/weights/shards.ts';
import type { StoredTensor } from '../../src/weights/stored-tensor.ts';

/** Writes the shards of one model. */
export class ShardWriter {
  readonly #parts: ShardParts;
  readonly #onBytes: (bytes: number) => void;

  /** @param onBytes called with the bytes of each part that was written */
  constructor(tensors: ReadonlyMap<string, StoredTensor>, onBytes: (bytes: number) => void) {
    this.#parts = new ShardParts(tensors);
    this.#onBytes = onBytes;
  }

  /** Writes one shard. @returns what it is called in the end, `STEM-HASH.safetensors` */
  async write(path: string, stem: string, pieces: readonly ShardPiece[]): Promise<ShardEntry> {
    const handle = await open(path, 'w');
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      for await (const part of this.#parts.of(pieces)) {
        await handle.writeFile(part);
        hash.update(part);
        bytes += part.length;
        this.#onBytes(part.length);
      }
    } finally {
      await handle.close();
    }
    const sha256 = hash.digest('hex');
    return { file: hashedName(stem, sha256), bytes, sha256 };
  }
}
