import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { docsFolder } from '../../cli/samples/docs-folder.ts';

const work = mkdtempSync(join(tmpdir(), 'docs-'));
afterAll(() => rmSync(work, { recursive: true }));

it("only the shipped model's samples go to the README", () => {
  const shipped = join(work, 'models', 'shipped');
  mkdirSync(shipped, { recursive: true });
  symlinkSync(shipped, join(work, 'link'));
  cpSync(shipped, join(work, 'copy'), { recursive: true });
  mkdirSync(join(shipped, 'shipped'));
  const docsOf = (...path: readonly string[]) => docsFolder(join(work, ...path), shipped, 'docs');
  expect([docsOf('models', 'shipped'), docsOf('models', 'shipped', '.'), docsOf('link')]).toEqual(
    Array(3).fill('docs'),
  );
  expect([docsOf('copy'), docsOf('models'), docsOf('models', 'shipped', 'shipped')]).toEqual(Array(3).fill(undefined));
});
