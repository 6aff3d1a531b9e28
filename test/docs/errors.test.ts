/** The page about errors: it has every code that exists, and quotes messages that exist. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/guide/errors.md'), 'utf8');
const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'));

it('has the codes that the type has, in its order', () => {
  const [, type = ''] =
    /export type ErrorCode =([\s\S]*?);/.exec(sources.find((text) => text.includes('ErrorCode =')) ?? '') ?? [];
  const codes = [...type.matchAll(/\| '(\w+)'/g)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(10);
  expect([...page.matchAll(/^## `(\w+)`$/gm)].map(([, code]) => code)).toEqual(codes);
});

it.each([...page.matchAll(/^\| `(.+?)` \|/gm)].map(([, words = '']) => words))('quotes a message: %s', (words) => {
  expect(sources.some((text) => text.includes(words))).toBe(true);
});
