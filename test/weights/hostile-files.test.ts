/** Small files that were made to take long: each ends within seconds, in tensors or in a named error. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { planKeys } from '../../src/weights/checkpoint-keys.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { safetensorsHeader } from '../../src/weights/safetensors-header.ts';
import { cpuMilliseconds, expectRefusal, latin1, succeedsOrRefuses, zipBytes } from './support.ts';

/** BININT of a whole number. */
const int = (n: number): string => `J${String.fromCharCode(n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >> 24) & 255)}`;
/** LONG_BINPUT and LONG_BINGET. */
const memo = (opcode: 'r' | 'j', n: number): string => `${opcode}${int(n).slice(1)}`;
const text = (value: string): string => `X${int(value.length).slice(1)}${value}`;
const times = (count: number, part: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => part(i)).join('');
const STORAGE = '(U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x04tQ';

/** Programs whose last value is the root of a torch file. */
const PROGRAMS: Record<string, () => string> = {
  'a dict that is copied again and again': () =>
    `}(${times(40_000, (i) => `${int(i)}N`)}u${memo('r', 1)}0](${times(40_000, () => `ccollections\nOrderedDict\n${memo('j', 1)}\x85R`)}e`,
  'a list that becomes a set again and again': () =>
    `](${times(40_000, () => 'N')}e${memo('r', 1)}0](${times(40_000, () => `c__builtin__\nset\n${memo('j', 1)}\x85R`)}e`,
  'globals with names of a megabyte': () =>
    `${text('m'.repeat(2 ** 20))}${memo('r', 1)}0(${times(20_000, () => `${memo('j', 1)}${text('n')}\x93`)}t`,
  'modules that hold the one before a thousand times': () =>
    times(
      9,
      (depth) =>
        `cnet\nNet\n)\x81}(${text('_parameters')}}${text('_modules')}}(${times(depth ? 1000 : 0, (i) => `${int(i)}${memo('j', depth)}`)}uub${memo('r', depth + 1)}`,
    ),
  'an average of many tensors': () =>
    `}${text('latent_avg')}](${times(20_000, () => `ctorch._utils\n_rebuild_tensor_v2\n(${STORAGE}K\x00K\x04\x85K\x01\x85tR`)}es`,
  'a dict inside a dict inside a dict': () => `${times(20_000, () => `}K\x01`)}N${times(20_000, () => 's')}`,
};

describe('a torch file with', () => {
  test.each(Object.entries(PROGRAMS))('%s', async (_, program) => {
    const bytes = await zipBytes(async (zip) => {
      await zip.add('a/data.pkl', [latin1(`\x80\x02${program()}.`)]);
      await zip.add('a/data/0', [new Uint8Array(16)]);
    });
    const started = cpuMilliseconds();
    await succeedsOrRefuses(openCheckpoint(bytesSource('x.pt', bytes)));
    expect(cpuMilliseconds() - started).toBeLessThan(5000);
  });
});

test('safetensors with an average of thousands of rows', async () => {
  const names = Array.from({ length: 20_000 }, (_, i) => ({
    name: `latent_avg.${i}`,
    dtype: 'u8' as const,
    shape: [0],
  }));
  const started = cpuMilliseconds();
  await expectRefusal(
    openCheckpoint(bytesSource('x.safetensors', safetensorsHeader(names))),
    /latent_avg is a list of 20000 tensors/,
  );
  expect(cpuMilliseconds() - started).toBeLessThan(5000);
});

test('any names give a plan in which every path has one place', () => {
  const word = fc.constantFrom(
    'module',
    'state_dict',
    'g_ema',
    'hypernet',
    'decoder',
    'encoder',
    'latent_avg',
    '0',
    'conv1',
    'conv',
    'weight',
    'input',
    'synthesis',
    'b4',
    'const',
    'w_avg',
    '',
    '__proto__',
    'x',
  );
  const path = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join('.'));
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 30 }), (paths) => {
      const { taken, averages, leftOut } = planKeys(paths);
      const places = [...taken.values(), ...averages];
      expect(new Set(places).size).toBe(places.length);
      for (const place of places) expect(leftOut).not.toContain(place);
      expect([...places, ...leftOut].every((place) => paths.includes(place))).toBe(true);
    }),
    { numRuns: 500 },
  );
});
