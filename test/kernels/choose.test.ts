/** Which rung each kind of HyperStyle layer gets, and how Winograd convolutions are cut: pure, so pinned here without a GPU. */
import { describe, expect, it } from 'vitest';
import { generatorLayers } from '../../src/architecture.ts';
import { paddedColumns, planBatchedProduct } from '../../src/kernels/batched-product.ts';
import {
  chooseConv2d,
  chooseExpand,
  chooseLayerHead,
  chooseParts,
  chooseProduct,
  chooseSharedHead,
  chooseSharers,
  chooseUpConv,
  DEFAULT_FACTS,
  type KernelFacts,
  type MeasuredChoices,
} from '../../src/kernels/choose.ts';
import {
  CONV2D_VARIANTS,
  type Conv2dShape,
  type ProductKernel,
  type Rung,
  supports,
  type UpConvShape,
} from '../../src/kernels/rungs.ts';
import { planUpConv } from '../../src/kernels/upconv.ts';
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

const GPU: KernelFacts = DEFAULT_FACTS;
const CPU: KernelFacts = { ...DEFAULT_FACTS, software: true };
const CPU_SUBGROUPS: KernelFacts = { ...CPU, features: new Set(['subgroups']) };
const MATRIX_UNITS: KernelFacts = { ...GPU, features: new Set(['shader-f16']), matrixUnits: true, precision: 'f16' };
const distrusting = (facts: KernelFacts, ...rungs: Rung[]): KernelFacts => ({ ...facts, distrusted: new Set(rungs) });
const MEASURED_UP: MeasuredChoices = {
  conv2d: () => undefined,
  upConv: () => ({ variant: 'direct', product: 'registers' }),
};
const UP: UpConvShape = { inChannels: 64, outChannels: 32, spatial: [16, 16] };

describe('chooseConv2d', () => {
  it.each([
    ['a generator or trunk 3×3', shape({}), 'fused', 'winograd'],
    ['a generator 3×3 of few pixels', shape({ spatial: [8, 8] }), 'fused', 'columns'],
    ['the next larger one', shape({ spatial: [16, 16] }), 'fused', 'winograd'],
    ['a 3×3 whose rows fill no vec4', shape({ spatial: [18, 18] }), 'fused', 'columns'],
    ['a 3×3 of channels that fill no vec4', shape({ outChannels: 10 }), 'direct', 'direct'],
    ['a strided 3×3 of a trunk', shape({ stride: 2 }), 'implicit', 'columns'],
    ['the hypernetwork stem', shape({ kernel: 7, stride: 2, inChannels: 6 }), 'implicit', 'columns'],
    ['a strided 1×1 shortcut', shape({ kernel: 1, stride: 2, outChannels: 128 }), 'implicit', 'columns'],
    ['grouped refinement', shape({ groups: 9, stride: 2, inChannels: 432, outChannels: 432 }), 'implicit', 'columns'],
    ['channels that fill no block', shape({ stride: 2, outChannels: 20 }), 'implicit', 'tiled'],
    ['channels that fill no vec4', shape({ stride: 2, outChannels: 10 }), 'direct', 'direct'],
  ])('%s', (_, layer, gpu, cpu) => {
    expect(chooseConv2d(layer, GPU).variant).toBe(gpu);
    expect(chooseConv2d(layer, CPU).variant).toBe(cpu);
    // rungs of one dispatch are f32 only: products come first in half precision
    const half = cpu === 'tiled' ? 'implicit' : cpu;
    expect(chooseConv2d(layer, { ...GPU, precision: 'f16' }).variant).toBe(half);
    expect(chooseConv2d(layer, { ...GPU, precision: 'f16-storage' }).variant).toBe(half);
  });

  it('takes a forced rung where it is valid, the reference rung elsewhere', () => {
    expect(chooseConv2d(shape({}), { ...GPU, forced: 'tiled' }).variant).toBe('tiled');
    expect(chooseConv2d(shape({ stride: 2 }), { ...GPU, forced: 'winograd' }).variant).toBe('direct');
  });

  it('keeps gathered columns out of layers whose columns would not fit a binding', () => {
    expect(supports('conv2d', 'columns', shape({ kernel: 7, spatial: [1024, 1024] }))).toBe(false);
  });

  it('takes a measured choice where it is valid, and never for another shape', () => {
    const tuned: MeasuredChoices = {
      conv2d: ({ inChannels, stride }) => {
        if (stride === 2) return { variant: 'winograd', product: 'shared' };
        return inChannels === 64 ? { variant: 'columns', product: 'registers' } : undefined;
      },
      upConv: () => undefined,
    };
    expect(chooseConv2d(shape({}), { ...GPU, tuned })).toEqual({ variant: 'columns', product: 'registers' });
    expect(chooseConv2d(shape({ inChannels: 63 }), { ...GPU, tuned }).variant).toBe('fused');
    expect(chooseConv2d(shape({ stride: 2 }), { ...GPU, tuned }).variant).toBe('implicit');
    expect(chooseConv2d(shape({}), { ...GPU, tuned, forced: 'direct' }).variant).toBe('direct');
    const distrusted = distrusting({ ...GPU, tuned }, 'product/registers', 'conv2d/fused', 'conv2d/implicit');
    expect(chooseConv2d(shape({}), distrusted)).toEqual({ variant: 'winograd', product: 'shared' });
    const stale = {
      ...tuned,
      upConv: () => ({ variant: 'tiled', product: 'registers' }),
    } as unknown as MeasuredChoices;
    expect(chooseUpConv(UP, { ...GPU, tuned: stale }).variant).toBe('fused');
  });
});

