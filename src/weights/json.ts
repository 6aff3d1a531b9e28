/** What `JSON.parse` lets pass and a file header must not: the same key twice, and nesting without end. */
import { ensure } from '../errors.ts';

const MAX_DEPTH = 32;

/**
 * Scans JSON text once. It need not be valid: the parser that runs afterwards decides that.
 * @throws `file` error for a repeated key in one object, or nesting deeper than 32
 */
export function checkJson(text: string): void {
  const keys: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '{' || char === '[') {
      keys.push(char === '{' ? new Set() : null);
      ensure(
        keys.length <= MAX_DEPTH,
        'file',
        `JSON nested deeper than ${MAX_DEPTH}; the file is corrupt: download it again`,
      );
    } else if (char === '}' || char === ']') {
      keys.pop();
    } else if (char === '"') {
      const end = stringEnd(text, at);
      if (/^\s*:/.test(text.slice(end + 1, end + 32))) refuseRepeated(keys.at(-1), text.slice(at, end + 1));
      at = end;
    }
  }
}

/** Index of the quote that closes the string opened at `start`. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function refuseRepeated(seen: Set<string> | null | undefined, quoted: string): void {
  const key = quoted.includes('\\') ? unescaped(quoted) : quoted;
  ensure(
    !seen?.has(key),
    'file',
    () => `the key ${quoted} appears twice in one JSON object; the file is corrupt: download it again`,
  );
  seen?.add(key);
}

/** The string in its shortest spelling, so that "\u0061" and "a" are one key. */
function unescaped(quoted: string): string {
  try {
    return JSON.stringify(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
