/** What op functions write is what shaders declare: overrides, uniform fields with their offsets, bindings with access. */
import { describe, expect, it } from 'vitest';
import type { KernelRecord } from '../../src/kernels/kernel.ts';
import { partNames, partSource, shaderNames, shaderSource } from '../../src/kernels/shader.ts';
import { RECORDS, TEXTURE_KERNELS } from './records.ts';
import { reflect } from './reflect.ts';

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

const written: readonly Written[] = [...RECORDS, ...TEXTURE_KERNELS];

const overridesWritten = (records: readonly Written[]): string[] => [
  ...new Set(records.flatMap(({ overrides }) => Object.keys(overrides ?? {}))),
];

describe.each(shaderNames())('%s', (shader) => {
  it('is used by an op function', () => {
    expect(written.filter((r) => r.shader === shader).length).toBeGreaterThan(0);
  });

  it('gets every override that has no default, and none that it does not declare', () => {
    for (const record of distinct(written, shader)) {
      const names = Object.keys(record.overrides ?? {});
      const declared = reflect(record).overrides;
      const sources = [shaderSource(shader), ...(record.parts ?? []).map(partSource)].join('\n');
      const hasDefault = (name: string): boolean => new RegExp(`^override ${name}: \\w+ =`, 'm').test(sources);
      expect(declared.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
      expect(names).toEqual(expect.arrayContaining(declared.map(({ name }) => name).filter((n) => !hasDefault(n))));
    }
  });

  it('has a writer for each override', () => {
    const records = written.filter((r) => r.shader === shader);
    expect(overridesWritten(records)).toEqual(expect.arrayContaining(overridesOf(shaderSource(shader))));
  });

  it('has a writer for each uniform field, at its offset', () => {
    for (const record of distinct(written, shader)) {
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
  const records = written.filter(({ parts }) => parts?.includes(part));

  it('is shared by several kernels', () => {
    expect(new Set(records.map(({ shader }) => shader)).size).toBeGreaterThan(1);
  });

  it('has a writer for each override', () => {
    expect(overridesWritten(records)).toEqual(expect.arrayContaining(overridesOf(partSource(part))));
  });
});

const GRAPH_SHADERS = [...new Set(RECORDS.map(({ shader }) => shader))];

describe('bindings', () => {
  it.each(GRAPH_SHADERS)('%s declares what its records bind', (shader) => {
    for (const record of distinct(RECORDS, shader)) {
      const storage = reflect(record).storage.toSorted((a, b) => a.binding - b.binding);
      expect(record.bindings.map(({ access }, i) => [i + 1, access === 'read' ? 'read' : 'read_write'])).toEqual(
        storage.map(({ binding, access }) => [binding, access]),
      );
    }
  });
});