describe('chooseProduct', () => {
  it.each([
    ['workgroup memory on a GPU', GPU, 'shared'],
    ['registers on a CPU adapter', CPU, 'registers'],
    ['quads on a CPU adapter with subgroups', CPU_SUBGROUPS, 'quads'],
    ['registers where quads compute wrongly', distrusting(CPU_SUBGROUPS, 'product/quads'), 'registers'],
    ['workgroup memory on a GPU with subgroups', { ...GPU, features: new Set(['subgroups']) }, 'shared'],
    ['registers where workgroup memory computes wrongly', distrusting(GPU, 'product/shared'), 'registers'],
    ['workgroup memory where registers compute wrongly', distrusting(CPU, 'product/registers'), 'shared'],
    ['not quads that nobody computes small products for', distrusting(CPU_SUBGROUPS, 'product/registers'), 'shared'],
    ['matrix units on a GPU in f16', MATRIX_UNITS, 'matrix'],
    ['matrix units for terms in f16-storage too', { ...MATRIX_UNITS, precision: 'f16-storage' }, 'matrix'],
    ['no matrix units in f32', { ...MATRIX_UNITS, precision: 'f32' }, 'shared'],
    ['no matrix units without their fragments', { ...MATRIX_UNITS, matrixUnits: false }, 'shared'],
    ['workgroup memory where matrix units compute wrongly', distrusting(MATRIX_UNITS, 'product/matrix'), 'shared'],
    [
      'not matrix units that nobody computes small products for',
      distrusting(MATRIX_UNITS, 'product/shared'),
      'registers',
    ],
  ] as const)('%s', (_, facts, kernel) => {
    expect(chooseProduct(facts)).toBe(kernel);
    expect(chooseConv2d(shape({}), { ...facts, forced: 'winograd' }).product).toBe(kernel);
    expect(chooseUpConv(UP, { ...facts, forcedUp: 'columns' }).product).toBe(kernel);
  });
});

describe('planBatchedProduct', () => {
  const plan = (kernel: ProductKernel, columns: number, depth = 16) =>
    planBatchedProduct({ kernel, batches: 3, depth, rows: 80, columns });

  it.each([
    ['matrix', 144, 'batched_product_matrix', [3, 2, 3]],
    ['matrix', 12, 'batched_product_shared', [1, 2, 3]],
    ['shared', 144, 'batched_product_shared', [3, 2, 3]],
    ['shared', 12, 'batched_product_shared', [1, 2, 3]],
    ['quads', 144, 'batched_product_quads', [9, 1, 1]],
    ['quads', 12, 'batched_product_narrow', [3, 1, 1]],
    ['registers', 144, 'batched_product', [9, 1, 1]],
    ['registers', 12, 'batched_product_narrow', [3, 1, 1]],
  ] as const)('%s, %i columns: %s', (kernel, columns, shader, grid) => {
    expect(plan(kernel, columns)).toMatchObject({ shader, grid });
  });

  it('leaves what is less than a fragment deep to workgroup memory', () => {
    expect(plan('matrix', 144, 15).shader).toBe('batched_product_shared');
  });
});

