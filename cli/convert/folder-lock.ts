/**
 * One conversion at a time in one folder: a file that names its holder, and that its holder touches while it lives. A
 * holder that ended without a word (killed, or its machine went down) loses the lock to the next one that asks.
 */
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { ensure, HyperStyleError } from '../../src/errors.ts';

/** Milliseconds between two touches. */
const HEARTBEAT = 5_000;
/** A lock that was not touched for so long has no living holder, whatever its process number says. */
const STALE = 60_000;
/** How often a lock that its holder left is taken away, if others do the same meanwhile. */
const ATTEMPTS = 3;

interface Holder {
  readonly process: number;
  readonly host: string;
  readonly token: string;
}

/** A lock that this conversion holds. */
export class FolderLock {
  readonly #path: string;
  readonly #text: string;
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
    const touch = (): Promise<void> => utimes(path, new Date(), new Date()).catch(() => {});
    this.#heartbeat = setInterval(touch, HEARTBEAT).unref();
  }

  /**
   * Takes the lock.
   * @param what the folder, for the error
   * @throws `file` error that names the holder
   */
  static async take(path: string, what: string): Promise<FolderLock> {
    const text = JSON.stringify({ process: process.pid, host: hostname(), token: randomUUID() } satisfies Holder);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        await writeFile(path, text, { flag: 'wx' });
        return new FolderLock(path, text);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      }
      await removeStale(path, what);
    }
    throw busy(what, 'others that started at the same time');
  }

  /** @throws `file` error when another conversion has taken the lock meanwhile (this one slept for more than a minute) */
  async check(what: string): Promise<void> {
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    ensure(text === this.#text, 'file', () => `${what}: another conversion took this one for dead; convert again`);
  }

  /** Gives the lock back, unless it is another's by now. */
  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    if ((await readFile(this.#path, 'utf8').catch(() => '')) === this.#text) await rm(this.#path, { force: true });
  }
}

/** Takes a lock away whose holder is gone. @throws `file` error when the holder lives */
async function removeStale(path: string, what: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const found = await stat(path).catch(() => null);
  if (!found) return;
  const holder = parsed(text);
  const silent = Date.now() - found.mtimeMs > STALE;
  const gone = holder?.host === hostname() && !isRunning(holder.process);
  if (!silent && !gone)
    throw busy(what, holder ? `process ${holder.process} on ${holder.host}` : 'a process that just began');
  // by renaming, so that of several only one succeeds; put back when it is not the lock that was looked at
  const aside = `${path}.${randomUUID()}`;
  if (
    !(await rename(path, aside).then(
      () => true,
      () => false,
    ))
  )
    return;
  if ((await readFile(aside, 'utf8')) === text) await rm(aside, { force: true });
  else await rename(aside, path);
}

function parsed(text: string): Holder | null {
  try {
    const { process: id, host, token } = JSON.parse(text);
    return Number.isSafeInteger(id) && typeof host === 'string' ? { process: id, host, token } : null;
  } catch {
    return null; // it is being written
  }
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function busy(what: string, holder: string): HyperStyleError {
  return new HyperStyleError(
    'file',
    `${what}: another conversion is writing it (${holder}); wait for it to end, or choose another output folder`,
  );
}
