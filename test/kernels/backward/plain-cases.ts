/** What `GRADIENT_CASES` compute, as plain loops in double precision by the cases' names; gradients follow by differences. */

import { at } from '../../../src/kernels/reference/at.ts';
import { gradientLossReference } from '../../../src/kernels/reference/losses.ts';
import { msSsim, type PlanarPicture } from '../../../src/metrics/ms-ssim.ts';
import { type Around, conv, filtered, type Numbers, range, total, upConvolution } from './plain-convolutions.ts';
import * as ops from './plain-ops.ts';

/** The value of a case's input by its name. */
export type Values = (name: string) => Numbers;

const part = (values: Numbers, first: number, count: number): number[] =>
  range(count).map((i) => at(values, first + i));
const SAME = { groups: 1, kernel: 3, stride: 1, padding: 1 } as const;

function modulated(v: Values): number[][] {
  const tuned = range(5 * 9 * 7).map((index) => {
    const [i, tap, o] = [Math.floor(index / 63), Math.floor(index / 7) % 9, index % 7];
    return at(v('theta'), index) * (1 + at(v('delta'), (o * 5 + i) * 9 + tap)) * 0.2;
  });
  const style = range(5).map((s) => {
    const row = at(v('rows'), s) * 6;
    return 0.4 * total(range(6).map((f) => at(v('affine'), s * 6 + f) * at(v('latents'), row + f))) + at(v('bias'), s);
  });
  const factors = range(7).map((o) => {
    const energy = range(5 * 9).map((k) => (at(tuned, k * 7 + o) * at(style, Math.floor(k / 9))) ** 2);
    return 1 / Math.sqrt(total(energy) + 1e-8);
  });
  return [factors, tuned];
}

function pools(v: Values): number[][] {
  const [x, size] = [v('x'), [3, 9, 7] as const];
  const bin = (i: number, from: number, to: number) => [Math.floor((i * from) / to), Math.ceil(((i + 1) * from) / to)];
  const mean = (values: readonly number[]): number => total(values) / values.length;
  const adaptive = ops.windows(
    x,
    size,
    [2, 5],
    (row, column) => {
      const [[top = 0, bottom = 0], [left = 0, right = 0]] = [bin(row + 1, 9, 4), bin(column, 7, 5)];
      return [top, bottom, left, right];
    },
    mean,
  );
  const largest = ops.windows(
    x,
    size,
    [5, 4],
    (row, column) => [2 * row - 1, 2 * row + 2, 2 * column - 1, 2 * column + 2],
    (values) => Math.max(...values),
  );
  const nearest = ops.windows(
    x,
    size,
    [5, 11],
    (row, column) => {
      const [y, q] = [Math.floor((row * 9) / 5), Math.floor((column * 7) / 11)];
      return [y, y + 1, q, q + 1];
    },
    ([value = Number.NaN]) => value,
  );
  const cropped = range(4 * 8 * 5).map((index) => {
    const [c, row, column] = [Math.floor(index / 40), (Math.floor(index / 5) % 8) - 2, (index % 5) + 3];
    return c < 3 && row >= 0 && column < 7 ? at(x, (c * 9 + row) * 7 + column) : 0;
  });
  const blurred = filtered(x, size, { up: 2, pad: 2, gain: 4, size: [18, 14] });
  return [largest, adaptive, ops.means(x, 3), nearest, blurred, cropped];
}

/** Both pictures of a case, in [0, 1] with a shift of a half. */
function pictures(v: Values, shift: 0 | 0.5): [PlanarPicture, PlanarPicture] {
  const target = Float64Array.from(v('target'));
  const x = target.map((value, i) => value + at(v('detail'), i));
  const read = (values: Float64Array): PlanarPicture => {
    return { data: values.map((value) => value * (1 - shift) + shift), width: 22, height: 23 };
  };
  return [read(x), read(target)];
}

function sumAndProduct(v: Values): number[][] {
  const added = Array.from(v('x'), (value) => value + Math.max(0, value));
  return [ops.rowsTimes(added, v('right'), [3, 20, 6], v('bias'))];
}

