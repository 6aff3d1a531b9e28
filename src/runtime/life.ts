/**
 * How long what runs on a device may go on: until it is disposed of or the GPU is lost. Whatever waits for the
 * GPU waits here as well, so that it ends at once, with a named error, when there is nothing to wait for any
 * more. Nothing of a device that outlives its model holds on to it: listeners know it weakly.
 */
import { HyperStyleError } from '../errors.ts';
import { type Patience, patiently } from './patience.ts';

/** Milliseconds in which a loss is told after the error that came of it. */
const LOSS_FOLLOWS = 100;
/** What an error of these kinds says may be a consequence of a lost GPU. */
const MAY_BE_LOSS: ReadonlySet<string> = new Set(['device', 'memory', 'shader']);

/** The life of one runtime on a device. */
export class Life {
  readonly #device: GPUDevice;
  /** Ends what waits. */
  readonly #waiting = new Set<(end: HyperStyleError) => void>();
  readonly #listener: (event: GPUUncapturedErrorEvent) => void;
  #end: HyperStyleError | undefined;
  /** The first error that nobody caught since the last {@link checked} began. */
  #fault: GPUError | undefined;

  constructor(device: GPUDevice) {
    this.#device = device;
    const self = new WeakRef(this);
    device.lost.then(({ reason, message }) => {
      const why = `the GPU was lost (${reason}${message ? `: ${message}` : ''}): load the model again`;
      self.deref()?.end(new HyperStyleError('device', why));
    });
    const listener = ({ error }: GPUUncapturedErrorEvent): void => {
      const life = self.deref();
      if (life) life.#fault ??= error;
      else device.removeEventListener('uncapturederror', listener);
    };
    this.#listener = listener;
    device.addEventListener('uncapturederror', listener);
  }

  /** Ends it, for good; the first reason counts. Everything that waits is refused with it. */
  end(reason: HyperStyleError): void {
    if (this.#end) return;
    this.#end = reason;
    this.#device.removeEventListener('uncapturederror', this.#listener);
    for (const refuse of this.#waiting) refuse(reason);
    this.#waiting.clear();
  }

  /** @throws `device` error when it is over: the GPU is lost, or what runs here was disposed of */
  ensureAlive(): void {
    if (this.#end) throw new HyperStyleError(this.#end.code, this.#end.message, { cause: this.#end });
  }

  /**
   * What `work` gives, as long as that makes sense: the end of this life, or of the caller's patience, is
   * answered at once. `work` then goes on unheard.
   * @throws what `work` throws, `aborted`, or the reason of the end in place of raw errors that came of it
   */
  async wait<T>(work: Promise<T>, { signal, discard }: Omit<Patience<T>, 'ends'> = {}): Promise<T> {
    work.catch(() => undefined); // it may end when nobody waits any more
    try {
      this.ensureAlive();
      return await patiently(work, { signal, discard, ends: this.#waiting });
    } catch (error) {
      if (await this.#explains(error)) this.ensureAlive();
      throw error;
    }
  }

  /**
   * Does `work` with a signal that fires when there is no use in going on: the caller has stopped it, or the
   * life is over. Errors as {@link wait}.
   */
  async during<T>(work: (signal: AbortSignal) => Promise<T>, patience: Omit<Patience<T>, 'ends'> = {}): Promise<T> {
    const stop = new AbortController();
    try {
      this.ensureAlive();
      return await this.wait(work(stop.signal), patience);
    } catch (error) {
      stop.abort();
      throw error;
    }
  }

  /** Whether the end is why `error` was thrown. */
  async #explains(error: unknown): Promise<boolean> {
    if (error instanceof HyperStyleError && !MAY_BE_LOSS.has(error.code)) return false;
    if (!this.#end) {
      const soon = new Promise<void>((resolve) => setTimeout(resolve, LOSS_FOLLOWS));
      await patiently(soon, { ends: this.#waiting }).catch(() => undefined);
    }
    return this.#end !== undefined;
  }

  /**
   * Does `work` and asks the GPU whether it took every command of it: a refused one leaves a picture as it was, without a word.
   * @throws what `work` throws; `device`, or `memory`, when the GPU refused a command meanwhile
   */
  async checked<T>(work: () => Promise<T>, discard?: (refused: T) => void): Promise<T> {
    this.#fault = undefined;
    const result = await work();
    const fault = await this.#firstFault();
    if (!fault) return result;
    discard?.(result);
    const [why = ''] = fault.message.split('\n');
    throw new HyperStyleError(
      fault.constructor.name === 'GPUOutOfMemoryError' ? 'memory' : 'device',
      `the GPU refused a command (${why}): update the browser and the graphics driver, or load the model again`,
      { cause: fault },
    );
  }

  /** The first error of a command so far, when the GPU has looked at all of them; it need not have done them. */
  async #firstFault(): Promise<GPUError | undefined> {
    this.#device.pushErrorScope('internal');
    await this.#device.popErrorScope();
    return this.#fault;
  }
}