describe('chooseSharers', () => {
  it.each([
    ['many where a GPU has few results', 4096, 512, GPU, 16],
    ['one where it has enough', 16384, 512, GPU, 1],
    ['one where sums are short', 16, 31, GPU, 1],
    ['one on a CPU adapter', 16, 512, CPU, 1],
    ['one where shared sums are wrong', 4096, 512, distrusting(GPU, 'sum/shared'), 1],
    ['one where the reference rung is asked for', 4096, 512, { ...GPU, forced: 'direct' as const }, 1],
  ])('%s', (_case, results, terms, facts, sharers) => {
    expect(chooseSharers(results, terms, facts)).toBe(sharers);
  });
});

describe('chooseUpConv', () => {
  it.each([
    ['one dispatch on a GPU', GPU, 'fused'],
    ['one product on a CPU adapter', CPU, 'columns'],
    ['one product in half precision', { ...GPU, precision: 'f16' }, 'columns'],
    ['the reference rung where it is forced', { ...GPU, forced: 'direct' }, 'direct'],
    ['a forced rung of its name', { ...CPU, forced: 'fused' }, 'fused'],
    ['its own forced rung', { ...GPU, forcedUp: 'direct' }, 'direct'],
    ['the next rung where it computes wrongly', distrusting(GPU, 'upConv/fused'), 'columns'],
    ['the one after where that does too', distrusting(GPU, 'upConv/fused', 'upConv/columns'), 'direct'],
    ['the next rung where every product does', distrusting(CPU, 'product/shared', 'product/registers'), 'direct'],
    ['a measured choice', { ...GPU, tuned: MEASURED_UP }, 'direct'],
  ] as const)('%s', (_, facts, variant) => {
    expect(chooseUpConv(UP, facts).variant).toBe(variant);
  });
});

describe('distrusted rungs of convolutions', () => {
  const products: Rung[] = ['product/shared', 'product/registers'];

  it.each<[string, Conv2dShape, Rung[], string]>([
    ['Winograd → columns', shape({}), ['conv2d/winograd'], 'columns'],
    ['Winograd and columns → tiles', shape({}), ['conv2d/winograd', 'conv2d/columns'], 'tiled'],
    ['no product → tiles', shape({}), products, 'tiled'],
    ['no product, no tiles → the plain loop', shape({}), [...products, 'conv2d/tiled'], 'direct'],
    ['others stay', shape({ stride: 2 }), ['conv2d/winograd'], 'columns'],
  ])('%s', (_, layer, rungs, variant) => {
    expect(chooseConv2d(layer, distrusting(CPU, ...rungs)).variant).toBe(variant);
  });

  it.each<[string, Conv2dShape, Rung[], string]>([
    ['one dispatch → gathering', shape({}), ['conv2d/fused'], 'implicit'],
    ['no rung of one dispatch → Winograd in three', shape({}), ['conv2d/fused', 'conv2d/implicit'], 'winograd'],
    ['gathering → columns', shape({ stride: 2 }), ['conv2d/implicit'], 'columns'],
  ])('on a GPU: %s', (_, layer, rungs, variant) => {
    expect(chooseConv2d(layer, distrusting(GPU, ...rungs)).variant).toBe(variant);
  });

  it('says so when nothing is left', () => {
    const all = CONV2D_VARIANTS.map((variant): Rung => `conv2d/${variant}`);
    expect(() => chooseConv2d(shape({}), distrusting(GPU, ...all))).toThrow(/every kernel of conv2d.*driver/);
  });
});

