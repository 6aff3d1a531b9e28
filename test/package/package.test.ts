/** What the package promises to whoever installs it, read from its own description. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
interface Description {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly engines: { readonly node: string };
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies?: unknown;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}

const description: Description = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8'));

const { exports, engines } = description;

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

  it('brings no other package and no model, and is built before it is packed', () => {
    expect(description.dependencies).toBeUndefined();
    expect(Object.values(description.peerDependenciesMeta).every(({ optional }) => optional)).toBe(true);
    expect(description.files).toEqual(['dist', 'LICENSE', 'README.md', 'CHANGELOG.md']);
    expect(description.scripts.prepack).toContain('build');
  });

  it('asks for a Node that can require a module', () => {
    expect(engines.node).toBe('>=20.19');
  });
});

it('the README says which TypeScript needs @webgpu/types', () => {
  const readme = readFileSync(resolve(ROOT, 'README.md'), 'utf8').replaceAll(/\s+/g, ' ');
  expect(readme).toContain('TypeScript 5 needs `@webgpu/types`');
  expect(readme).toMatch(/TypeScript 6 and later know WebGPU by their DOM types/);
});
