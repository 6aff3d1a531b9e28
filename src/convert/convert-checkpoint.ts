/**
 * Checkpoints into the files of a model folder, in a page as on the command line: one shard is in memory at a time.
 * `conversion.ts` plans, `shard-parts.ts` has the bytes; where files go is the caller's business.
 */
import { ensure, throwIfAborted } from '../errors.ts';
import { type Checkpoint, openCheckpoint } from '../weights/checkpoint.ts';
import { modelOf } from '../weights/latent-encoder-checkpoint.ts';
import type { ShardEntry } from '../weights/manifest.ts';
import type { FolderDType } from '../weights/quantize.ts';
import type { ByteSource } from '../weights/random-access.ts';
import { sha256 } from '../weights/sha256.ts';
import type { ShardPiece } from '../weights/shards.ts';
import { checkTuningRate } from '../weights/weight-source.ts';
import { holds } from './checkpoint-kind.ts';
import { completeModel } from './complete.ts';
import { ensureReadable, manifestOf, manifestText, planConversion } from './conversion.ts';
import { hashedName, ShardParts, shardStem } from './shard-parts.ts';

/** How far a conversion is. */
export interface ConversionProgress {
  /** Bytes of the folder that are written. */
  readonly writtenBytes: number;
  readonly totalBytes: number;
}

/** Options of {@link convertFiles}. */
export interface ConversionOptions {
  /** The model's name. */
  readonly name: string;
  /** How weights are stored: `f32` exactly, `f16` (default) in half the room, `int8` in a quarter. */
  readonly dtype?: FolderDType | undefined;
  /** Adam's rate that suits pivotal tuning of the generator, above 0, at most 1; the published generators' when absent. */
  readonly tuningRate?: number | undefined;
  /** Takes each finished file, `model.json` last: a folder without it is not finished. */
  readonly write: (file: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  /** Told after each part, a few MiB; its promise is awaited. */
  readonly onProgress?: ((progress: ConversionProgress) => unknown) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Converts one or two checkpoints, in any order.
 * @returns what was made up or left out, a sentence each
 * @throws `file`, `pickle`, `tensor`, `model` errors of the checkpoints, `option` for a bad name or rate, `aborted`; what `write` throws
 */
export async function convertFiles(
  files: readonly ByteSource[],
  { name, dtype = 'f16', tuningRate, write, onProgress, signal }: ConversionOptions,
): Promise<readonly string[]> {
  checkTuningRate(tuningRate);
  const [main, encoder] = await openPair(files);
  const model = await completeModel(modelOf(main, encoder));
  const conversion = planConversion(model, dtype);
  ensureReadable(['name', name], conversion);
  throwIfAborted(signal);
  const parts = new ShardParts(model.tensors);
  let writtenBytes = 0;
  const joined = async (pieces: readonly ShardPiece[]): Promise<Uint8Array<ArrayBuffer>> => {
    const kept: Uint8Array<ArrayBuffer>[] = [];
    for await (const part of parts.of(pieces)) {
      throwIfAborted(signal);
      kept.push(part);
      writtenBytes += part.length;
      await onProgress?.({ writtenBytes, totalBytes: Math.max(conversion.bytes, writtenBytes) });
    }
    return new Uint8Array(await new Blob(kept).arrayBuffer());
  };
  const shards: ShardEntry[] = [];
  for (const [index, pieces] of conversion.shards.entries()) {
    const bytes = await joined(pieces);
    const digest = await sha256(bytes);
    const entry = { file: hashedName(shardStem(index), digest), bytes: bytes.length, sha256: digest };
    await write(entry.file, bytes);
    shards.push(entry);
  }
  const manifest = manifestText(manifestOf(name, conversion, shards, tuningRate === undefined ? {} : { tuningRate }));
  throwIfAborted(signal);
  await write('model.json', new TextEncoder().encode(manifest));
  return model.notes;
}

/** The file with the hypernetwork, or else the generator, and the W encoder's where there is one. */
async function openPair(files: readonly ByteSource[]): Promise<[Checkpoint, Checkpoint | null]> {
  const opened: Checkpoint[] = [];
  for (const file of files) opened.push(await openCheckpoint(file));
  const rank = (checkpoint: Checkpoint): number =>
    2 * Number(holds(checkpoint, 'hypernet')) - Number(holds(checkpoint, 'encoder'));
  const [main, encoder = null, third] = opened.sort((a, b) => rank(b) - rank(a));
  ensure(
    main && !third,
    'option',
    () => `${files.length} checkpoints were given, expected HyperStyle's and its W encoder's, or one generator`,
  );
  return [main, encoder];
}
