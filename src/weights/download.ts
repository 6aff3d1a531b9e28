/** One file over HTTP into memory: resumes with `Range` where the connection broke or fell silent, stops within a chunk when asked. */
import { ensure, HyperStyleError, throwIfAborted } from '../errors.ts';
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
  /** Milliseconds without a byte after which a connection counts as broken; {@link PATIENCE} when absent. */
  readonly patience?: number | undefined;
}

/** What has arrived of a file. */
interface Target {
  readonly size: number;
  /** Made when the first bytes come. */
  buffer: Uint8Array<ArrayBuffer> | undefined;
  at: number;
}

/** Connections in a row that may fail without a single new byte. */
const MAX_FRUITLESS = 5;
/** First pause before connecting again, in ms; doubles each time. */
const FIRST_PAUSE = 200;
/** Milliseconds: a server that lives sends something within half a minute. */
const PATIENCE = 30_000;

/** A connection that failed and may be tried again; whatever else is thrown is not the network's fault. */
class Broken extends Error {}

/**
 * Downloads exactly `size` bytes.
 * @throws `network` error when the server refuses, sends another length, or breaks off {@link MAX_FRUITLESS} times in a row; `aborted`
 */
export async function download(
  url: URL,
  size: number,
  options: DownloadOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const target: Target = { size, buffer: undefined, at: 0 };
  let fruitless = 0;
  let problem: unknown;
  while (target.at < size) {
    throwIfAborted(options.signal);
    ensure(
      fruitless < MAX_FRUITLESS,
      'network',
      () =>
        `${url}: broke off ${fruitless} times at byte ${target.at} of ${size} (${describe(problem)}); check the connection and load again`,
    );
    if (fruitless > 0) await pause(FIRST_PAUSE * 2 ** (fruitless - 1), options.signal);
    const before = target.at;
    try {
      problem = undefined;
      await receive(url, target, options);
    } catch (cause) {
      throwIfAborted(options.signal);
      if (!(cause instanceof Broken)) throw cause;
      problem = cause;
    }
    fruitless = target.at > before ? 0 : fruitless + 1;
  }
  return target.buffer ?? new Uint8Array(size);
}

/** One connection: fills the buffer from `at` on until the server or the caller stops. */
async function receive(url: URL, target: Target, options: DownloadOptions): Promise<void> {
  const { size } = target;
  for await (const chunk of connect(url, target.at, size, options)) {
    if (chunk === RESTARTED) {
      options.onBytes?.(-target.at);
      target.at = 0;
      continue;
    }
    ensure(
      target.at + chunk.length <= size,
      'network',
      () => `${url}: is longer than the ${size} bytes that model.json states; the folder is incomplete or mixed`,
    );
    target.buffer ??= new Uint8Array(size);
    target.buffer.set(chunk, target.at);
    target.at += chunk.length;
    options.onBytes?.(chunk.length);
    discard(chunk);
    throwIfAborted(options.signal);
  }
}

/** A small text file. @throws `network` error; `aborted` */
export async function downloadText(url: URL, options: SmallFileOptions = {}): Promise<string> {
  return new TextDecoder().decode(await downloadBytes(url, options));
}

/** Options of small files; see {@link DownloadOptions}. */
export type SmallFileOptions = Pick<DownloadOptions, 'signal' | 'patience'>;

/** A small binary file of unknown length. @throws `network` error; `aborted` */
export async function downloadBytes(
  url: URL,
  { signal, patience = PATIENCE }: SmallFileOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const line = new Line(signal, patience);
  try {
    const response = await line.waitFor(fetch(url, { signal: line.signal }));
    refuseStatus(url, response);
    const chunks = [];
    for await (const chunk of line.chunks(response)) chunks.push(chunk);
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  } catch (cause) {
    throwIfAborted(signal);
    if (!(cause instanceof Broken)) throw cause;
    const message = `${url}: cannot be reached (${describe(cause)}); check the address and the connection`;
    throw new HyperStyleError('network', message, { cause });
  } finally {
    line.hangUp();
  }
}

/** One connection: what is waited for on it comes in time, or it is {@link Broken}. */
class Line {
  /** Fires when the caller stops or the line is hung up. */
  readonly signal: AbortSignal;
  readonly #own = new AbortController();
  readonly #patience: number;

  constructor(signal: AbortSignal | undefined, patience: number) {
    this.signal = signal ? AbortSignal.any([signal, this.#own.signal]) : this.#own.signal;
    this.#patience = patience;
  }

  async waitFor<T>(work: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<never>((_, reject) => {
      const fail = (): void => reject(new Error(`nothing came for ${this.#patience / 1000} s`));
      timer = setTimeout(fail, this.#patience);
    });
    try {
      return await Promise.race([work, silence]);
    } catch (cause) {
      throw new Broken(describe(cause), { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  async *chunks(response: Response): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const reader = response.body?.getReader();
    if (!reader) return;
    const next = () => this.waitFor(reader.read());
    for (let part = await next(); !part.done; part = await next()) yield part.value;
  }

  hangUp(): void {
    this.#own.abort();
  }
}

const RESTARTED = Symbol('the server sent the file from its start');

/** Chunks from `at` on; {@link RESTARTED} first when the server ignores `Range`. */
async function* connect(
  url: URL,
  at: number,
  size: number,
  options: DownloadOptions,
): AsyncGenerator<Uint8Array | typeof RESTARTED> {
  const line = new Line(options.signal, options.patience ?? PATIENCE);
  try {
    const response = await line.waitFor(
      fetch(url, {
        headers: at > 0 ? { Range: `bytes=${at}-` } : {},
        cache: options.reload ? 'reload' : 'default',
        signal: line.signal,
      }),
    );
    if (checkAnswer(url, response, at, size)) yield RESTARTED;
    await options.room;
    yield* line.chunks(response);
  } finally {
    line.hangUp(); // also when the consumer stops early
  }
}

/** Whether the server sends the file from its start though bytes from `at` on were asked for. */
function checkAnswer(url: URL, response: Response, at: number, size: number): boolean {
  if (response.status >= 500 || response.status === 408 || response.status === 429) {
    throw new Broken(`status ${response.status}`);
  }
  ensure(
    response.status !== 416,
    'network',
    () => `${url}: is shorter than the ${size} bytes that model.json states; the folder is incomplete or mixed`,
  );
  refuseStatus(url, response);
  const from = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (at === 0 || (response.status === 206 && Number(from) === at)) return false;
  ensure(
    response.status === 200,
    'network',
    () => `${url}: asked for bytes from ${at}, the server sent them from ${from}; load again`,
  );
  return true;
}

function refuseStatus(url: URL, response: Response): void {
  ensure(
    response.ok,
    'network',
    () => `${url}: the server answers ${response.status} ${response.statusText}; check that the model folder is there`,
  );
}

function describe(problem: unknown): string {
  return problem instanceof Error ? (problem.message.split('\n')[0] ?? '') : 'the connection was closed';
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
