/**
 * A converted model folder as a {@link WeightSource}: shards one after the other, each proved by its SHA-256 before any byte of
 * it is used. One is in memory at a time; the request for the next one is out meanwhile.
 */
import { ensure, HyperStyleError, throwIfAborted } from '../errors.ts';
import { type FolderFiles, localFolder, remoteFolder } from './folder-files.ts';
import { type Manifest, parseManifest, type ShardEntry } from './manifest.ts';
import { ProgressMeter } from './progress.ts';
import { type ByteSource, bytesSource, discard } from './random-access.ts';
import { openSafetensors, readSafetensorsHeader } from './safetensors.ts';
import { sha256 } from './sha256.ts';
import { NO_CACHE, openShardCache, type ShardCache } from './shard-cache.ts';
import { parsePieceName, rowCount } from './shards.ts';
import type { StreamOptions, TensorInfo, TensorVisitor, WeightSource } from './weight-source.ts';

/** What {@link openModelFolder} returns: weights, and what else the folder has. */
export interface ModelFolder extends WeightSource {
  readonly manifest: Manifest;
  /** Reads another file of the folder, for example a sample picture. @throws `file` or `network` error */
  file(name: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/** A model folder: its address (or that of its model.json), or its files, dropped, chosen or opened by a command. */
export type ModelSource = string | URL | readonly (File | ByteSource)[];

/** Options of {@link openModelFolder}. */
export interface ModelFolderOptions {
  readonly signal?: AbortSignal | undefined;
  /** Keep shards of a remote folder on this machine (OPFS or Cache API). Default true. */
  readonly cache?: boolean | undefined;
}

/**
 * Opens a folder; only `model.json` and the directions are read yet.
 * @throws `network`, `file` or `model` error; `aborted`
 */
export async function openModelFolder(where: ModelSource, options: ModelFolderOptions = {}): Promise<ModelFolder> {
  const files = typeof where === 'string' || where instanceof URL ? remoteFolder(where) : localFolder(where);
  const manifest = parseManifest(`${files.name}: model.json`, await files.text('model.json', options.signal));
  const tensors = new Map<string, TensorInfo>();
  for (const [name, { dtype, shape }] of Object.entries(manifest.tensors)) tensors.set(name, { name, dtype, shape });
  const directions = manifest.directions
    ? await readDirections(files, manifest, manifest.directions, options.signal)
    : undefined;
  const totalBytes = manifest.shards.reduce((sum, shard) => sum + shard.bytes, 0);
  return {
    name: manifest.name,
    architecture: manifest.architecture,
    manifest,
    tensors,
    totalBytes,
    ...(directions && { directions }),
    file: (name, signal) => files.bytes(name, signal),
    async stream(visit, streamOptions = {}) {
      const cache = files.remote && options.cache !== false ? await openShardCache() : NO_CACHE;
      const meter = new ProgressMeter(totalBytes, streamOptions.onProgress);
      const received = new Map<string, number>();
      await eachShard(
        manifest.shards,
        streamOptions,
        (shard, room, signal) => loadShard(files, shard, { cache, meter, room, signal }),
        async (shard, bytes) => visitShard(shard, bytes, tensors, received, visit, streamOptions),
      );
      refuseMissing(files.name, tensors, received);
    },
  };
}

async function readDirections(
  files: FolderFiles,
  manifest: Manifest,
  file: string,
  signal: AbortSignal | undefined,
): Promise<Map<string, Float32Array>> {
  const { tensors } = await openSafetensors(bytesSource(file, await files.bytes(file, signal)));
  const directions = new Map<string, Float32Array>();
  for (const tensor of tensors.values()) {
    const values = await tensor.read();
    ensure(
      values.length === manifest.architecture.styleDim,
      'tensor',
      () =>
        `${file}: direction "${tensor.name}" has ${values.length} numbers, the model's w has ${manifest.architecture.styleDim}; convert the directions again`,
    );
    directions.set(tensor.name, values);
  }
  return directions;
}

/** Asks for shard k + 1 while shard k is used, and takes it in when k is given back. Any failure stops the load in flight. */
async function eachShard(
  shards: readonly ShardEntry[],
  { signal }: StreamOptions,
  load: (shard: ShardEntry, room: Promise<void>, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>,
  use: (shard: ShardEntry, bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const start = (index: number, room: Promise<void>): Promise<Uint8Array<ArrayBuffer>> | null => {
    const shard = shards[index];
    const loading = shard ? load(shard, room, either) : null;
    // a failure is reported where the shard is awaited, not as an unhandled rejection before that
    loading?.catch(() => {});
    return loading;
  };
  let giveRoom = (): void => {};
  try {
    let next = start(0, Promise.resolve());
    for (const [index, shard] of shards.entries()) {
      const bytes = await next;
      const room = new Promise<void>((resolve) => {
        giveRoom = resolve;
      });
      next = start(index + 1, room);
      if (bytes) await use(shard, bytes);
      if (bytes) discard(bytes);
      giveRoom();
    }
  } catch (cause) {
    stop.abort();
    giveRoom(); // to find that it is stopped
    throwIfAborted(signal);
    throw cause;
  }
}

/** What loading one shard needs besides the folder. */
interface ShardLoad {
  readonly cache: ShardCache;
  readonly meter: ProgressMeter;
  /** When there is room for its bytes. */
  readonly room: Promise<void>;
  readonly signal: AbortSignal;
}

/** From the cache if it is intact there, else from the folder; fetched once more when the hash does not match. */
async function loadShard(
  files: FolderFiles,
  shard: ShardEntry,
  { cache, meter, room, signal }: ShardLoad,
): Promise<Uint8Array<ArrayBuffer>> {
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
  let found = '';
  for (const reload of [false, true]) {
    const bytes = await files.shard(shard.file, shard.bytes, {
      signal,
      reload,
      room,
      onBytes: (count) => meter.add(shard.file, count),
    });
    found = await sha256(bytes);
    if (found === shard.sha256) {
      await cache.put(shard.sha256, bytes);
      return bytes;
    }
    meter.add(shard.file, -bytes.length);
    discard(bytes);
  }
  throw new HyperStyleError(
    'file',
    `${files.name}: ${shard.file} is damaged: SHA-256 ${found.slice(0, 16)}…, model.json says ${shard.sha256.slice(0, 16)}… (read twice); copy or convert the folder again`,
  );
}

async function visitShard(
  shard: ShardEntry,
  bytes: Uint8Array<ArrayBuffer>,
  tensors: ReadonlyMap<string, TensorInfo>,
  received: Map<string, number>,
  visit: TensorVisitor,
  { signal }: StreamOptions,
): Promise<void> {
  const { entries } = await readSafetensorsHeader(bytesSource(shard.file, bytes));
  for (const entry of entries) {
    throwIfAborted(signal);
    const piece = parsePieceName(entry.name);
    const info = tensors.get(piece.name);
    const rows = info ? rowCount(info) : 0;
    const to = piece.to ?? rows;
    const expected = info && (info.shape.length === 0 ? [] : [to - piece.from, ...info.shape.slice(1)]);
    ensure(
      info && entry.dtype === info.dtype && entry.shape.join() === expected?.join() && to <= rows,
      'tensor',
      () =>
        `${shard.file}: tensor "${entry.name}" is ${entry.dtype} [${entry.shape}], model.json says ${info ? `${info.dtype} [${info.shape}]` : 'nothing of it'}; convert again`,
    );
    ensure(
      (received.get(piece.name) ?? 0) === piece.from,
      'tensor',
      () => `${shard.file}: tensor "${entry.name}" comes out of order; convert again`,
    );
    received.set(piece.name, Math.max(to, 1));
    await visit(info, bytes.subarray(entry.byteOffset, entry.byteOffset + entry.byteLength), piece.from);
  }
}

function refuseMissing(
  name: string,
  tensors: ReadonlyMap<string, TensorInfo>,
  received: ReadonlyMap<string, number>,
): void {
  for (const info of tensors.values()) {
    const rows = received.get(info.name) ?? 0;
    ensure(
      rows === rowCount(info),
      'tensor',
      () => `${name}: tensor "${info.name}" [${info.shape}] has only ${rows} rows in its shards; convert again`,
    );
  }
}
