/** What op functions write is what shaders declare: overrides, uniform fields with their offsets, bindings with access. */
import { describe, expect, it } from 'vitest';
import type { KernelRecord } from '../../src/kernels/kernel.ts';
import { shaderNames, shaderSource } from '../../src/kernels/shader.ts';
import { RECORDS, TEXTURE_KERNELS } from './records.ts';
import { reflect } from './reflect.ts';

type Written = Pick<KernelRecord, 'shader' | 'substitutions' | 'overrides' | 'uniforms'>;

/** Records of a shader that differ in what is checked here. */
function distinct<T extends Written>(records: readonly T[], shader: string): T[] {
  const key = (r: Written): string =>
    JSON.stringify([r.substitutions, Object.keys(r.overrides ?? {}), r.uniforms.map(({ name, type }) => [name, type])]);
  return [...new Map(records.filter((r) => r.shader === shader).map((r) => [key(r), r])).values()];
}

const overrideNames = (shader: string): string[] =>
  [...shaderSource(shader).matchAll(/^override (\w+)/gm)].map(([, name]) => name ?? '');

const hasDefault = (shader: string, name: string): boolean =>
  new RegExp(`^override ${name}: \\w+ =`, 'm').test(shaderSource(shader));

const written: readonly Written[] = [...RECORDS, ...TEXTURE_KERNELS];

describe.each(shaderNames())('%s', (shader) => {
  it('is used by an op function', () => {
    expect(written.filter((r) => r.shader === shader).length).toBeGreaterThan(0);
  });

  it('has a writer for each override, and no other', () => {
    const used = new Set<string>();
    for (const record of distinct(written, shader)) {
      const names = Object.keys(record.overrides ?? {});
      const declared = reflect(shader, record.substitutions).overrides;
      expect(declared.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
      const required = declared.filter((override) => !hasDefault(shader, override.name)).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(required));
      for (const name of names) used.add(name);
    }
    expect([...used].sort()).toEqual(overrideNames(shader).sort());
  });

  it('has a writer for each uniform field, at its offset', () => {
    for (const record of distinct(written, shader)) {
      const { uniforms, structs } = reflect(shader, record.substitutions);
      expect(uniforms.map(({ binding, type }) => [binding, type.name])).toEqual([[0, 'Params']]);
      const members = structs.find(({ name }) => name === 'Params')?.members ?? [];
      expect(record.uniforms.map(({ name, type }, i) => [name, type, 4 * i])).toEqual(
        members.map(({ name, type, offset }) => [name, type.name, offset]),
      );
    }
  });
});

const GRAPH_SHADERS = [...new Set(RECORDS.map(({ shader }) => shader))];

describe('bindings', () => {
  it.each(GRAPH_SHADERS)('%s declares what its records bind', (shader) => {
    for (const record of distinct(RECORDS, shader)) {
      const storage = reflect(shader, record.substitutions).storage.toSorted((a, b) => a.binding - b.binding);
      expect(record.bindings.map(({ access }, i) => [i + 1, access === 'read' ? 'read' : 'read_write'])).toEqual(
        storage.map(({ binding, access }) => [binding, access]),
      );
    }
  });
});
