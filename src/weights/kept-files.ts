/** Small files of a model folder (model.json, directions): always asked for, and kept for times without network. */
import { HyperStyleError } from '../errors.ts';
import { Broken } from './connection.ts';
import type { FolderFiles } from './folder-files.ts';
import { sha256 } from './sha256.ts';
import type { ShardCache } from './shard-cache.ts';

/** With a copy at hand nobody waits long for a network that is not there. */
const WITH_COPY = { tries: 2, patience: 10_000 } as const;

/** Options of {@link smallFile}. */
export interface SmallFileRequest {
  readonly cache: ShardCache;
  /** What a kept copy must belong to: the text of the model.json that names the file. */
  readonly version?: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * A file of the folder as it is now, or the copy that was kept of it when its server cannot be reached.
 * @throws `network` and `file` errors; `aborted`
 */
export async function smallFile(
  files: FolderFiles,
  file: string,
  { cache, version = '', signal }: SmallFileRequest,
): Promise<Uint8Array<ArrayBuffer>> {
  if (files.address === null || cache.kind === 'none') return files.bytes(file, { signal });
  const words = new TextEncoder().encode([files.address, file, version].join('\n'));
  const name = `file-${await sha256(words)}`;
  const kept = await cache.get(name);
  try {
    const bytes = await files.bytes(file, { signal, ...(kept ? WITH_COPY : {}) });
    await cache.put(name, bytes);
    return bytes;
  } catch (cause) {
    const unreachable = cause instanceof HyperStyleError && cause.cause instanceof Broken;
    if (kept && unreachable) return kept;
    throw cause;
  }
}
