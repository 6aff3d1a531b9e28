/** Test files share their modules in a worker, so that none may put another in the place of one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const TESTS = resolve(import.meta.dirname, '..');
const MOCKED = /\bvi\s*\.\s*(?:mock|doMock)\(/;

it('no test file replaces a module: what is spied on can be taken back', () => {
  const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => MOCKED.test(readFileSync(join(TESTS, file), 'utf8')))).toEqual([]);
});
