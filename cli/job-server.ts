/**
 * The loopback server between a command and its job: serves the bundled job and the mounted files, receives events,
 * saved files and the outcome. Its address holds a random word, so no other page on this machine can use it.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ErrorCode, HyperStyleError } from '../src/errors.ts';
import { readEvent } from './event-json.ts';
import { type JobFailure, REFUSED, type Refusal } from './job.ts';
import { HOST_BUNDLE } from './paths.ts';
import { inside, type Mount, type Source, sendFile, sendText } from './static-files.ts';

/** What a command wants run, and who listens. */
export interface JobRequest {
  /** The module `cli/jobs/NAME.ts`. */
  readonly job: string;
  /** JSON value for `ctx.params`. */
  readonly params?: unknown;
  /** What `ctx.get('PREFIX/…')` finds: prefix → absolute path of a folder or file, or bytes; see `static-files.ts`. */
  readonly mounts?: Readonly<Record<string, Mount>>;
  /** Called with each emitted event, in order. What it throws ends the job. */
  onEvent?(event: unknown): void | Promise<void>;
  /** Called with each saved file, in order with the events. What it throws ends the job. */
  onFile?(name: string, bytes: Uint8Array): void | Promise<void>;
  /** Called with the adapter in words before the job starts. */
  onAdapter?(adapter: string): void;
  /** Seconds without any sign of life from the job before it counts as hung (default 600). */
  readonly stallSeconds?: number;
}

const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};
const PAGE =
  '<!doctype html><title>HyperStyle job</title><link rel="icon" href="data:,"><script type="module" src="host/page.js"></script>';

async function readBody(request: IncomingMessage, onChunk: () => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
    onChunk();
  }
  return Buffer.concat(chunks);
}

/** The decoded path of a request, or undefined when it is no address. */
function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return undefined;
  }
}

function toError({ code, message, stack }: JobFailure): Error {
  if (code !== null) return new HyperStyleError(code as ErrorCode, message);
  return Object.assign(new Error(message), { stack });
}

/** Serves one job. */
export class JobServer {
  readonly #request: JobRequest;
  readonly #server: Server;
  readonly #word = randomBytes(12).toString('hex');
  #settle: { resolve(): void; reject(error: unknown): void } = { resolve() {}, reject() {} };
  /** Resolves when the job is done, rejects with what it or a listener threw. */
  readonly outcome: Promise<void>;
  /** When the job last gave a sign of life (`performance.now()`). */
  lastSign = performance.now();

  constructor(request: JobRequest) {
    this.#request = request;
    this.outcome = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.outcome.catch(() => undefined); // whoever runs the job awaits it later
    // A job may compute for minutes between two posts; a connection closed for idleness would fail the next one.
    this.#server = createServer({ keepAliveTimeout: 0 }, (incoming, response) => {
      this.#open(incoming, response).catch(() => response.destroy());
    });
  }

  /** Starts listening; returns the job's base address without a trailing slash. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${this.#word}`;
  }

  /** Stops listening and drops open connections. */
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Lets in who knows the word; nothing that anybody else sends can reach the job. */
  async #open(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const path = pathOf(request.url ?? '');
    if (path === undefined) return sendText(response, 400, 'no address');
    if (!path.startsWith(`/${this.#word}/`)) return sendText(response, 404, 'not here');
    this.lastSign = performance.now();
    const rest = path.slice(this.#word.length + 2);
    try {
      if (request.method === 'POST') await this.#receive(rest, request, response);
      else await this.#serve(rest, request, response);
    } catch (error) {
      this.#settle.reject(error); // what a listener of the command threw
      throw error;
    }
    this.lastSign = performance.now();
  }

  async #serve(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (path === 'index.html') return sendText(response, 200, PAGE, 'text/html');
    if (path === 'job.json') {
      const { job, params = null } = this.#request;
      return sendText(response, 200, JSON.stringify({ job, params }), 'application/json');
    }
    const mount = path.startsWith('host/') ? inside(HOST_BUNDLE, path.slice('host/'.length)) : this.#mounted(path);
    if (mount === undefined) return sendText(response, 404, 'there is no such file');
    let source: Source;
    try {
      source = typeof mount === 'function' ? await mount() : mount;
    } catch (error) {
      if (!(error instanceof HyperStyleError)) throw error;
      const refusal = { code: error.code, message: error.message } satisfies Refusal;
      return sendText(response, REFUSED, JSON.stringify(refusal), 'application/json');
    }
    response.once('close', () => {
      this.lastSign = performance.now();
    });
    // A host that stops reading half-way is reported by its own end, not by the broken connection.
    await sendFile(request, response, source).catch(() => response.destroy());
  }

  #mounted(path: string): Mount | undefined {
    const [, prefix = '', rest = ''] = /^files\/([^/]*)\/?(.*)$/.exec(path) ?? [];
    const mount = this.#request.mounts?.[prefix];
    if (typeof mount === 'string') return inside(mount, rest);
    return rest === '' ? mount : undefined;
  }

  async #receive(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, () => {
      this.lastSign = performance.now();
    });
    const { onEvent, onFile, onAdapter } = this.#request;
    if (path === 'event') {
      const event = readEvent(body.toString());
      if (event !== null) await onEvent?.(event);
    } else if (path.startsWith('save/')) await onFile?.(path.slice('save/'.length), new Uint8Array(body));
    else if (path === 'adapter') onAdapter?.(body.toString());
    sendText(response, 200, 'ok');
    if (path === 'done') this.#settle.resolve();
    if (path === 'failed') this.#settle.reject(toError(JSON.parse(body.toString())));
  }
}
