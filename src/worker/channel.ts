/**
 * Calls over a message port, both ways: each is answered once, in any order, with a value or an error that
 * keeps its class and code. An AbortSignal stays on its side; its firing is a message.
 */
import { type ErrorCode, HyperStyleError, throwIfAborted } from '../errors.ts';
import type { CallName, Calls, Request } from './messages.ts';

/** What a channel needs of a worker, its global scope or a MessagePort. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  addEventListener(type: 'messageerror' | 'error', listener: (event: Event) => void): void;
  start?(): void;
}

/** An error on its way. */
interface SentError {
  readonly name: string;
  /** Of a `HyperStyleError`. */
  readonly code: ErrorCode | null;
  readonly message: string;
}

type Message =
  | { readonly kind: 'call'; readonly id: number; readonly request: Request }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: SentError };

/** An answer, and what of it is moved instead of copied. */
export interface Answer {
  readonly value: unknown;
  readonly transfer?: Transferable[] | undefined;
}

/** Answers the other side's calls. */
export type Answerer = (
  request: Request,
  call: { readonly id: number; readonly signal: AbortSignal },
) => Promise<Answer>;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

function sent(error: unknown): SentError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { name, message, code: error instanceof HyperStyleError ? error.code : null };
}

function received({ name, code, message }: SentError): Error {
  return code ? new HyperStyleError(code, message) : Object.assign(new Error(message), { name });
}

/** How a call is made. */
export interface RequestOptions {
  readonly transfer?: Transferable[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told the call's number before it is sent. */
  readonly onId?: ((id: number) => void) | undefined;
}

/** One end of a port. */
export class Channel {
  readonly #port: Port;
  readonly #answer: Answerer;
  readonly #waiting = new Map<number, Waiting>();
  readonly #running = new Map<number, AbortController>();
  #last = 0;
  #ended: HyperStyleError | undefined;

  constructor(port: Port, answer: Answerer) {
    this.#port = port;
    this.#answer = answer;
    port.addEventListener('message', ({ data }) => this.#take(data as Message));
    port.addEventListener('messageerror', () =>
      this.end(
        new HyperStyleError('device', 'a message between page and worker could not be read: load the model again'),
      ),
    );
    port.addEventListener('error', (event) => {
      const why = 'message' in event && event.message ? ` (${String(event.message)})` : '';
      this.end(
        new HyperStyleError('device', `the worker could not be started or has crashed${why}: load the model again`),
      );
    });
    port.start?.();
  }

  /**
   * Calls the other side.
   * @throws what the call throws there; `aborted`; `option` error for arguments that cannot be sent; `device`
   *   when the other side is gone
   */
  async request<N extends CallName>(
    name: N,
    values: Calls[N]['arguments'],
    { transfer = [], signal, onId }: RequestOptions = {},
  ): Promise<Calls[N]['answer']> {
    throwIfAborted(signal);
    if (this.#ended) throw this.#ended;
    this.#last += 1;
    const id = this.#last;
    onId?.(id);
    const abort = (): void => this.#post({ kind: 'abort', id });
    try {
      const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
      this.#post({ kind: 'call', id, request: { name, ...values } as Request }, transfer);
      signal?.addEventListener('abort', abort);
      return (await answer) as Calls[N]['answer'];
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#waiting.delete(id);
    }
  }

  /** Ends every call that waits, and refuses further ones. */
  end(error: HyperStyleError): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    for (const controller of this.#running.values()) controller.abort();
  }

  #post(message: Message, transfer: Transferable[] = []): void {
    try {
      this.#port.postMessage(message, transfer);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new HyperStyleError(
        'option',
        `an argument cannot be sent to a worker (${why}): pass plain data, or functions as options of their own`,
        { cause },
      );
    }
  }

  #take(message: Message): void {
    const { id } = message;
    if (message.kind === 'call') void this.#run(id, message.request);
    else if (message.kind === 'abort') this.#running.get(id)?.abort();
    else if (message.kind === 'answer') this.#waiting.get(id)?.resolve(message.value);
    else this.#waiting.get(id)?.reject(received(message.error));
  }

  async #run(id: number, request: Request): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const { value, transfer } = await this.#answer(request, { id, signal: controller.signal });
      this.#post({ kind: 'answer', id, value }, transfer);
    } catch (error) {
      this.#post({ kind: 'failure', id, error: sent(error) });
    } finally {
      this.#running.delete(id);
    }
  }
}
