/** Any damage to any format ends in tensors or in a named error, never in another exception, a hang or a huge allocation. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { type ByteSource, bytesSource } from '../../src/weights/random-access.ts';
import { safetensorsHeader } from '../../src/weights/safetensors-header.ts';
import { cpuMilliseconds, fixture, succeedsOrRefuses } from './support.ts';

async function allBytes(source: ByteSource): Promise<Uint8Array> {
  return source.read(0, source.size);
}

const FILES: Record<string, () => Promise<Uint8Array>> = {
  'torch zip': async () => allBytes(await fixture('tensors.pt')),
  'torch legacy': async () => allBytes(await fixture('tensors-legacy.pt')),
  'NVIDIA pickle': async () => allBytes(await fixture('generator.pkl')),
  safetensors: async () =>
    new Uint8Array([
      ...safetensorsHeader([
        { name: 'a', dtype: 'f32', shape: [2, 3] },
        { name: 'b', dtype: 'i64', shape: [2] },
      ]),
      ...new Uint8Array(40),
    ]),
};

/** Reads everything there is; returns the numbers read. */
async function readAll(bytes: Uint8Array): Promise<number> {
  const { tensors } = await openCheckpoint(bytesSource('x', bytes));
  let count = 0;
  for (const tensor of tensors.values()) count += (await tensor.read()).length;
  return count;
}

describe.each(Object.keys(FILES))('%s', (format) => {
  test('changed bytes', async () => {
    const original = (await FILES[format]?.()) ?? new Uint8Array();
    const change = fc.tuple(
      fc.nat(original.length - 1),
      fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = original.slice();
        for (const [at, value] of changes) bytes[at] = value;
        const started = cpuMilliseconds();
        await succeedsOrRefuses(readAll(bytes).then((count) => expect(count).toBeLessThan(2 ** 22)));
        expect(cpuMilliseconds() - started).toBeLessThan(5000);
      }),
      { numRuns: 200 },
    );
  });

  test('a part cut out or doubled', async () => {
    const original = (await FILES[format]?.()) ?? new Uint8Array();
    const span = fc.tuple(fc.nat(original.length), fc.nat(200), fc.boolean());
    await fc.assert(
      fc.asyncProperty(span, async ([at, length, doubled]) => {
        const rest = original.subarray(doubled ? Math.max(0, at - length) : at + length);
        await succeedsOrRefuses(readAll(new Uint8Array([...original.subarray(0, at), ...rest])));
      }),
      { numRuns: 200 },
    );
  });
});

test('random bytes are no checkpoint', async () => {
  const start = fc.constantFrom(
    [0x50, 0x4b, 3, 4],
    [0x80, 2],
    [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19],
    [],
  );
  await fc.assert(
    fc.asyncProperty(start, fc.uint8Array({ maxLength: 200 }), async (head, tail) => {
      expect(await succeedsOrRefuses(readAll(new Uint8Array([...head, ...tail])))).toBe('refused');
    }),
    { numRuns: 500 },
  );
});
