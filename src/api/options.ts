/**
 * Checks of what callers pass before anything is done with it: a wrong argument is an `option` error that says
 * what was expected.
 */
import { ensure, inWords } from '../errors.ts';
import { checkDeviceOptions } from '../runtime/device.ts';
import type { ModelSource } from '../weights/model-folder.ts';
import type { LoadOptions } from './load-model.ts';

/** An options argument: an object, which may be empty. */
export function ensureOptions(what: string, options: unknown): void {
  ensure(
    typeof options === 'object' && options !== null && !Array.isArray(options),
    'option',
    () => `the options of ${what} are ${inWords(options)}, expected an object`,
  );
}

/** A callback, where one was given. */
export function ensureCallback(name: string, callback: unknown): void {
  ensure(
    callback === undefined || typeof callback === 'function',
    'option',
    () => `${name} is ${inWords(callback)}, expected a function`,
  );
}

/** An AbortSignal, where one was given. */
export function ensureSignal(signal: unknown): void {
  const kind = inWords(signal);
  const repair = kind === 'AbortController' ? ': pass its signal' : '';
  ensure(
    signal === undefined || kind === 'AbortSignal',
    'option',
    () => `signal is ${kind}, expected an AbortSignal${repair}`,
  );
}

/** true, false or nothing. */
function ensureSwitch(name: string, value: unknown): void {
  ensure(
    value === undefined || typeof value === 'boolean',
    'option',
    () => `${name} is ${inWords(value)}, expected true or false`,
  );
}

/** Everything that can be said of the options of a load before anything is fetched or opened. */
export function checkLoadOptions(what: string, options: Partial<LoadOptions>): void {
  ensureOptions(what, options);
  checkDeviceOptions(options);
  ensureSignal(options.signal);
  ensureSwitch('cache', options.cache);
  ensureSwitch('sampleCheck', options.sampleCheck);
  ensureCallback('onWarning', options.onWarning);
  ensureCallback('onProgress', options.onProgress);
}

/** A model's address or files. */
export function checkModelSource(source: unknown): asserts source is ModelSource {
  const files = Array.isArray(source) && source.length > 0;
  ensure(
    files || typeof source === 'string' || source instanceof URL,
    'option',
    () =>
      `the model is ${Array.isArray(source) ? 'a list without files' : inWords(source)}, ` +
      'expected its address or the files of its folder',
  );
}
