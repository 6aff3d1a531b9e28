import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { checkJson } from '../../src/weights/json.ts';
import { blobSource, bytesSource } from '../../src/weights/random-access.ts';
import { openSafetensors, readSafetensorsHeader } from '../../src/weights/safetensors.ts';
import { safetensorsHeader } from '../../src/weights/safetensors-header.ts';
import { cpuMilliseconds, expectRefusal, succeedsOrRefuses, valuesOf } from './support.ts';

const join = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(parts.flatMap((part) => [...part]));
const open = (bytes: Uint8Array) => openSafetensors(bytesSource('t.safetensors', bytes));

/** A file with this header text and so many data bytes. */
function file(header: string, data = 16, length = header.length): Uint8Array {
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(length), true);
  return join(size, new TextEncoder().encode(header), new Uint8Array(data));
}

const tensor = (dtype: string, shape: unknown, from: unknown, to: unknown): string =>
  JSON.stringify({ dtype, shape, data_offsets: [from, to] });

describe('safetensors', () => {
  test('what the header writer writes, the reader reads', async () => {
    const a = Float32Array.of(1, 2, 3, 4, 5, 6);
    const b = Int8Array.of(-1, 2, 127);
    const header = safetensorsHeader(
      [
        { name: 'a', dtype: 'f32', shape: [2, 3] },
        { name: 'b', dtype: 'i8', shape: [3] },
      ],
      { op: '"x"' },
    );
    expect(header.length % 8).toBe(0);
    const { tensors, metadata } = await open(join(header, new Uint8Array(a.buffer), new Uint8Array(b.buffer)));
    expect(await valuesOf(tensors, 'a')).toEqual([...a]);
    expect(await valuesOf(tensors, 'b')).toEqual([...b]);
    expect([...((await tensors.get('a')?.readRows(1, 2)) ?? [])]).toEqual([4, 5, 6]);
    expect(metadata).toEqual({ op: '"x"' });
  });

  test.each([
    ['a pickle', 0x180],
    ['a zip archive', 0x4b50],
  ])('a header whose length looks like the start of %s', async (_name, length) => {
    const bytes = file(`{"a":${tensor('F32', [4], 0, 16)}}`.padEnd(length));
    const { format, tensors } = await openCheckpoint(bytesSource('t.safetensors', bytes));
    expect(format).toBe('safetensors');
    expect(await valuesOf(tensors, 'a')).toEqual([0, 0, 0, 0]);
  });

  test.each([
    ['a header larger than the file', file('{}', 0, 1000), /header of 1000 bytes, but only 2 follow/],
    ['a header length of 2^63', file('{}', 0, Number.MAX_SAFE_INTEGER), /announces a header/],
    ['a header that is no JSON', file('{"a"', 0), /header is unreadable/],
    ['a header that is a list', file('[]', 0), /no JSON object/],
    ['a key twice', file(`{"a":${tensor('F32', [2], 0, 8)},"a":${tensor('F32', [2], 8, 16)}}`), /appears twice/],
    [
      'a key twice, spelt differently',
      file(`{"a":${tensor('F32', [2], 0, 8)},"\\u0061":${tensor('F32', [2], 8, 16)}}`),
      /appears twice/,
    ],
    ['endless nesting', file(`{"a":${'['.repeat(5000)}`), /nested deeper/],
    [
      'a shape whose product wraps to the right length',
      file(`{"a":${tensor('F32', [2 ** 32, 2 ** 32, 2 ** 2], 0, 16)}}`),
      /needs 295147905179352825856 bytes/,
    ],
    [
      'a product past 2^53 that rounds',
      file(`{"a":${tensor('U8', [9007199254740991, 3], 0, 16)}}`),
      /needs 27021597764222973 bytes/,
    ],
    ['a range past the file', file(`{"a":${tensor('F32', [8], 0, 32)}}`), /lies at 0 to 32 of 16/],
    ['a range that runs backwards', file(`{"a":${tensor('F32', [2], 8, 0)}}`), /lies at 8 to 0/],
    [
      'overlapping tensors',
      file(`{"a":${tensor('F32', [3], 0, 12)},"b":${tensor('F32', [3], 4, 16)}}`),
      /"b" starts at 4, the one before ends at 12/,
    ],
    [
      'a hole',
      file(`{"a":${tensor('F32', [1], 0, 4)},"b":${tensor('F32', [1], 12, 16)}}`),
      /"b" starts at 12, the one before ends at 4/,
    ],
    ['data that no tensor claims', file(`{"a":${tensor('F32', [1], 0, 4)}}`), /tensors end at byte/],
    ['an unknown element type', file(`{"a":${tensor('Q4', [4], 0, 16)}}`), /element type "Q4"/],
    [
      'an element type that every object answers to',
      file(`{"a":${tensor('toString', [4], 0, 16)}}`),
      /element type "toString"/,
    ],
    ['another of those', file(`{"a":${tensor('__proto__', [4], 0, 16)}}`), /element type "__proto__"/],
    ['a fractional dimension', file(`{"a":${tensor('F32', [1.5], 0, 6)}}`), /no valid shape/],
    ['a negative dimension', file(`{"a":${tensor('F32', [-4], 0, 16)}}`), /no valid shape/],
    ['a negative offset', file(`{"a":${tensor('F32', [4], -16, 0)}}`), /no valid data_offsets/],
    ['metadata that is no text', file('{"__metadata__":{"a":1}}', 0), /__metadata__ is not text/],
    ['no header at all', new Uint8Array(4), /has 4 bytes/],
  ])('%s is refused', async (_, bytes, message) => {
    await expectRefusal(open(bytes), message);
  });

  test('tensors may be called like what every object has', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const header = safetensorsHeader(names.map((name) => ({ name, dtype: 'u8' as const, shape: [1] })));
    const { tensors } = await openSafetensors(bytesSource('x.safetensors', join(header, new Uint8Array([1, 2, 3]))));
    expect([...tensors.keys()]).toEqual(names);
  });

  test('a file cut anywhere is refused', async () => {
    const bytes = join(safetensorsHeader([{ name: 'a', dtype: 'f16', shape: [4] }]), new Uint8Array(8));
    for (let length = 0; length < bytes.length; length++) {
      expect(await succeedsOrRefuses(open(bytes.slice(0, length)))).toBe('refused');
    }
  });

  test('any JSON header ends in tensors inside the file or a named error', async () => {
    const number = fc.oneof(fc.nat(20), fc.constantFrom(-1, 2 ** 31, 2 ** 53, 1e300, 0.5));
    const entry = fc.record({
      dtype: fc.constantFrom('F32', 'U8', 'F16', 'X'),
      shape: fc.array(number, { maxLength: 3 }),
      data_offsets: fc.array(number, { maxLength: 3 }),
    });
    const header = fc.dictionary(fc.string({ maxLength: 3 }), fc.oneof(entry, fc.jsonValue()), { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(header, fc.nat(24), async (value, data) => {
        const source = bytesSource(
          't',
          file(JSON.stringify(value), data, new TextEncoder().encode(JSON.stringify(value)).length),
        );
        const result = await succeedsOrRefuses(readSafetensorsHeader(source));
        if (result === 'refused') return;
        for (const { byteOffset, byteLength } of (await readSafetensorsHeader(source)).entries) {
          expect(byteOffset + byteLength).toBeLessThanOrEqual(source.size);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('JSON keys', () => {
  test('valid JSON without repeated keys passes', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => checkJson(JSON.stringify(value))));
  });

  test('the same key in two objects is fine, in one it is not', () => {
    checkJson('{"a":{"a":1},"b":[{"a":1},{"a":2}]}');
    expect(() => checkJson('{"x":[1,{"a":1,"b":"a","a":2}]}')).toThrow(/"a" appears twice/);
  });

  test('quotes without end take linear time', () => {
    const started = cpuMilliseconds();
    checkJson(`"${'\\"'.repeat(2 ** 20)}`);
    checkJson('"'.repeat(2 ** 20));
    expect(cpuMilliseconds() - started).toBeLessThan(5000);
  });
});

test('a chosen file that cannot be read any more is named', async () => {
  const unreadable = { arrayBuffer: () => Promise.reject(new DOMException('changed', 'NotReadableError')) };
  const blob = Object.assign(new Blob(['abc']), { slice: () => unreadable as unknown as Blob });
  await expectRefusal(blobSource(blob, 'model.safetensors').read(0, 3), /^model.safetensors: cannot be read any more/);
});
