/** Rules every shader file keeps: WebGPU's default limits, one entry point, a header, at most 150 lines. */
import { describe, expect, it } from 'vitest';
import { MAX_WORKGROUPS_PER_DIMENSION } from '../../src/kernels/kernel.ts';
import { partNames, partSource, type ShaderSpec, shaderNames, shaderSource } from '../../src/kernels/shader.ts';
import { RECORDS, TEXTURE_KERNELS } from './records.ts';
import { reflect } from './reflect.ts';

const MAX_LINES = 150;
const MAX_STORAGE_BUFFERS = 8;
const HEADER_LINES = 2;

const specOf = (shader: string): ShaderSpec =>
  [...RECORDS, ...TEXTURE_KERNELS].find((r) => r.shader === shader) ?? { shader };

const files = [
  ...shaderNames().map((name) => [name, shaderSource(name)]),
  ...partNames().map((n) => [n, partSource(n)]),
];

it.each(files)('%s is short and says first what it is', (_, source = '') => {
  const lines = source.trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(MAX_LINES);
  expect(lines[0]).toMatch(/^\/\/ /);
});

describe.each(shaderNames())('%s', (shader) => {
  const lines = shaderSource(shader).trimEnd().split('\n');

  it('starts with its formula', () => {
    expect(lines.slice(0, HEADER_LINES).every((line) => line.startsWith('//'))).toBe(true);
  });

  it('stays within the default bindings and has one entry point', () => {
    const { storage, entry } = reflect(specOf(shader));
    expect(storage.filter(({ resourceType }) => resourceType === 1).length).toBeLessThanOrEqual(MAX_STORAGE_BUFFERS);
    expect(entry.compute.map(({ name }) => name)).toEqual(['main']);
  });

  it('guards against invocations outside the data', () => {
    expect(lines.some((line) => /if \(.*(>=|<|==)/.test(line) || /for \(.*</.test(line))).toBe(true);
  });
});

it('no record asks for more workgroups than a dimension allows', () => {
  for (const { grid } of RECORDS) expect(Math.max(...grid)).toBeLessThanOrEqual(MAX_WORKGROUPS_PER_DIMENSION);
});
