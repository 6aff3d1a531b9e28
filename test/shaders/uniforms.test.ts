/** What op functions write is what shaders declare: overrides, uniform fields with their offsets, bindings with access. */
import { describe, expect, it } from 'vitest';
import type { KernelRecord } from '../../src/kernels/kernel.ts';
import { partNames, partSource, shaderNames, shaderSource } from '../../src/kernels/shader.ts';
import { RECORDS } from './records.ts';
import { boundBy, reflect } from './reflect.ts';

type Written = Pick<KernelRecord, 'shader' | 'parts' | 'substitutions' | 'overrides' | 'uniforms'>;

/** Records of a shader that differ in what is checked here. */
function distinct<T extends Written>(records: readonly T[], shader: string): T[] {
  const key = (r: Written): string =>
    JSON.stringify([
      r.parts,
      r.substitutions,
      Object.keys(r.overrides ?? {}),
      r.uniforms.map(({ name, type }) => [name, type]),
    ]);
  return [...new Map(records.filter((r) => r.shader === shader).map((r) => [key(r), r])).values()];
}

const overridesOf = (source: string): string[] =>
  [...source.matchAll(/^override (\w+)/gm)].map(([, name]) => name ?? '').sort();

const overridesWritten = (records: readonly Written[]): string[] => [
  ...new Set(records.flatMap(({ overrides }) => Object.keys(overrides ?? {}))),
];

describe.each(shaderNames())('%s', (shader) => {
  it('is used by an op function', () => {
    expect(RECORDS.filter((r) => r.shader === shader).length).toBeGreaterThan(0);
  });

  it('gets every override that has no default, and none that it does not declare', () => {
    for (const record of distinct(RECORDS, shader)) {
      const names = Object.keys(record.overrides ?? {});
      const declared = reflect(record).overrides;
      const sources = [shaderSource(shader), ...(record.parts ?? []).map(partSource)].join('\n');
      const hasDefault = (name: string): boolean => new RegExp(`^override ${name}: \\w+ =`, 'm').test(sources);
      expect(declared.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
      expect(names).toEqual(expect.arrayContaining(declared.map(({ name }) => name).filter((n) => !hasDefault(n))));
    }
  });

  it('has a writer for each override', () => {
    const records = RECORDS.filter((r) => r.shader === shader);
    expect(overridesWritten(records)).toEqual(expect.arrayContaining(overridesOf(shaderSource(shader))));
  });

  it('has a writer for each uniform field, at its offset', () => {
    for (const record of distinct(RECORDS, shader)) {
      const { uniforms, structs } = reflect(record);
      expect(uniforms.map(({ binding, type }) => [binding, type.name])).toEqual([[0, 'Params']]);
      const members = structs.find(({ name }) => name === 'Params')?.members ?? [];
      expect(record.uniforms.map(({ name, type }, i) => [name, type, 4 * i])).toEqual(
        members.map(({ name, type, offset }) => [name, type.name, offset]),
      );
    }
  });
});

describe.each(partNames())('part %s', (part) => {
  const records = RECORDS.filter(({ parts }) => parts?.includes(part));

  it('is shared by several kernels', () => {
    expect(new Set(records.map(({ shader }) => shader)).size).toBeGreaterThan(1);
  });

  it('has a writer for each override', () => {
    expect(overridesWritten(records)).toEqual(expect.arrayContaining(overridesOf(partSource(part))));
  });
});

describe('bindings', () => {
  it.each(shaderNames())('%s declares what its records bind', (shader) => {
    for (const record of distinct(RECORDS, shader)) {
      const buffers = record.bindings.map(({ access }, i) => [0, i + 1, access === 'read' ? 'read' : 'read_write']);
      const textures = (record.textures ?? []).map(({ access }, i) => [1, i, access]);
      expect([...buffers, ...textures]).toEqual(boundBy(record));
    }
  });
});
