/**
 * One HTTP connection of `download.ts`: what is waited for comes in time, an answer that is no file is refused,
 * and a failure that may pass is told from one that will not.
 */
import { ensure, HyperStyleError } from '../errors.ts';

/** Milliseconds: a server that lives sends something within half a minute. */
export const PATIENCE = 30_000;
/** Longest pause in ms that a server may ask for; longer than this nobody waits before a page. */
const LONGEST_WAIT = 60_000;

/** A connection that failed and may be tried again; whatever else is thrown is not the network's fault. */
export class Broken extends Error {
  /** Milliseconds that the server asks to wait before the next try. */
  readonly wait: number;

  constructor(message: string, { wait = 0, cause }: { wait?: number; cause?: unknown } = {}) {
    super(message, { cause });
    this.wait = wait;
  }
}

/** What came is not the file that model.json tells of: a cache holds an older one, or the folder was replaced meanwhile. */
export class OtherFile extends HyperStyleError {}

/** A connection under way. */
export class Connection {
  /** Fires when the caller stops or the connection is hung up. */
  readonly #signal: AbortSignal;
  readonly #own = new AbortController();
  readonly #patience: number;

  /** @param patience milliseconds without a byte after which it counts as broken */
  constructor(signal: AbortSignal | undefined, patience = PATIENCE) {
    this.#signal = signal ? AbortSignal.any([signal, this.#own.signal]) : this.#own.signal;
    this.#patience = patience;
  }

  /**
   * Asks for a file; the answer may still be a refusal.
   * @throws {@link Broken}; `network` error when the browser forbids what is asked
   */
  async open(url: URL, init: RequestInit): Promise<Response> {
    const request = fetch(url, { ...init, signal: this.#signal });
    try {
      return await this.#inTime(request);
    } catch (cause) {
      const forbidden = await this.#forbidden(url, cause);
      throw forbidden ?? new Broken(describe(cause) + this.#hint(url), { cause });
    }
  }

  /** The body, as it arrives. @throws {@link Broken} */
  async *chunks(response: Response): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const reader = response.body?.getReader();
    if (!reader) return;
    for (;;) {
      const part = await this.#inTime(reader.read()).catch((cause: unknown) => {
        throw new Broken(describe(cause), { cause });
      });
      if (part.done) return;
      yield part.value;
    }
  }

  /** Ends the connection if it is not over. */
  hangUp(): void {
    this.#own.abort();
  }

  async #inTime<T>(work: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<never>((_, reject) => {
      const fail = (): void => reject(new Error(`nothing came for ${this.#patience / 1000} s`));
      timer = setTimeout(fail, this.#patience);
    });
    try {
      return await Promise.race([work, silence]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The error to throw when the browser itself forbids the request, which `fetch` does not tell from a dead server. */
  async #forbidden(url: URL, cause: unknown): Promise<HyperStyleError | undefined> {
    if (!(cause instanceof TypeError) || !isForeign(url) || this.#signal.aborted) return undefined;
    // An answer that may not be read says that the server lives; a readable one, that the failure has passed.
    if (!(await this.#answers(url, 'no-cors')) || (await this.#answers(url, 'cors'))) return undefined;
    const message =
      `${nameOf(url)}: its server does not let pages of other origins read it (CORS); ` +
      `have it send "Access-Control-Allow-Origin: ${location.origin}", or serve the model from this page's origin`;
    return new HyperStyleError('network', message, { cause });
  }

  async #answers(url: URL, mode: RequestMode): Promise<boolean> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.#signal]);
    try {
      await this.#inTime(fetch(url, { mode, signal, cache: 'no-store' }));
      return true;
    } catch {
      return false;
    } finally {
      stop.abort(); // the body is not wanted
    }
  }

  #hint(url: URL): string {
    if (!isForeign(url)) return '';
    if (location.protocol === 'https:' && url.protocol === 'http:') return '; a page over https may not load over http';
    return '; its server must also let pages of other origins read it (CORS)';
  }
}

/** Whether a page asks another origin, where the browser has rules of its own. */
function isForeign(url: URL): boolean {
  return typeof location !== 'undefined' && /^https?:$/.test(location.protocol) && location.origin !== url.origin;
}

/**
 * Refuses an answer that is no file.
 * @throws {@link Broken} when the server is busy, `network` error when it refuses or sends a web page
 */
export function checkAnswer(url: URL, response: Response): void {
  const { status, statusText } = response;
  if (status >= 500 || status === 408 || status === 429) {
    const wait = retryAfter(response.headers.get('retry-after'), Date.now());
    ensure(
      wait <= LONGEST_WAIT,
      'network',
      () => `${nameOf(url)}: the server (status ${status}) asks to wait ${Math.ceil(wait / 1000)} s; load again later`,
    );
    throw new Broken(`status ${status}`, { wait });
  }
  ensure(
    response.ok,
    'network',
    () => `${nameOf(url)}: the server answers ${status} ${statusText}; check that the model folder is there`,
  );
  const type = response.headers.get('content-type') ?? '';
  if (/^\s*(text\/html|application\/xhtml)/i.test(type)) refuseWebPage(url);
}

/**
 * Refuses bytes that begin as a web page does, whatever type the server gave them; none of our formats can.
 * @throws `network` error
 */
export function refuseMarkup(url: URL, start: Uint8Array): void {
  const text = new TextDecoder().decode(start.subarray(0, 64));
  if (/^\uFEFF?\s*<(!doctype html|html|head|body)\b/i.test(text)) refuseWebPage(url);
}

function refuseWebPage(url: URL): never {
  const message =
    `${nameOf(url)}: a web page (HTML) came in its place; ` +
    'check that the model folder is there and that the server does not answer everything with its start page';
  throw new HyperStyleError('network', message);
}

/** A `Retry-After` header, seconds or a date, as milliseconds from `now`; 0 when there is none. */
export function retryAfter(header: string | null, now: number): number {
  if (header === null) return 0;
  if (/^\s*\d+\s*$/.test(header)) return 1000 * Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}

/** An address for messages: a query may hold a key, which is nobody's business. */
export function nameOf({ origin, protocol, pathname, search }: URL): string {
  const host = origin === 'null' ? `${protocol}//` : origin; // file: has no origin
  return `${host}${pathname}${search && '?…'}`;
}

/** The first line of an error. */
export function describe(problem: unknown): string {
  return problem instanceof Error ? (problem.message.split('\n')[0] ?? '') : 'the connection was closed';
}
