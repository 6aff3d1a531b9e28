/**
 * One file over HTTP into memory: resumes with `Range` where the connection broke or fell silent, stops within
 * a chunk when asked.
 */
import { ensure, HyperStyleError, throwIfAborted } from '../errors.ts';
import { Broken, Connection, checkAnswer, describe, nameOf, OtherFile, refuseMarkup } from './connection.ts';
import { discard } from './random-access.ts';

/** Options of {@link download}. */
export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes that arrived; negative when the server made us start again. */
  readonly onBytes?: (bytes: number) => void;
  /** Past the browser's HTTP cache, which may hold the damaged copy. */
  readonly reload?: boolean;
  /** When there is room for the bytes; the request goes out before. */
  readonly room?: Promise<void> | undefined;
  /** Milliseconds without a byte after which a connection counts as broken. */
  readonly patience?: number | undefined;
}

/** Options of {@link downloadSmall}. */
export interface SmallFileOptions extends Pick<DownloadOptions, 'signal' | 'patience'> {
  /** Connections in a row that may fail; {@link MAX_FRUITLESS} when absent. */
  readonly tries?: number | undefined;
  /** How the browser's HTTP cache is used; default: it asks the server whether its copy still holds. */
  readonly cache?: RequestCache | undefined;
  /** More bytes than this are no small file. */
  readonly maxBytes: number;
}

/** What has arrived of a file. */
interface Target {
  readonly size: number;
  /** Made when the first bytes come. */
  buffer: Uint8Array<ArrayBuffer> | undefined;
  at: number;
  /** The most that `at` has been; a server that always starts again gets nowhere by repeating itself. */
  furthest: number;
  /** Where a connection ended in good order, though more was expected. */
  end: number | undefined;
}

/** Connections in a row that may fail without a single new byte. */
const MAX_FRUITLESS = 5;
/** Connections in all: one that brings a byte each time must end, too. */
const MAX_CONNECTIONS = 200;
/** First pause before connecting again, in ms; doubles each time. */
const FIRST_PAUSE = 200;

/**
 * Downloads exactly `size` bytes.
 * @throws `network` error when the server refuses, sends something else ({@link OtherFile} for another size),
 *   asks for a long pause, or breaks off {@link MAX_FRUITLESS} times in a row; `aborted`
 */
export async function download(
  url: URL,
  size: number,
  options: DownloadOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const target: Target = { size, buffer: undefined, at: 0, furthest: 0, end: undefined };
  const giveUp = (problem: Broken, times: number): string =>
    `${nameOf(url)}: broke off ${times} times at byte ${target.furthest} of ${size} ` +
    `(${problem.message}); check the connection and load again`;
  if (size === 0) return new Uint8Array();
  return retrying(options.signal, { tries: MAX_FRUITLESS, giveUp, furthest: () => target.furthest }, async () => {
    await receive(url, target, options);
    return target.buffer ?? new Uint8Array(size);
  });
}

/** A small binary file of unknown length. @throws `network` error; `aborted` */
export async function downloadSmall(url: URL, options: SmallFileOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { signal, patience, tries = MAX_FRUITLESS, cache = 'no-cache', maxBytes } = options;
  const giveUp = ({ message }: Broken): string =>
    `${nameOf(url)}: cannot be reached (${message}); check the address and the connection`;
  return retrying(signal, { tries, giveUp, furthest: () => 0 }, async () => {
    const line = new Connection(signal, patience);
    try {
      const response = await line.open(url, { cache });
      checkAnswer(url, response);
      const chunks = [];
      let bytes = 0;
      for await (const chunk of line.chunks(response)) {
        if (bytes === 0) refuseMarkup(url, chunk);
        bytes += chunk.length;
        ensure(bytes <= maxBytes, 'network', () => `${nameOf(url)}: has more than ${maxBytes} bytes; is this a model?`);
        chunks.push(chunk);
      }
      return new Uint8Array(await new Blob(chunks).arrayBuffer());
    } finally {
      line.hangUp();
    }
  });
}

