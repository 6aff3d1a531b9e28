/** What nobody should pass, and what a call with it came to; for tests in Node and in Chrome. */
import { HyperStyleError } from '../../src/errors.ts';

const HOSTILE: readonly unknown[] = [
  ...[undefined, null, 0, Number.NaN, -1, Number.POSITIVE_INFINITY, '', 'x', true, Symbol('s'), () => 1],
  ...[[], [null], [[]], {}, { data: null, width: 1, height: 1 }, { amount: null }, { placement: {} }, { signal: 1 }],
  ...[
    { size: Number.POSITIVE_INFINITY, channels: {} },
    { keyframes: null },
    new AbortController(),
    new URL('ftp://a/'),
  ],
  ...[new Uint8Array(3), new Map(), new Blob(['x']), new Error('e'), Object.create(null)],
];
/** What a call came to: a value, a named error, or what it should not be. */
export async function outcome(call: () => unknown): Promise<'given' | 'refused' | string> {
  try {
    await call();
    return 'given';
  } catch (error) {
    return error instanceof HyperStyleError ? 'refused' : String(error);
  }
}

/**
 * Calls `call` with one argument after another of `good` replaced by each hostile value.
 * @returns those calls that ended with another kind of error than a named one
 */
export async function rawErrors(call: (...given: never[]) => unknown, good: readonly unknown[]): Promise<string[]> {
  const raw: string[] = [];
  for (const [place] of good.entries()) {
    for (const [n, hostile] of HOSTILE.entries()) {
      const given = good.map((usual, i) => (i === place ? hostile : usual));
      const got = await outcome(() => call(...(given as never[])));
      if (got !== 'given' && got !== 'refused') raw.push(`argument ${place}, value ${n}: ${got}`);
    }
  }
  return raw;
}
