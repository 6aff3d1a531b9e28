/** Which rung each kind of HyperStyle layer gets, and how Winograd convolutions are cut: pure, so pinned here without a GPU. */
import { describe, expect, it } from 'vitest';
import { generatorLayers } from '../../src/architecture.ts';
import { paddedColumns } from '../../src/kernels/batched-product.ts';
import {
  type Conv2dShape,
  chooseConv2d,
  chooseProduct,
  chooseUpConv,
  DEFAULT_FACTS,
  supportsConv2d,
} from '../../src/kernels/choose.ts';
import { FREQUENCIES, paddedChannels, planWinograd } from '../../src/kernels/winograd.ts';

const CHANNELS = { 4: 512, 8: 512, 16: 512, 32: 512, 64: 512, 128: 256, 256: 128, 512: 64, 1024: 32 };
const LAYERS = generatorLayers({ size: 1024, channels: CHANNELS });

const shape = (s: Partial<Conv2dShape>): Conv2dShape => ({
  groups: 1,
  inChannels: 64,
  outChannels: 64,
  kernel: 3,
  stride: 1,
  spatial: [32, 32],
  ...s,
});

describe('chooseConv2d', () => {
  it.each([
    ['a generator or trunk 3×3', shape({}), 'winograd'],
    ['a strided 3×3 of a trunk', shape({ stride: 2 }), 'columns'],
    ['the hypernetwork stem', shape({ kernel: 7, stride: 2, inChannels: 6 }), 'columns'],
    ['a strided 1×1 shortcut', shape({ kernel: 1, stride: 2, outChannels: 128 }), 'columns'],
    ['grouped refinement', shape({ groups: 9, stride: 2, inChannels: 432, outChannels: 432 }), 'columns'],
    ['channels that fill no block', shape({ stride: 2, outChannels: 20 }), 'tiled'],
    ['channels that fill no vec4', shape({ stride: 2, outChannels: 10 }), 'direct'],
  ])('%s', (_, layer, variant) => {
    expect(chooseConv2d(layer, DEFAULT_FACTS)).toBe(variant);
  });

  it('takes a forced rung where it is valid, the reference rung elsewhere', () => {
    expect(chooseConv2d(shape({}), { ...DEFAULT_FACTS, forced: 'tiled' })).toBe('tiled');
    expect(chooseConv2d(shape({ stride: 2 }), { ...DEFAULT_FACTS, forced: 'winograd' })).toBe('direct');
    expect(chooseUpConv({ ...DEFAULT_FACTS, forced: 'direct' })).toBe('direct');
  });

  it('keeps gathered columns out of layers whose columns would not fit a binding', () => {
    expect(supportsConv2d('columns', shape({ kernel: 7, spatial: [1024, 1024] }))).toBe(false);
  });

  it('uses workgroup memory on GPUs alone', () => {
    expect(chooseProduct({ ...DEFAULT_FACTS, software: true })).toBe('registers');
    expect(chooseProduct({ ...DEFAULT_FACTS, software: false })).toBe('shared');
  });
});

describe('planWinograd', () => {
  it.each(LAYERS.filter(({ kind }) => kind === 'conv').map((l) => [l.key, l] as const))(
    'cuts %s into strips',
    (_, l) => {
      const { inChannels, outChannels, resolution } = l;
      const plan = planWinograd({
        inChannels,
        outChannels,
        height: resolution,
        width: resolution,
        padding: 1,
        phases: 1,
      });
      expect(plan.tiles).toBe((resolution / 4) ** 2);
      const bytes = 4 * FREQUENCIES * Math.max(inChannels, paddedChannels(outChannels)) * plan.paddedTiles;
      expect(bytes).toBeLessThanOrEqual(64 * 2 ** 20);
      expect(plan.paddedTiles).toBeGreaterThanOrEqual(plan.stripTiles);
    },
  );

  it('does not round few tiles up to a wide block', () => {
    expect([1, 4, 5, 12, 13, 16, 17].map(paddedColumns)).toEqual([4, 4, 8, 12, 16, 16, 32]);
  });
});
