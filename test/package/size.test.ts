/**
 * What a page downloads for each entry, from a build like the one that is packed: the entry, what it imports at once,
 * and the shaders of an inversion on a GPU. The README's table says the same.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
/** Bytes, gzip: what each entry may take. */
const BUDGET = { hyperstyle: 70_000, worker: 12_500, faces: 46_000, element: 12_000, training: 105_000 } as const;
/** Figures of the README are rounded to 0.1 kB; a change of this many bytes asks for new ones. */
const NOTICED = 1500;

const folder = mkdtempSync(join(tmpdir(), 'size-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  await build({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, sourcemap: false },
  });
}, 120_000);

const IMPORTS = /(?:import|export)(?:[^'"`;()]*?from)?\s*["'`](\.[^"'`]+)["'`]/g;

/** A file and everything it imports at once. */
function together(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, path = ''] of text.matchAll(IMPORTS)) together(resolve(file, '..', path), found);
  return found;
}

/** The chunk of that name. */
function chunk(name: string): string {
  const found = readdirSync(join(folder, 'chunks')).filter((file) => file.replace(/-[\w-]{8}\.js$/, '') === name);
  expect(found, `chunks called ${name}`).toHaveLength(1);
  return join(folder, 'chunks', found[0] ?? '');
}

const bytes = (files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0);

const sizeOf = (entry: keyof typeof BUDGET): number => {
  const files = new Set(together(join(folder, `${entry}.js`)));
  if (entry === 'hyperstyle') files.add(chunk('shaders-gpu'));
  return bytes(files);
};

/** Everything that a page's first inversion on a GPU needs. */
function firstInversion(): number {
  const files = new Set([...together(join(folder, 'hyperstyle.js')), chunk('shaders-gpu')]);
  for (const part of ['model-folder', 'self-test', 'sample-check', 'sample-picture'])
    for (const file of together(chunk(part))) files.add(file);
  return bytes(files);
}

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The number of kB in a row of the README's table. */
function promised(row: string): number {
  const found = README.split('\n').find((line) => line.startsWith(`| ${row} |`));
  return 1000 * Number(/([\d.]+) kB/.exec(found ?? '')?.[1]);
}

describe('gzip', () => {
  it.each([
    ['hyperstyle', '`hyperstyle-webgpu`, shaders included'],
    ['worker', '`hyperstyle-webgpu/worker`'],
    ['element', '`hyperstyle-webgpu/element`, the tag alone'],
    ['faces', '`hyperstyle-webgpu/faces`'],
    ['training', '`hyperstyle-webgpu/training`'],
  ] as const)('%s is within its budget, and as the README says', (entry, row) => {
    const size = sizeOf(entry);
    expect(size).toBeLessThanOrEqual(BUDGET[entry]);
    expect(Math.abs(size - promised(row)), `${row}: now ${(size / 1000).toFixed(1)} kB`).toBeLessThan(NOTICED);
  });

  it('says what a first inversion takes', () => {
    const size = firstInversion();
    expect(
      Math.abs(size - promised('all that a first inversion loads')),
      `now ${(size / 1000).toFixed(1)} kB`,
    ).toBeLessThan(NOTICED);
  });
});

it('carries no shader of a bench, no comment of a shader', () => {
  const others = readFileSync(chunk('shaders-others'), 'utf8');
  expect(others).not.toContain('bench_');
  expect(others).not.toMatch(/\/\/ \w/);
});
