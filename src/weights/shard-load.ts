/**
 * One shard of a model folder on its way in: from the cache or the folder, proved by its SHA-256 before any
 * byte of it is used.
 */
import { HyperStyleError, throwIfAborted } from '../errors.ts';
import { Broken, OtherFile } from './connection.ts';
import type { FolderFiles } from './folder-files.ts';
import type { ShardEntry } from './manifest.ts';
import { ModelReplaced } from './model-replaced.ts';
import type { ProgressMeter } from './progress.ts';
import { discard } from './random-access.ts';
import { sha256 } from './sha256.ts';
import type { ShardCache } from './shard-cache.ts';

/** What loading one shard needs besides its entry. */
export interface ShardLoad {
  readonly files: FolderFiles;
  /** Whether the folder's model.json is another by now. */
  readonly replaced: () => Promise<boolean>;
  readonly cache: ShardCache;
  readonly meter: ProgressMeter;
  /** When there is room for its bytes. */
  readonly room: Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * From the cache if it is intact there, else from the folder.
 * @throws `file` error when it is damaged, `network` error; {@link ModelReplaced}; `aborted`
 */
export async function loadShard(shard: ShardEntry, load: ShardLoad): Promise<Uint8Array<ArrayBuffer>> {
  const { files, cache, meter, room, signal } = load;
  throwIfAborted(signal);
  const kept = await cache.get(shard.sha256, room);
  if (kept && (await sha256(kept)) === shard.sha256) {
    meter.add(shard.file, kept.length, true);
    return kept;
  }
  if (kept) {
    discard(kept);
    await cache.remove(shard.sha256);
  }
  try {
    const bytes = await fetchShard(shard, load);
    await cache.put(shard.sha256, bytes);
    return bytes;
  } catch (cause) {
    throwIfAborted(signal);
    const refused = cause instanceof HyperStyleError && !(cause.cause instanceof Broken);
    if (!refused || !(await load.replaced().catch(() => false))) throw cause;
    const message =
      `${files.name}: the model was replaced while it was loaded (model.json and ${shard.file} belong to ` +
      'different ones); load it again';
    throw new ModelReplaced('network', message, { cause });
  }
}

/** From the folder; once more, past the browser's HTTP cache, when what came is something else. */
async function fetchShard(shard: ShardEntry, load: ShardLoad): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readShard(shard, load, false);
  } catch (cause) {
    if (!(cause instanceof OtherFile)) throw cause;
    return readShard(shard, load, true);
  }
}

async function readShard(
  shard: ShardEntry,
  { files, meter, room, signal }: ShardLoad,
  reload: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  let arrived = 0;
  const onBytes = (count: number): void => {
    arrived += count;
    meter.add(shard.file, count);
  };
  try {
    const bytes = await files.shard(shard.file, shard.bytes, { signal, reload, room, onBytes });
    const found = await sha256(bytes);
    if (found === shard.sha256) return bytes;
    discard(bytes);
    const message =
      `${files.name}: ${shard.file} is damaged: SHA-256 ${found.slice(0, 16)}…, ` +
      `model.json says ${shard.sha256.slice(0, 16)}… (read twice); copy or convert the folder again`;
    throw new OtherFile('file', message);
  } catch (cause) {
    meter.add(shard.file, -arrived);
    throw cause;
  }
}
