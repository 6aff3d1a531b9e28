/** What reaches the terminal. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { complain, printable, say, terminalBar } from '../../cli/terminal.ts';

const CLI = resolve(import.meta.dirname, '../../cli');
afterEach(() => vi.restoreAllMocks());

describe('printable', () => {
  it.each([
    ['a colour', 'evil\x1b[31mred', 'evil\\u001b[31mred'],
    ['a title that types', '\x1b]0;rm -rf\x07', '\\u001b]0;rm -rf\\u0007'],
    ['an eight-bit escape', '\x9b2J', '\\u009b2J'],
    ['a line of its own', 'me\r\nerror: none', 'me\\u000d\\u000aerror: none'],
    ['a separator', 'a\u2028b\u2029c\u0085d', 'a\\u2028b\\u2029c\\u0085d'],
    ['text that runs backwards', 'gnp.\u202eexe', 'gnp.\\u202eexe'],
    ['rubout', 'a\b\x7fb', 'a\\u0008\\u007fb'],
  ])('writes %s as escapes', (_, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('leaves what people write alone', () => {
    for (const text of ['clay-portraits-128', 'Göteborg 我 😀', 'y0  0.123 × 4 → θ̂', ''])
      expect(printable(text)).toBe(text);
  });
});

it('every line goes through it, to either stream', () => {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  say('a\x1b', 'b');
  complain('c\x1b');
  expect([out.mock.calls.flat(), err.mock.calls.flat()]).toEqual([['a\\u001b\n', 'b\n'], ['c\\u001b\n']]);
});

it('JSON stays what it is', () => {
  const value = { name: 'a\u009bb\u202ec\n' };
  expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
});

/** Standard output as a terminal of 40 columns; what is written there. */
function terminal(): { readonly written: () => string } {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const stream = { isTTY: true, columns: 40, clearLine: () => true, cursorTo: () => process.stdout.write('\r') };
  for (const [name, value] of Object.entries(stream)) {
    const had = Object.getOwnPropertyDescriptor(process.stdout, name);
    Object.defineProperty(process.stdout, name, { value, configurable: true, writable: true });
    undo.push(() =>
      had ? Object.defineProperty(process.stdout, name, had) : Reflect.deleteProperty(process.stdout, name),
    );
  }
  return { written: () => out.mock.calls.map(([text]) => text).join('') };
}
const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0)) step();
});

describe('a bar', () => {
  it('stands below what is said, cut where the line ends, and is taken away', () => {
    const { written } = terminal();
    const bar = terminalBar(4);
    bar?.show(1, 'costs $1 $& \x1b[31m in a name that is too long for it');
    const drawn = `\r${'█'.repeat(5)}${'░'.repeat(15)} costs $1 $& \\u001b`;
    expect(written()).toBe(drawn);
    say('a line');
    expect(written()).toBe(`${drawn}\ra line\n${drawn.slice(1)}`);
    bar?.end();
    say('after');
    expect(written()).toBe(`${drawn}\ra line\n${drawn.slice(1)}\rafter\n`);
  });

  it('is not there where standard output is no terminal', () => {
    const { written } = terminal();
    Object.defineProperty(process.stdout, 'isTTY', { value: false, configurable: true });
    expect([terminalBar(4), written()]).toEqual([undefined, '']);
  });
});

it('no other file writes to a terminal', () => {
  const files = readdirSync(CLI, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const writes = /console\.\w+\(|process\.std(out|err)\.write/;
  const writers = files.filter((file) => writes.test(readFileSync(join(CLI, file), 'utf8')));
  expect(writers.sort()).toEqual(['terminal.ts']);
});
