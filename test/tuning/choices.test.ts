/** What the micro-tuner decides, without a GPU: which shapes come first, which candidate wins, what a cache gives back. */
import { describe, expect, it } from 'vitest';
import { candidates, DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import type { Conv2dShape } from '../../src/kernels/rungs.ts';
import { type ChoiceStore, choiceKey, readChoices, writeChoices } from '../../src/tuning/choice-store.ts';
import {
  type AnyChoice,
  ChoiceTable,
  fastest,
  parseChoices,
  ShapeCollector,
  taskKey,
} from '../../src/tuning/choices.ts';

const SHAPE: Conv2dShape = { groups: 1, inChannels: 64, outChannels: 64, kernel: 3, stride: 1, spatial: [32, 32] };
const WINOGRAD: AnyChoice = { variant: 'winograd', product: 'shared' };
const COLUMNS: AnyChoice = { variant: 'columns', product: 'registers' };

describe('candidates', () => {
  it('use subgroups only where the device has them', () => {
    const products = (features: string[]) =>
      new Set(candidates('conv2d', SHAPE, { ...DEFAULT_FACTS, features: new Set(features) }).map((c) => c.product));
    expect(products([])).toEqual(new Set(['registers', 'shared']));
    expect(products(['subgroups'])).toEqual(new Set(['registers', 'shared', 'quads']));
  });

  it('are every valid variant with every product kernel it can use', () => {
    const names = candidates('conv2d', SHAPE, DEFAULT_FACTS).map((c) => `${c.variant} ${c.product}`);
    expect(names.sort()).toEqual([
      'columns registers',
      'columns shared',
      'direct registers',
      'fused registers',
      'implicit registers',
      'tiled registers',
      'winograd registers',
      'winograd shared',
    ]);
    expect(candidates('conv2d', { ...SHAPE, stride: 2 }, DEFAULT_FACTS).map((c) => c.variant)).not.toContain(
      'winograd',
    );
  });

  it('leave out what computes wrongly', () => {
    const facts = { ...DEFAULT_FACTS, distrusted: new Set(['product/shared', 'conv2d/tiled'] as const) };
    const names = candidates('conv2d', SHAPE, facts).map((c) => `${c.variant} ${c.product}`);
    const oneDispatch = ['direct registers', 'fused registers', 'implicit registers'];
    expect(names.sort()).toEqual(['columns registers', ...oneDispatch, 'winograd registers']);
    expect(candidates('upConv', { ...SHAPE, outChannels: 32 }, facts)).toEqual([
      { variant: 'fused', product: 'registers' },
      { variant: 'columns', product: 'registers' },
      { variant: 'direct', product: 'registers' },
    ]);
    const onCpu = candidates('upConv', { ...SHAPE, outChannels: 32 }, { ...facts, software: true });
    expect(onCpu.map((c) => c.variant)).toEqual(['columns', 'direct']); // no barriers on CPU adapters
    expect(candidates('upConv', { ...SHAPE, outChannels: 33 }, facts).map((c) => c.variant)).toEqual(['direct']);
  });
});

describe('fastest', () => {
  it.each([
    ['what is clearly faster', 1, 0.5, COLUMNS],
    ['the rule where the other is slower', 1, 2, WINOGRAD],
    ['the rule where the gain is noise', 1, 0.97, WINOGRAD],
  ])('takes %s', (_, usual, other, choice) => {
    const measured = [
      { choice: WINOGRAD, seconds: usual },
      { choice: COLUMNS, seconds: other },
    ];
    expect(fastest(measured, WINOGRAD)).toBe(choice);
  });

  it('takes the rule where time ran out', () => {
    expect(fastest([{ choice: WINOGRAD, seconds: 1 }], WINOGRAD)).toBe(WINOGRAD);
  });
});

it('shapes are met once, those that cost most in all their uses first', () => {
  const shapes = new ShapeCollector();
  const small: Conv2dShape = { ...SHAPE, spatial: [16, 16] };
  shapes.upConv({ inChannels: 8, outChannels: 8, spatial: [4, 4] });
  for (let i = 0; i < 3; i++) shapes.conv2d(small);
  shapes.conv2d(SHAPE);
  const large = { ...SHAPE, stride: 2 };
  for (let i = 0; i < 2; i++) shapes.conv2d(large);
  expect(shapes.tasks().map(taskKey)).toEqual([
    taskKey({ family: 'conv2d', shape: large }),
    taskKey({ family: 'conv2d', shape: SHAPE }),
    taskKey({ family: 'conv2d', shape: small }),
    'upConv 8→8 4×4',
  ]);
});

describe('kept choices', () => {
  const table = new ChoiceTable(new Map([[taskKey({ family: 'conv2d', shape: SHAPE }), COLUMNS]]));

  function memory(): ChoiceStore & { readonly kept: Map<string, Uint8Array> } {
    const kept = new Map<string, Uint8Array>();
    return {
      kept,
      get: async (name) => kept.get(name) ?? null,
      put: async (name, bytes) => void kept.set(name, bytes),
    };
  }

  it('come back as they were', async () => {
    const store = memory();
    await writeChoices(store, 'key', table);
    const back = await readChoices(store, 'key');
    expect(back?.choices).toEqual(table.choices);
    expect(back?.conv2d(SHAPE)).toEqual(COLUMNS);
    expect(back?.conv2d({ ...SHAPE, groups: 2 })).toBeUndefined();
    expect(await readChoices(store, 'another')).toBeUndefined();
  });

  it('are forgotten when they cannot be read, and a full disk is no error', async () => {
    for (const text of ['', 'null', '{"a": 1}', '[["x", 3]]', '[1]']) expect(parseChoices(text)).toBeUndefined();
    const broken: ChoiceStore = {
      get: () => Promise.reject(new Error('closed')),
      put: () => Promise.reject(new Error('full')),
    };
    await writeChoices(broken, 'key', table);
    expect(await readChoices(broken, 'key')).toBeUndefined();
  });

  const SHAPE_KEY = taskKey({ family: 'conv2d', shape: SHAPE });

  it.each([
    ['a rung that was renamed', [SHAPE_KEY, { variant: 'winograd_old', product: 'shared' }]],
    ['a product that was renamed', [SHAPE_KEY, { variant: 'winograd', product: 'wide' }]],
    ["another family's rung", ['upConv 8→8 4×4', { variant: 'winograd', product: 'shared' }]],
    ['a family that is no more', ['conv3d 8→8 4×4', { variant: 'direct', product: 'registers' }]],
    ['a name every object has', ['constructor 8→8 4×4', { variant: 'toString', product: 'valueOf' }]],
  ])('are measured again when they name %s', async (_, row) => {
    const store = memory();
    store.kept.set('key', new TextEncoder().encode(JSON.stringify([[SHAPE_KEY, COLUMNS], row])));
    expect(await readChoices(store, 'key')).toBeUndefined();
    await writeChoices(store, 'key', table);
    expect((await readChoices(store, 'key'))?.choices).toEqual(table.choices);
  });

  it('of a store that throws or gives rubbish are measured again', async () => {
    const bytes = 'text' as unknown as Uint8Array;
    const rude: ChoiceStore = {
      get: () => {
        throw new Error('closed');
      },
      put: () => {
        throw new Error('closed');
      },
    };
    await writeChoices(rude, 'key', table);
    expect(await readChoices(rude, 'key')).toBeUndefined();
    expect(await readChoices({ ...memory(), get: async () => bytes }, 'key')).toBeUndefined();
  });

  it('belong to one adapter, its features and one model', async () => {
    const key = await choiceKey('some gpu', DEFAULT_FACTS, 'model');
    expect(key).toMatch(/^[\w-]+$/); // a file name everywhere
    expect(await choiceKey('some gpu', DEFAULT_FACTS, 'model')).toBe(key);
    expect(await choiceKey('other gpu', DEFAULT_FACTS, 'model')).not.toBe(key);
    expect(await choiceKey('some gpu', { ...DEFAULT_FACTS, features: new Set(['subgroups']) }, 'model')).not.toBe(key);
    expect(await choiceKey('some gpu', DEFAULT_FACTS, 'other')).not.toBe(key);
    expect(await choiceKey('some gpu', { ...DEFAULT_FACTS, precision: 'f16' }, 'model')).not.toBe(key);
  });
});
