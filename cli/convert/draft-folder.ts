/**
 * An output folder that changes from one whole model to the next: everything is written to `OUT.partial`, with a journal of
 * finished shards so that an interrupted conversion goes on where it stopped. At the end the files move to OUT, `model.json`
 * last: before that moment OUT is what it was. Only what a conversion made is ever removed, from OUT and from the draft.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, readdir, readFile, realpath, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ensure, HyperStyleError } from '../../src/errors.ts';
import { makeFolder, reason } from '../../src/node/node-file.ts';
import { MODEL_FORMAT, type ShardEntry } from '../../src/weights/manifest.ts';
import { FolderLock } from './folder-lock.ts';

const JOURNAL = 'convert.json';
const LOCK = 'convert.lock';
const MODEL = 'model.json';
/** Files of a model folder, relative to it. */
const OWN_FILE = /^(samples\/)?[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

/** What the journal holds. */
interface Journal {
  /** Identifies inputs, options and plan. */
  readonly job: string;
  readonly shards: readonly ShardEntry[];
  /** Every file that was begun, relative to the draft. */
  readonly made: readonly string[];
}

/** `OUT.partial` while it is being filled. Nobody else writes there: it is locked. */
export class DraftFolder {
  /** Where the files are written. */
  readonly path: string;
  readonly #out: string;
  readonly #job: string;
  readonly #lock: FolderLock;
  readonly #shards = new Map<string, ShardEntry>();
  readonly #made = new Set<string>();

  private constructor(out: string, job: string, lock: FolderLock) {
    this.path = draftOf(out);
    this.#out = out;
    this.#job = job;
    this.#lock = lock;
  }

  /**
   * Starts, or goes on with what an earlier run of the same job left.
   * @param job identifies inputs, options and plan; another job's leftovers are thrown away
   * @throws `file` error when OUT is something else than a model folder, is being written, or cannot be
   */
  static async open(path: string, job: string): Promise<DraftFolder> {
    const out = await realpath(path).catch(() => resolve(path));
    await refuseForeign(out);
    try {
      await makeFolder(draftOf(out));
      const lock = await FolderLock.take(join(draftOf(out), LOCK), path);
      const draft = new DraftFolder(out, job, lock);
      await draft.#takeOver();
      return draft;
    } catch (cause) {
      if (cause instanceof HyperStyleError) throw cause;
      throw new HyperStyleError('file', `${path}: cannot be written (${reason(cause)}); choose another output folder`, {
        cause,
      });
    }
  }

  /** A shard of that stem (`shard-000`) which an earlier run has finished. */
  finished(stem: string): ShardEntry | undefined {
    return this.#shards.get(stem);
  }

  /** Notes that a file is going to be made. Returns where. @throws `file` error when OUT has a file there that is not ours */
  async claim(file: string): Promise<string> {
    if (!(await ownFiles(this.#out)).includes(file)) await this.#refuseTaken(file);
    this.#made.add(file);
    await this.#writeJournal();
    return join(this.path, file);
  }

  /** Notes that the shard in `temporary` is complete, and gives it its name. */
  async finish(stem: string, shard: ShardEntry, temporary: string): Promise<void> {
    await this.#lock.check(this.#out);
    this.#shards.set(stem, shard);
    this.#made.add(shard.file);
    await this.#writeJournal();
    await rename(temporary, join(this.path, shard.file));
  }

  /** Puts the model in its place, instead of an earlier one. @param manifest text of model.json */
  async commit(manifest: string): Promise<void> {
    await this.#lock.check(this.#out);
    const before = await ownFiles(this.#out);
    await writeFile(await this.claim(MODEL), manifest);
    const files: string[] = [];
    for (const file of this.#made) if (await exists(join(this.path, file))) files.push(file);
    await makeFolder(this.#out);
    if (files.some((file) => file.includes('/'))) await makeFolder(join(this.#out, 'samples'));
    for (const file of files.filter((name) => name !== MODEL)) await move(join(this.path, file), join(this.#out, file));
    await move(join(this.path, MODEL), join(this.#out, MODEL));
    await removeFiles(
      this.#out,
      before.filter((file) => !files.includes(file)),
    );
    await this.discard();
  }

  /** Leaves nothing of this conversion behind. */
  async discard(): Promise<void> {
    await removeFiles(this.path, [...this.#made, JOURNAL, `${JOURNAL}.tmp`]);
    await this.#lock.release();
    await rmdir(this.path).catch(() => {}); // somebody else's files are in it
  }

  /** Keeps the intact shards of an earlier run of this job; removes what any other run left. */
  async #takeOver(): Promise<void> {
    const journal = await readJournal(join(this.path, JOURNAL));
    const kept = journal?.job === this.#job ? journal.shards : [];
    for (const shard of kept) {
      const stem = /^(shard-\d+)-/.exec(shard.file)?.[1];
      if (!stem || !(await isIntact(join(this.path, shard.file), shard))) continue;
      this.#shards.set(stem, shard);
      this.#made.add(shard.file);
    }
    await removeFiles(
      this.path,
      (journal?.made ?? []).filter((file) => !this.#made.has(file)),
    );
    await this.#writeJournal();
  }

  async #refuseTaken(file: string): Promise<void> {
    ensure(
      !(await exists(join(this.#out, file))),
      'file',
      () =>
        `${join(this.#out, file)}: is in the way and was not made by a conversion; move it, or choose another output folder`,
    );
  }

  async #writeJournal(): Promise<void> {
    const journal: Journal = { job: this.#job, shards: [...this.#shards.values()], made: [...this.#made] };
    const path = join(this.path, JOURNAL);
    await writeFile(`${path}.tmp`, JSON.stringify(journal));
    await rename(`${path}.tmp`, path);
  }
}

function draftOf(out: string): string {
  return `${out}.partial`;
}

/** @throws `file` error when OUT, or the draft beside it, is there and was not made by this converter */
async function refuseForeign(out: string): Promise<void> {
  const existing = await listing(out);
  const ours = existing?.includes(MODEL) ? await isModel(join(out, MODEL)) : existing?.length === 0;
  ensure(
    !existing || ours,
    'file',
    () => `${out}: exists and is no model folder; choose another output folder, or remove it`,
  );
  const leftovers = await listing(draftOf(out));
  ensure(
    !leftovers || leftovers.length === 0 || leftovers.includes(JOURNAL) || leftovers.includes(LOCK),
    'file',
    () => `${draftOf(out)}: is in the way and was not made by this converter; remove it`,
  );
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

async function isModel(path: string): Promise<boolean> {
  return (await readJson(path))?.format === MODEL_FORMAT;
}

/** The files that the conversion which wrote OUT's model.json made. */
async function ownFiles(out: string): Promise<string[]> {
  const manifest = await readJson(join(out, MODEL));
  if (manifest?.format !== MODEL_FORMAT) return [];
  const { shards, directions, samples } = manifest;
  const listed = [
    ...(Array.isArray(shards) ? shards.map((shard) => shard?.file) : []),
    ...(Array.isArray(samples) ? [...samples, 'samples/expected.json'] : []),
    directions,
    MODEL,
  ];
  return listed.filter((file): file is string => typeof file === 'string' && OWN_FILE.test(file));
}

async function readJournal(path: string): Promise<Journal | null> {
  const value = await readJson(path); // cut off while it was written: begin again
  if (typeof value?.job !== 'string' || !Array.isArray(value.shards) || !Array.isArray(value.made)) return null;
  const isOwn = (file: unknown): file is string => typeof file === 'string' && OWN_FILE.test(file);
  return {
    job: value.job,
    shards: value.shards.filter((shard): shard is ShardEntry => isOwn(shard?.file)),
    made: value.made.filter(isOwn),
  };
}

async function readJson(path: string): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Removes files, and `samples` when nothing else is in it. */
async function removeFiles(folder: string, files: readonly string[]): Promise<void> {
  for (const file of files) await rm(join(folder, file), { force: true });
  if (files.some((file) => file.includes('/'))) await rmdir(join(folder, 'samples')).catch(() => {});
}

/** Renames, or copies where OUT is another file system. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EXDEV') throw cause;
    await cp(from, to);
    await rm(from);
  }
}

async function isIntact(path: string, shard: ShardEntry): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found?.size !== shard.bytes || dirname(shard.file) !== '.') return false;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex') === shard.sha256;
}
