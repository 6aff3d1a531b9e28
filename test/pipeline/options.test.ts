/** Wrong arguments are `option` errors that say what was expected, before anything is fetched, opened or computed. */
import { describe, expect, it } from 'vitest';
import { type Edits, editVectors, firstChangedRow } from '../../src/api/edits.ts';
import { identityBytes } from '../../src/api/given-person.ts';
import type { Direction } from '../../src/editing/direction.ts';
import { HyperStyle, type LoadOptions, type ModelSource } from '../../src/index.ts';
import { openDevice } from '../../src/runtime/device.ts';

describe('options of a load', () => {
  it.each<[string, unknown, RegExp]>([
    ['precision of other libraries', { precision: 'fp32' }, /precision is "fp32", expected f32, f16-storage, f16$/],
    ['precision in capitals', { precision: 'F16' }, /precision is "F16"/],
    ['precision as a number', { precision: 16 }, /precision is 16/],
    ['no precision', { precision: null }, /precision is null/],
    ['an unknown rung', { kernels: 'nope' }, /kernels is "nope", expected direct, tiled, columns/],
    ['a word every object has', { kernels: 'constructor' }, /kernels is "constructor"/],
    ['a word for a switch', { cache: 'no' }, /cache is "no", expected true or false/],
    [
      'a controller for its signal',
      { signal: new AbortController() },
      /AbortController, expected an AbortSignal: pass its/,
    ],
    ['a value for a callback', { onProgress: true }, /onProgress is true, expected a function/],
    ['no options', null, /options of load are null, expected an object/],
    ['a word for options', 'f16', /options of load are "f16"/],
  ])('refuse %s', async (_what, options, message) => {
    const loading = HyperStyle.load('http://127.0.0.1:9/none/', options as LoadOptions);
    await expect(loading).rejects.toMatchObject({ name: 'HyperStyleError', code: 'option', message });
  });

  it.each<[unknown, RegExp]>([
    [undefined, /the model is undefined, expected its address or the files/],
    [null, /the model is null/],
    [[], /a list without files/],
    [{ url: 'x' }, /the model is Object/],
  ])('refuse %s for a model', async (source, message) => {
    const refused = { code: 'option', message };
    await expect(HyperStyle.load(source as ModelSource)).rejects.toMatchObject(refused);
    await expect(HyperStyle.preflight(source as ModelSource)).rejects.toMatchObject(refused);
  });

  it('are checked for a preflight and a device alike', async () => {
    const options = { precision: 'half' } as unknown as LoadOptions;
    const refused = { code: 'option', message: /precision is "half"/ };
    await expect(HyperStyle.preflight('http://127.0.0.1:9/none/', options)).rejects.toMatchObject(refused);
    await expect(openDevice(options)).rejects.toMatchObject(refused);
  });
});

describe('editVectors', () => {
  const along = (name: string, ...values: number[]): [string, Direction] => [
    name,
    { kind: 'latent', name, vectors: 1, values: Float32Array.from(values) },
  ];
  const directions = new Map([along('smile', 1, 10), along('yaw', -1, 0.5)]);
  const space = { latentCount: 10, styleDim: 2, layers: [], styleCount: 0 };
  const check = (edits: unknown) => editVectors(space, directions, edits as Edits).offset;
  const row = (offset: Float32Array, index: number) => [...offset.subarray(2 * index, 2 * index + 2)];

  it('adds directions up, each on its layers', () => {
    expect(check({})).toEqual(new Float32Array(20));
    const both = check({ yaw: -2, smile: { amount: 3, layers: [3, 5] } });
    expect([row(both, 2), row(both, 3), row(both, 4), row(both, 5)]).toEqual([
      [2, -1],
      [5, 29],
      [5, 29],
      [2, -1],
    ]);
    expect(check({ smile: { amount: 1 } })).toEqual(check({ smile: 1 }));
  });

  it('tells the first latent row that has moved', () => {
    const late = check({ yaw: { amount: 1, layers: [7, 9] } });
    expect(firstChangedRow(late, check({}), 2)).toBe(7);
    expect(firstChangedRow(late, late.slice(), 2)).toBe(10);
    expect(firstChangedRow(late, undefined, 2)).toBe(0);
  });

  it.each<[unknown, RegExp]>([
    [null, /options of edit are null/],
    [3, /options of edit are 3/],
    [['smile'], /options of edit are Array/],
    [{ smile: undefined }, /"smile": the amount is undefined, expected a number/],
    [{ smile: null }, /"smile": the amount is null/],
    [{ smile: '1' }, /"smile": the amount is "1"/],
    [{ smile: true }, /"smile": the amount is true/],
    [{ smile: Number.POSITIVE_INFINITY }, /"smile": the amount is Infinity/],
    [{ smile: {} }, /"smile": the amount is undefined/],
    [{ smile: { amount: 1, layers: '0-3' } }, /"smile": layers are "0-3"/],
    [{ smile: { amount: 1, layers: [2] } }, /"smile": layers are 2 to NaN/],
    [{ smile: { amount: 1, layers: [5, 5] } }, /layers are 5 to 5, expected whole numbers with 0 ≤ from < to ≤ 10/],
    [{ smile: { amount: 1, layers: [0, 11] } }, /layers are 0 to 11/],
    [{ toString: 1 }, /edit "toString": this model has smile, yaw/],
  ])('refuses %o', (edits, message) => {
    expect(() => check(edits)).toThrow(
      expect.objectContaining({ code: 'option', message: expect.stringMatching(message) }),
    );
  });
});

describe('identityBytes', () => {
  it('copies bytes and buffers', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const copies = [identityBytes(bytes), identityBytes(bytes.buffer.slice(0)), identityBytes(bytes.subarray(0))];
    bytes.fill(0);
    for (const copy of copies) expect([...copy]).toEqual([1, 2, 3]);
  });

  it.each([null, undefined, 'me.identity', new Blob(['x']), [1, 2], new Float32Array(4)])('refuses %o', (identity) => {
    expect(() => identityBytes(identity)).toThrow(/the identity is .*, expected the Uint8Array that identity\(\) gave/);
  });
});
