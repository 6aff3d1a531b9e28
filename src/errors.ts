/**
 * Named errors of the engine. Each message is one line that says what is wrong, where (file, tensor or option), the two
 * values that disagree, and how to repair it. `code` is stable and is what a page or script should test.
 */

/** What went wrong, as a stable word. */
export type ErrorCode =
  | 'file' // a file is missing, truncated, corrupt or of an unknown format
  | 'pickle' // a pickle asks for something outside the allow-list
  | 'tensor' // a tensor is missing or has the wrong shape or type
  | 'model' // a model folder or checkpoint does not describe a network we know
  | 'image' // a picture cannot be decoded or has an unusable size
  | 'option' // an argument or option is out of range
  | 'network' // a download failed
  | 'device' // no adapter, a lost device, a limit that is too small
  | 'memory' // the GPU has no room
  | 'shader' // a WGSL file and its TypeScript disagree, or a pipeline does not compile
  | 'loss' // while tuning, a loss is no finite number
  | 'aborted'; // the caller's AbortSignal fired

/** The only error type the engine throws on purpose. */
export class HyperStyleError extends Error {
  override readonly name = 'HyperStyleError';
  readonly code: ErrorCode;

  /**
   * @param code stable word for programs
   * @param message one line for people: what, where, both values, repair
   */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Throws a {@link HyperStyleError} with `message` unless `condition` holds. */
export function ensure(condition: unknown, code: ErrorCode, message: string | (() => string)): asserts condition {
  if (!condition) throw new HyperStyleError(code, typeof message === 'string' ? message : message());
}

/** Throws the `aborted` error when `signal` has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new HyperStyleError('aborted', 'stopped by the AbortSignal that was passed in');
}

/**
 * A part of the library that is loaded when it is first needed.
 * @throws `network` error when it cannot be had: the page is offline, or its files were replaced by another version
 */
export async function imported<T>(loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HyperStyleError(
      'network',
      `a part of the library cannot be loaded (${why}): check the connection and that all its files are served, then reload`,
      { cause },
    );
  }
}

/** Throws an `option` error that lists the words of a closed option unless `value` is one of them. */
export function ensureOneOf<T extends string>(what: string, value: unknown, words: readonly T[]): asserts value is T {
  ensure(words.includes(value as T), 'option', () => `${what} is ${inWords(value)}, expected ${words.join(', ')}`);
}

/** A value as people write it, short: `"fp32"`, `undefined`, `Float32Array`. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return `"${value.slice(0, 40)}"`;
  return Object(value) === value ? Object.prototype.toString.call(value).slice(8, -1) : String(value);
}

/** Throws an `option` error unless `value` is an object, which may be empty. @param what it is, with its verb */
export function ensureObject(what: string, value: unknown): void {
  ensure(
    typeof value === 'object' && value !== null && !Array.isArray(value),
    'option',
    () => `${what} ${inWords(value)}, expected an object`,
  );
}

/** {@link ensureObject} of an options argument. @param what the function that got them */
export function ensureOptions(what: string, options: unknown): void {
  ensureObject(`the options of ${what} are`, options);
}

/** Throws an `option` error unless `signal` is an AbortSignal, where one was given. */
export function ensureSignal(signal: unknown): void {
  const kind = inWords(signal);
  const repair = kind === 'AbortController' ? ': pass its signal' : '';
  ensure(
    signal === undefined || kind === 'AbortSignal',
    'option',
    () => `signal is ${kind}, expected an AbortSignal${repair}`,
  );
}

/** Throws an `option` error unless `list` is a list. @param of what it holds, in words */
export function ensureList(what: string, list: unknown, of: string): asserts list is readonly unknown[] {
  ensure(Array.isArray(list), 'option', () => `${what} got ${inWords(list)}, expected a list of ${of}`);
}

/** Throws an `image` error unless `picture` has a size and RGBA bytes for it. @param what it is called */
export function ensureRgba(what: string, picture: unknown): void {
  const { data, width, height } = Object(picture) as Partial<Record<string, unknown>>;
  const bytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray ? data.length : Number.NaN;
  const whole = Number.isInteger(width) && Number.isInteger(height) && Number(width) > 0 && Number(height) > 0;
  ensure(
    whole && bytes === 4 * Number(width) * Number(height),
    'image',
    () => `${what} is ${inWords(picture)} with ${inWords(data)} as data: pass { data, width, height }, 4 bytes a pixel`,
  );
}
