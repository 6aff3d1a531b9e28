/**
 * Rules every shader file keeps: WebGPU's default limits, one entry point, a header, at most 150 lines, and what
 * browsers or drivers that nobody here can run get wrong. That kernels write inside their tensors only is checked where
 * they run (`test/setup/bounds.ts`), that grids fit a dimension where they are large
 * (`test/models/full-width.test.ts`).
 */
import { describe, expect, it } from 'vitest';
import {
  partNames,
  partSource,
  type ShaderSpec,
  shaderNames,
  shaderSource,
  shaderText,
} from '../../src/kernels/shader.ts';
import { RECORDS } from './records.ts';
import { reflect } from './reflect.ts';

const MAX_LINES = 150;
const MAX_STORAGE_BUFFERS = 8;
const HEADER_LINES = 2;

const specOf = (shader: string): ShaderSpec => RECORDS.find((r) => r.shader === shader) ?? { shader };

const files = [
  ...shaderNames().map((name) => [name, shaderSource(name)]),
  ...partNames().map((n) => [n, partSource(n)]),
];

it.each(files)('%s is short and says first what it is', (_, source = '') => {
  const lines = source.trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(MAX_LINES);
  expect(lines[0]).toMatch(/^\/\/ /);
});

/** Names that depend on an override, directly or through constants made of one. */
function overridden(source: string): Set<string> {
  const names = new Set([...source.matchAll(/^override (\w+)/gm)].map(([, name = '']) => name));
  for (const [, name = '', value = ''] of source.matchAll(/^(?:const|override) (\w+)[^=\n]*=(.*);/gm)) {
    if ([...names].some((other) => new RegExp(`\\b${other}\\b`).test(value))) names.add(name);
  }
  return names;
}

/** Faults of a text in browsers and drivers that no test runs on. */
function faultsOf(source: string): string[] {
  const faults: string[] = [];
  const names = overridden(source);
  for (const [text, size = ''] of source.matchAll(/array<[^;{}]*?,\s*([^,<>;]*)>/g)) {
    // Safari makes workgroup arrays empty that are sized by an expression of overrides.
    if ((size.match(/\w+/g) ?? []).some((word) => names.has(word))) faults.push(`${text} is sized by an override`);
  }
  const params = /struct Params \{([^}]*)\}/.exec(source)?.[1] ?? '';
  // Safari refuses a bare vec3 in a uniform struct.
  if (/:\s*vec3/.test(params)) faults.push('Params has a vec3');
  return faults;
}

it('such faults are found', () => {
  const array = 'override SIZE: u32;\nconst HALF = SIZE / 2;\nvar<workgroup> a: array<vec4<f32>, HALF * 4>;';
  expect(faultsOf(array)).toEqual(['array<vec4<f32>, HALF * 4> is sized by an override']);
  expect(faultsOf('const SIZE = 4u;\nvar<workgroup> a: array<f32, SIZE>;')).toEqual([]);
  expect(faultsOf('struct Params {\n  size: vec3f,\n}')).toEqual(['Params has a vec3']);
});

describe.each(shaderNames())('%s', (shader) => {
  it('has nothing that other browsers get wrong', () => {
    expect(faultsOf(shaderText(specOf(shader)).text)).toEqual([]);
  });

  const lines = shaderSource(shader).trimEnd().split('\n');

  it('starts with its formula', () => {
    expect(lines.slice(0, HEADER_LINES).every((line) => line.startsWith('//'))).toBe(true);
  });

  it('stays within the default bindings and has one entry point', () => {
    const { storage, entry } = reflect(specOf(shader));
    expect(storage.filter(({ resourceType }) => resourceType === 1).length).toBeLessThanOrEqual(MAX_STORAGE_BUFFERS);
    expect(entry.compute.map(({ name }) => name)).toEqual(['main']);
  });
});