/** Results of a case from its inputs. */
export const PLAIN: Readonly<Record<string, (v: Values) => number[][]>> = {
  'conv2d 3×3 with all operands': (v) => [
    conv(
      v('x'),
      v('weight'),
      { ...SAME, groupIn: 5, groupOut: 6, size: [7, 5] },
      {
        inScale: part(v('scale and shift'), 0, 5),
        inShift: part(v('scale and shift'), 5, 5),
        outScale: v('out scale'),
        bias: v('bias'),
        noise: v('noise'),
        residual: v('residual'),
        slope: 0.2,
        gain: Math.SQRT2,
      },
    ),
  ],
  'conv2d 3×3 in whole tiles': (v) => [
    conv(
      v('x'),
      v('weight'),
      { ...SAME, groupIn: 5, groupOut: 12, size: [6, 8] },
      { inScale: v('in scale'), outScale: v('out scale'), slope: 0.2 },
    ),
  ],
  'conv2d 3×3 between channels in fours': (v) => [
    conv(v('x'), v('w'), { ...SAME, groupIn: 8, groupOut: 4, size: [3, 5] }, {}),
  ],
  'grouped conv2d, stride 2, PReLU': (v) => [
    conv(
      v('x'),
      v('weight'),
      { groups: 2, groupIn: 3, groupOut: 2, size: [7, 5], kernel: 3, stride: 2, padding: 1 },
      { slope: v('slopes') },
    ),
  ],
  upConv: (v) => [
    upConvolution(v('x'), v('weight'), [5, 6, 3, 5], {
      inScale: v('in scale'),
      outScale: v('out scale'),
      bias: v('bias'),
      noise: Array.from(v('map'), (value) => value * at(v('strength'), 0)),
    }),
  ],
  toRgb: (v) => {
    const colours = { groups: 1, groupIn: 5, groupOut: 3, size: [6, 8], kernel: 1, stride: 1, padding: 0 } as const;
    const residual = filtered(v('skip'), [3, 3, 4], { up: 2, pad: 2, gain: 4, size: [6, 8] });
    return [conv(v('x'), v('weight'), colours, { inScale: v('styles'), bias: v('bias'), residual })];
  },
  'toRgb twice of a picture that is a result, too': (v) => {
    const colours = { groups: 1, groupIn: 2, groupOut: 3, size: [3, 4], kernel: 1, stride: 1, padding: 0 } as const;
    const rgb = (n: number): number[] =>
      conv(v('x'), v(`weight ${n}`), colours, { inScale: v(`styles ${n}`), bias: v(`bias ${n}`) });
    return [rgb(1), rgb(2), Array.from(v('x'))];
  },
  'a layer that is read by two scaled ones and toRgb': (v) => {
    const layer = (name: string, x: Numbers, groupIn: number, around: Pick<Around, 'noise' | 'slope'>): number[] =>
      conv(
        x,
        v(`${name} weight`),
        { ...SAME, groupIn, groupOut: 6, size: [3, 4] },
        { inScale: v(`${name} in`), bias: v(`${name} bias`), ...around },
      );
    const y = layer('first', v('x'), 2, { noise: v('noise'), slope: 0.2 });
    const colours = { groups: 1, groupIn: 6, groupOut: 3, size: [3, 4], kernel: 1, stride: 1, padding: 0 } as const;
    const rgb = conv(y, v('colours'), colours, { inScale: v('styles'), bias: v('rgb bias') });
    return [layer('second', y, 6, {}), rgb, layer('third', y, 6, {})];
  },
  'styles, weight update and demodulation': modulated,
  'pixel norm and linear': (v) => {
    const sums = ops.rowsTimes(ops.pixelNormed(v('z'), 3, 9), v('weight'), [3, 9, 7], v('bias'));
    return [sums.map((value) => (value > 0 ? value : 0.2 * value))];
  },
  BatchNorm: (v) => [...ops.batchNormed([v('a'), v('b')], 4, v('weight'), v('bias')), ops.batchNormedBy(v('c'), v, 4)],
  'squeeze and excitation': (v) => [ops.squeezed(v, [6, 3, 4], 2)],
  'pools and resizing': pools,
  losses: (v) => {
    const [x, target] = [v('x'), v('target')];
    const squares = Array.from(x, (value, i) => (value - at(target, i)) ** 2);
    return [
      [total(squares) / squares.length],
      [gradientLossReference(x, target, [3, 3, 67])],
      [ops.tapDistance(x, target, v('weights'))],
      [ops.selfLikeness(v('map'), 9, 6)],
    ];
  },
  'angle of descriptors': (v) => {
    const length = Math.sqrt(total(Array.from(v('x'), (value) => value ** 2)) / v('x').length);
    const squares = Array.from(v('x'), (value, i) => (value / length - at(v('target'), i)) ** 2);
    return [[total(squares) / squares.length / 2]];
  },
  'MS-SSIM, standard': (v) => [[1 - msSsim(...pictures(v, 0.5), 'standard')]],
  'MS-SSIM, authors': (v) => [[1 - msSsim(...pictures(v, 0), 'authors')]],
  'activation, sum and product': sumAndProduct,
};

/** Step of a difference: rounding of doubles and curvature are both about 1e-9 of the result there. */
const STEP = 1e-5;

/** The gradient of `Σ cotangents · results` to an input, by central differences. */
export function differences(
  plain: (v: Values) => number[][],
  values: ReadonlyMap<string, Numbers>,
  name: string,
  cotangents: readonly Numbers[],
): number[] {
  const start = Float64Array.from(values.get(name) ?? []);
  const read: Values = (key) => (key === name ? start : (values.get(key) ?? []));
  const loss = (): number =>
    total(plain(read).map((result, r) => total(result.map((value, i) => value * at(cotangents[r] ?? [], i)))));
  return range(start.length).map((i) => {
    const before = at(start, i);
    start[i] = before + STEP;
    const above = loss();
    start[i] = before - STEP;
    const below = loss();
    start[i] = before;
    return (above - below) / (2 * STEP);
  });
}
