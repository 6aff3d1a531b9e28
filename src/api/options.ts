/**
 * Checks of what callers pass before anything is done with it: a wrong argument is an `option` error that says
 * what was expected.
 */
import { ensure, ensureOptions, ensureSignal, inWords } from '../errors.ts';
import { checkDeviceOptions } from '../runtime/device.ts';
import type { LoadOptions } from './load-model.ts';

/** A callback, where one was given. */
export function ensureCallback(name: string, callback: unknown): void {
  ensure(
    callback === undefined || typeof callback === 'function',
    'option',
    () => `${name} is ${inWords(callback)}, expected a function`,
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
