/**
 * The options a model was trained with, as far as they matter here: `arch` (reading size, crop, units a stage) and
 * `dataset_type`. safetensors can only hold text, so that there both may be JSON.
 */
import { ensure } from '../errors.ts';
import { checkJson } from './json.ts';

/** Names under which the architecture is found as JSON text. */
const ARCH_NAMES = ['arch', 'opts.arch'];

/**
 * Reads JSON where an option is text that should be a record.
 * @param raw `opts` of a torch file, the metadata of safetensors
 * @returns the options, and what of them was not understood, in words
 * @throws `model` error when the architecture is text but no JSON
 */
export function trainingOptions(
  file: string,
  raw: Readonly<Record<string, unknown>>,
): { opts: Readonly<Record<string, unknown>>; leftOut: readonly string[] } {
  const own = (name: string): unknown => (Object.hasOwn(raw, name) ? raw[name] : undefined);
  const text = own('opts');
  const inner = typeof text === 'string' ? parsed(text) : null;
  const opts = new Map(Object.entries({ ...raw, ...inner }));
  const found = ARCH_NAMES.find((name) => opts.has(name));
  const arch = found === undefined ? undefined : opts.get(found);
  if (typeof arch === 'string') {
    const value = parsed(arch);
    ensure(
      value,
      'model',
      () =>
        `${file}: "${found}" is text but no JSON object: ${arch.slice(0, 60)}; ` +
        'write it with json.dumps({"input_size": 256, …})',
    );
    opts.set('arch', value);
  } else if (found !== undefined) opts.set('arch', arch);
  const leftOut = typeof text === 'string' && !inner ? ['"opts", which is text but no JSON object'] : [];
  return { opts: Object.fromEntries(opts), leftOut };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    checkJson(text);
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
