/**
 * People as callers hand them over: the bytes of a file or plain values, copied at once, because they may change while the call
 * waits for its turn. `identity.ts` reads and checks them.
 */
import { ensure, inWords } from '../errors.ts';
import type { PersonValues } from './public.ts';

/** A copy of the bytes that a caller calls an identity. @throws `option` error when they are no bytes */
export function identityBytes(identity: unknown): Uint8Array {
  const kind = inWords(identity);
  ensure(
    kind === 'Uint8Array' || kind === 'ArrayBuffer',
    'option',
    () => `the identity is ${kind}, expected the Uint8Array that identity() gave (of a File: await file.arrayBuffer())`,
  );
  return Uint8Array.from(kind === 'ArrayBuffer' ? new Uint8Array(identity as ArrayBuffer) : (identity as Uint8Array));
}

/** Whether `restore` was given a person's values instead of a file. */
export function isPersonValues(identity: unknown): identity is PersonValues {
  return (
    typeof identity === 'object' &&
    identity !== null &&
    'base' in identity &&
    'sums' in identity &&
    Array.isArray(identity.sums)
  );
}

/** A number array's copy; anything else as it is, to be refused by `checkPersonValues`. */
const copied = (values: Float32Array): Float32Array => (values instanceof Float32Array ? values.slice() : values);

/** A copy of a person as they are now. @throws `option` error for what is neither bytes nor values */
export function givenPerson(identity: Uint8Array | ArrayBuffer | PersonValues): Uint8Array | PersonValues {
  if (!isPersonValues(identity)) return identityBytes(identity);
  const { base, sums, history, restyled } = identity;
  return {
    ...identity,
    base: copied(base),
    sums: sums.map(copied),
    ...(history && { history: history.map((kept) => kept.map(copied)) }),
    ...(restyled && { restyled: copied(restyled) }),
  };
}
