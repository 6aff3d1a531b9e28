/**
 * A converted model folder as a {@link WeightSource}: shards one after the other, each proved by its SHA-256 before any byte of
 * it is used. One is in memory at a time; the request for the next one is out meanwhile.
 */
import { ensure, imported, throwIfAborted } from '../errors.ts';
import { localFolder, remoteFolder } from './folder-files.ts';
import { smallFile } from './kept-files.ts';
import { type Manifest, parseManifest, type ShardEntry } from './manifest.ts';
import { checkModelSource, type ModelSource } from './model-source.ts';
import { ProgressMeter } from './progress.ts';
import { bytesSource, discard } from './random-access.ts';
import { openSafetensors, readSafetensorsHeader } from './safetensors.ts';
import { DEFAULT_CACHE_BUDGET, NO_CACHE, openShardCache } from './shard-cache.ts';
import { loadShard } from './shard-load.ts';
import { parsePieceName, rowCount } from './shards.ts';
import type { StreamOptions, TensorInfo, TensorVisitor, WeightSource } from './weight-source.ts';

/** What {@link openModelFolder} returns: weights, and what else the folder has. */
export interface ModelFolder extends WeightSource {
  readonly manifest: Manifest;
  /** Reads another file of the folder, for example a sample picture. @throws `file` or `network` error */
  file(name: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/** Options of {@link openModelFolder}. */
export interface ModelFolderOptions {
  readonly signal?: AbortSignal | undefined;
  /** Keep a remote folder on this machine (OPFS or Cache API), so that it loads without network next time. Default true. */
  readonly cache?: boolean | undefined;
  /** Bytes that all kept models together may take, default 4 GiB; those used longest ago leave first. */
  readonly cacheBudget?: number | undefined;
}

/**
 * Opens a folder; only `model.json` and the directions are read yet.
 * @throws `option`, `network`, `file` or `model` error; `aborted`
 */
export async function openModelFolder(where: ModelSource, options: ModelFolderOptions = {}): Promise<ModelFolder> {
  const { signal, cacheBudget = DEFAULT_CACHE_BUDGET } = options;
  ensure(
    cacheBudget >= 0,
    'option',
    () => `cacheBudget is ${cacheBudget}, expected a number of bytes, 0 or more; cache: false keeps nothing`,
  );
  checkModelSource(where);
  const files = typeof where === 'string' || where instanceof URL ? remoteFolder(where) : localFolder(where);
  const keeps = files.address !== null && options.cache !== false;
  const cache = keeps ? await openShardCache(cacheBudget) : NO_CACHE;
  const text = utf8(await smallFile(files, MANIFEST, { cache, signal }));
  const manifest = parseManifest(`${files.name}: ${MANIFEST}`, text);
  const tensors = new Map<string, TensorInfo>();
  for (const [name, { dtype, shape }] of Object.entries(manifest.tensors)) tensors.set(name, { name, dtype, shape });
  const { directions: file } = manifest;
  const directions = file
    ? await readDirections(file, manifest, await smallFile(files, file, { cache, version: text, signal }))
    : undefined;
  const totalBytes = manifest.shards.reduce((sum, shard) => sum + shard.bytes, 0);
  const folder: ModelFolder = {
    name: manifest.name,
    architecture: manifest.architecture,
    manifest,
    tensors,
    totalBytes,
    ...(directions && { directions }),
    tuningRate: manifest.tuningRate,
    file: (name, fileSignal) => files.bytes(name, { signal: fileSignal }),
    async sample(stop) {
      const { samples = [] } = manifest;
      const { firstSample } = await imported(import('./sample-picture.ts'));
      const sample = await firstSample(samples, (name) =>
        smallFile(files, name, { cache, version: text, signal: stop }),
      );
      throwIfAborted(stop);
      return sample;
    },
    async stream(visit, streamOptions = {}) {
      const meter = new ProgressMeter(totalBytes, streamOptions.onProgress);
      const received = new Map<string, number>();
      const replaced = async (): Promise<boolean> => {
        if (files.address === null) return false;
        const { signal: stop } = streamOptions;
        return utf8(await files.bytes(MANIFEST, { signal: stop, cache: 'reload' })) !== text;
      };
      await eachShard(
        manifest.shards,
        streamOptions,
        (shard, room, stop) => loadShard(shard, { files, replaced, cache, meter, room, signal: stop }),
        async (shard, bytes) => visitShard(shard, bytes, tensors, received, visit, streamOptions),
      );
      refuseMissing(files.name, tensors, received);
    },
  };
  const domains = new Map<string, (signal?: AbortSignal) => Promise<WeightSource>>();
  for (const [name, file] of Object.entries(manifest.domains ?? {})) {
    domains.set(name, async (stop) => {
      const { domainSource } = await imported(import('./domain-file.ts'));
      return domainSource(name, folder, await smallFile(files, file, { cache, version: text, signal: stop }));
    });
  }
  return { ...folder, domains };
}

const MANIFEST = 'model.json';
const utf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

async function readDirections(file: string, manifest: Manifest, bytes: Uint8Array): Promise<Map<string, Float32Array>> {
  const { tensors } = await openSafetensors(bytesSource(file, bytes));
  const directions = new Map<string, Float32Array>();
  for (const tensor of tensors.values()) {
    const values = await tensor.read();
    ensure(
      values.length === manifest.architecture.styleDim,
      'tensor',
      () =>
        `${file}: direction "${tensor.name}" has ${values.length} numbers, ` +
        `the model's w has ${manifest.architecture.styleDim}; convert the directions again`,
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
        `${shard.file}: tensor "${entry.name}" is ${entry.dtype} [${entry.shape}], ` +
        `model.json says ${info ? `${info.dtype} [${info.shape}]` : 'nothing of it'}; convert again`,
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
