/**
 * An output folder that appears whole or not at all: everything is written to `OUT.partial`, with a journal of finished
 * shards so that an interrupted conversion goes on where it stopped, and renamed at the end.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensure, HyperStyleError } from '../../src/errors.ts';
import type { ShardEntry } from '../../src/weights/manifest.ts';
import { makeFolder, reason } from './node-file.ts';

const JOURNAL = 'convert.json';

/** `OUT.partial` while it is being filled. */
export class PartialFolder {
  readonly path: string;
  readonly #out: string;
  readonly #job: string;
  readonly #finished: Map<string, ShardEntry>;

  private constructor(out: string, job: string, finished: Map<string, ShardEntry>) {
    this.path = `${out}.partial`;
    this.#out = out;
    this.#job = job;
    this.#finished = finished;
  }

  /**
   * Starts, or goes on with what an earlier run of the same job left.
   * @param job identifies inputs and options; another job's leftovers are thrown away
   * @throws `file` error when OUT is something else than a model folder, or cannot be written
   */
  static async open(out: string, job: string): Promise<PartialFolder> {
    const existing = await listing(out);
    ensure(
      !existing || existing.length === 0 || existing.includes('model.json'),
      'file',
      () => `${out}: exists and is no model folder; choose another output folder, or remove it`,
    );
    const leftovers = await listing(`${out}.partial`);
    const journal = leftovers?.includes(JOURNAL) ? await readJournal(join(`${out}.partial`, JOURNAL)) : null;
    ensure(
      !leftovers || leftovers.length === 0 || leftovers.includes(JOURNAL),
      'file',
      () => `${out}.partial: is in the way and was not made by this converter; remove it`,
    );
    try {
      if (leftovers && journal?.job !== job) await rm(`${out}.partial`, { recursive: true });
      await makeFolder(`${out}.partial`);
      const folder = new PartialFolder(out, job, new Map());
      for (const shard of journal?.job === job ? journal.shards : []) {
        if (await isIntact(join(folder.path, shard.file), shard)) folder.#finished.set(shard.file, shard);
      }
      await folder.#writeJournal();
      return folder;
    } catch (cause) {
      throw new HyperStyleError('file', `${out}: cannot be written (${reason(cause)}); choose another output folder`, {
        cause,
      });
    }
  }

  /** A shard that an earlier run has finished. */
  finished(file: string): ShardEntry | undefined {
    return this.#finished.get(file);
  }

  /** Notes that a shard is complete. */
  async finish(shard: ShardEntry): Promise<void> {
    this.#finished.set(shard.file, shard);
    await this.#writeJournal();
  }

  /** Puts the folder in its place, replacing an earlier model folder. */
  async commit(): Promise<void> {
    const old = `${this.#out}.old`;
    await rm(join(this.path, JOURNAL));
    await rm(old, { recursive: true, force: true });
    if (await listing(this.#out)) await rename(this.#out, old);
    await rename(this.path, this.#out);
    await rm(old, { recursive: true, force: true });
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  async #writeJournal(): Promise<void> {
    const journal = join(this.path, JOURNAL);
    await writeFile(`${journal}.tmp`, JSON.stringify({ job: this.#job, shards: [...this.#finished.values()] }));
    await rename(`${journal}.tmp`, journal);
  }
}

/** Names in a folder, or null when there is none. @throws `file` error when something else is there */
async function listing(folder: string): Promise<string[] | null> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new HyperStyleError(
      'file',
      `${folder}: cannot be used as a folder (${reason(cause)}); choose another output folder`,
      { cause },
    );
  }
}

async function readJournal(path: string): Promise<{ job: string; shards: ShardEntry[] } | null> {
  try {
    const { job, shards } = JSON.parse(await readFile(path, 'utf8'));
    return typeof job === 'string' && Array.isArray(shards) ? { job, shards } : null;
  } catch {
    return null; // cut off while it was written: begin again
  }
}

async function isIntact(path: string, shard: ShardEntry): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found?.size !== shard.bytes || dirname(shard.file) !== '.') return false;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex') === shard.sha256;
}
