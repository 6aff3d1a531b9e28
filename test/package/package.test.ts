/** What the package promises to whoever installs it, read from its own description. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const { exports, engines }: { exports: Record<string, unknown>; engines: { node: string } } = JSON.parse(
  readFileSync(resolve(ROOT, 'package.json'), 'utf8'),
);

describe('package.json', () => {
  it('can be read by tools that ask for it', () => {
    expect(exports['./package.json']).toBe('./package.json');
  });

  it.each(Object.entries(exports).filter(([, entry]) => typeof entry === 'object'))(
    '%s can be imported and required, its types first',
    (_, entry) => {
      expect(Object.keys(entry as object)).toEqual(['types', 'default']); // the first that fits counts
    },
  );

  it('asks for a Node that can require a module', () => {
    expect(engines.node).toBe('>=20.19');
  });
});

it('the README says which TypeScript needs @webgpu/types', () => {
  const readme = readFileSync(resolve(ROOT, 'README.md'), 'utf8').replaceAll(/\s+/g, ' ');
  expect(readme).toContain('TypeScript 5 needs `@webgpu/types`');
  expect(readme).toMatch(/TypeScript 6 and later know WebGPU by their DOM types/);
});
