/** The head of a safetensors file, written; the data follow it in the same order. `safetensors.ts` reads. */
import type { Shape } from '../tensor.ts';
import { STORED_BYTES, type StoredDType } from './elements.ts';

/**
 * Element types by their names in the format: a map and no record: names come from files, and a record answers to
 * `toString` too.
 */
export const DTYPES: ReadonlyMap<string, StoredDType> = new Map([
  ['F64', 'f64'],
  ['F32', 'f32'],
  ['F16', 'f16'],
  ['BF16', 'bf16'],
  ['I64', 'i64'],
  ['I32', 'i32'],
  ['I16', 'i16'],
  ['I8', 'i8'],
  ['U8', 'u8'],
  ['BOOL', 'bool'],
]);

/** The first bytes of a file with these tensors, in this order: length and header, padded to a multiple of 8. */
export function safetensorsHeader(
  tensors: readonly { readonly name: string; readonly dtype: StoredDType; readonly shape: Shape }[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const names = new Map([...DTYPES].map(([name, dtype]) => [dtype, name]));
  let at = 0;
  const header: [string, unknown][] = Object.keys(metadata).length ? [['__metadata__', metadata]] : [];
  for (const { name, dtype, shape } of tensors) {
    const bytes = shape.reduce((product, n) => product * n, STORED_BYTES[dtype]);
    header.push([name, { dtype: names.get(dtype), shape, data_offsets: [at, at + bytes] }]);
    at += bytes;
  }
  // fromEntries and no assignment, which would lose a tensor called "__proto__"
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const padded = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + padded).fill(0x20);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.set(json, 8);
  return out;
}