/** When {@link retrying} stops, and what it then says. */
interface Limits {
  readonly tries: number;
  readonly giveUp: (problem: Broken, times: number) => string;
  /** Progress: a failure beyond the furthest point so far is no fruitless one. */
  readonly furthest: () => number;
}

/** Calls `attempt` until it is not {@link Broken}. @throws `network` error when the limits are reached; `aborted` */
async function retrying<T>(
  signal: AbortSignal | undefined,
  { tries, giveUp, furthest }: Limits,
  attempt: () => Promise<T>,
): Promise<T> {
  let fruitless = 0;
  for (let connections = 1; ; connections++) {
    throwIfAborted(signal);
    const before = furthest();
    try {
      return await attempt();
    } catch (cause) {
      throwIfAborted(signal);
      if (!(cause instanceof Broken)) throw cause;
      fruitless = furthest() > before ? 0 : fruitless + 1;
      if (fruitless >= tries || connections >= MAX_CONNECTIONS) {
        throw new HyperStyleError('network', giveUp(cause, Math.max(fruitless, 1)), { cause });
      }
      const backOff = fruitless > 0 ? FIRST_PAUSE * 2 ** (fruitless - 1) : 0;
      await pause(Math.max(backOff, cause.wait), signal);
    }
  }
}

/** One connection: fills the buffer from `at` on until the file is whole. @throws {@link Broken} when it ends before */
async function receive(url: URL, target: Target, options: DownloadOptions): Promise<void> {
  const { size } = target;
  for await (const chunk of connect(url, target.at, size, options)) {
    if (chunk === RESTARTED) {
      options.onBytes?.(-target.at);
      target.at = 0;
      continue;
    }
    if (target.at + chunk.length > size) throw otherSize(url, 'longer', size);
    if (target.at === 0) refuseMarkup(url, chunk);
    target.buffer ??= new Uint8Array(size);
    target.buffer.set(chunk, target.at);
    target.at += chunk.length;
    target.furthest = Math.max(target.furthest, target.at);
    options.onBytes?.(chunk.length);
    discard(chunk);
    throwIfAborted(options.signal);
  }
  if (target.at === size) return;
  if (target.at === target.end) throw otherSize(url, 'shorter', size);
  target.end = target.at;
  throw new Broken(describe(undefined));
}

const RESTARTED = Symbol('the server sent the file from its start');

/** Chunks from `at` on; {@link RESTARTED} first when the server ignores `Range`. */
async function* connect(
  url: URL,
  at: number,
  size: number,
  options: DownloadOptions,
): AsyncGenerator<Uint8Array | typeof RESTARTED> {
  const line = new Connection(options.signal, options.patience);
  try {
    const response = await line.open(url, {
      headers: at > 0 ? { Range: `bytes=${at}-` } : {},
      cache: options.reload ? 'reload' : 'default',
    });
    if (startsAgain(url, response, at, size)) yield RESTARTED;
    await options.room;
    yield* line.chunks(response);
  } finally {
    line.hangUp(); // also when the consumer stops early
  }
}

/** Whether the server sends the file from its start though bytes from `at` on were asked for. */
function startsAgain(url: URL, response: Response, at: number, size: number): boolean {
  if (response.status === 416) throw otherSize(url, 'shorter', size);
  checkAnswer(url, response);
  const from = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (at === 0 || (response.status === 206 && Number(from) === at)) return false;
  ensure(
    response.status === 200,
    'network',
    () => `${nameOf(url)}: asked for bytes from ${at}, the server sent them from ${from}; load again`,
  );
  return true;
}

function otherSize(url: URL, how: 'longer' | 'shorter', size: number): OtherFile {
  const message = `${nameOf(url)}: is ${how} than the ${size} bytes that model.json states; the folder is incomplete or mixed`;
  return new OtherFile('network', message);
}

/** Waits, but not longer than the signal allows. */
async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done);
  });
  throwIfAborted(signal);
}