describe('heads', () => {
  it.each([
    ['a GPU', GPU, 'layer_head_shared'],
    ['a CPU adapter', CPU, 'layer_head_direct'],
    ['the reference rung', { ...GPU, forced: 'direct' }, 'layer_head_direct'],
    ['shared rows wrong', distrusting(GPU, 'layerHead/layer_head_shared'), 'layer_head_direct'],
    ['plain rows wrong', distrusting(CPU, 'layerHead/layer_head_direct'), 'layer_head_shared'],
  ] as const)('layer head: %s', (_, facts, variant) => {
    expect(chooseLayerHead(facts)).toBe(variant);
  });

  it.each([
    ['a GPU', { ...GPU, features: new Set(['subgroups']) }, 'shared'],
    ['a CPU adapter', { ...CPU, features: new Set<string>() }, 'registers'],
    [
      'one with subgroups, in half precision too',
      { ...CPU, features: new Set(['subgroups']), precision: 'f16' },
      'quads',
    ],
    ['the reference rung', { ...GPU, forced: 'direct' }, 'registers'],
    ['quads wrong', { ...distrusting(CPU, 'expand/quads'), features: new Set(['subgroups']) }, 'registers'],
  ] as const)("the shared head's first map: %s", (_, facts, variant) => {
    expect(chooseExpand(facts)).toBe(variant);
  });

  const published = { rows: 9 * 512, columns: 512 * 9 };
  const odd = { rows: 5 * 12, columns: 12 * 9 };
  it.each([
    ['published', GPU, published, 'shared_head_operands'],
    ['the small model that ships', CPU, { rows: 5 * 128, columns: 128 * 9 }, 'shared_head_operands'],
    ['rows that fill no block', GPU, odd, 'shared_head_product_direct'],
    ['the reference rung', { ...GPU, forced: 'direct' }, published, 'shared_head_product_direct'],
    ['operands wrong', distrusting(GPU, 'sharedHead/shared_head_operands'), published, 'shared_head_product_direct'],
    [
      'every product wrong',
      distrusting(GPU, 'product/shared', 'product/registers'),
      published,
      'shared_head_product_direct',
    ],
  ] as const)('shared head: %s', (_, facts, sizes, variant) => {
    expect(chooseSharedHead(sizes, facts)).toBe(variant);
  });
});

describe('chooseParts', () => {
  it.each([
    ['a 512→512 layer of 4×4 pixels', 16 * 128, 9 * 512, 36, 16],
    ['a grouped layer of 8×8 pixels', 64 * 64, 9 * 512, 16, 8],
    ['no empty part', 3 * 128, 9 * 388, 36, 20],
    ['less than two parts of chunks', 64, 257, 64, 1],
    ['few terms', 64, 256, 16, 1],
    ['invocations enough', 72 * 64, 9 * 512, 16, 1],
  ])('%s', (_, invocations, terms, chunk, parts) => {
    expect(chooseParts(invocations, terms, chunk, GPU)).toBe(parts);
    expect(chooseParts(invocations, terms, chunk, CPU)).toBe(1);
    const chunks = Math.ceil(terms / chunk);
    expect(Math.ceil(chunks / parts) * (parts - 1)).toBeLessThan(chunks);
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
      });
      expect(plan.tiles).toBe((Math.max(resolution, 16) * resolution) / 16); // whole invocations of four tiles a row
      const bytes = 4 * FREQUENCIES * Math.max(inChannels, paddedChannels(outChannels)) * plan.paddedTiles;
      expect(bytes).toBeLessThanOrEqual(64 * 2 ** 20);
      expect(plan.paddedTiles).toBeGreaterThanOrEqual(plan.stripTiles);
    },
  );

  it('does not round few tiles up to a wide block', () => {
    expect([1, 4, 5, 12, 13, 16, 17].map(paddedColumns)).toEqual([4, 4, 8, 12, 16, 16, 32]);
  });
});

describe('planUpConv', () => {
  const ups = LAYERS.filter(({ kind }) => kind === 'up').map((l) => [l.key, l] as const);

  it.each(ups)('cuts %s into strips that fit, each with its neighbours', (_, l) => {
    const [height, width] = [l.resolution / 2, l.resolution / 2];
    const strips = planUpConv({ ...l, height, width });
    expect(strips.reduce((sum, { rows }) => sum + rows, 0)).toBe(height);
    let next = 0;
    for (const { top, rows, first, count } of strips) {
      expect(top).toBe(next);
      expect(top % 2).toBe(0);
      expect(first).toBe(Math.max(0, top - 1));
      expect(first + count).toBe(Math.min(height, top + rows + 1));
      expect(4 * width * count * Math.max(l.inChannels, 9 * l.outChannels)).toBeLessThanOrEqual(64 * 2 ** 20);
      next = top + rows;
    }
  });
});
