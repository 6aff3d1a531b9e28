/** Cases of the generator's small ops: FIR upsampling, toRGB, weight update, demodulation, styles. */
import { DEFAULT_FACTS, type KernelFacts } from '../../src/kernels/choose.ts';
import { demodulation, demodulationTable } from '../../src/kernels/demodulation.ts';
import {
  demodulationReference,
  styleNormReference,
  stylesReference,
  toRgbReference,
  turnWeightsReference,
  weightUpdateReference,
} from '../../src/kernels/reference/generator.ts';
import { styleNorm, styleTable } from '../../src/kernels/style-norm.ts';
import { styles } from '../../src/kernels/styles.ts';
import { toRgb } from '../../src/kernels/to-rgb.ts';
import { turnWeights } from '../../src/kernels/turn-weights.ts';
import { weightUpdate } from '../../src/kernels/weight-update.ts';
import { tensor } from '../../src/tensor.ts';
import { fromHalf, toHalf } from '../../src/weights/half.ts';
import { dense, type KernelCase, seeded } from './conv-cases.ts';

const CPU: KernelFacts = { ...DEFAULT_FACTS, software: true };

function toRgbCase(
  channels: number,
  height: number,
  width: number,
  withSkip: boolean,
  facts: KernelFacts = DEFAULT_FACTS,
): KernelCase {
  const adapter = facts.software ? ' on a CPU' : '';
  const name = `toRgb ${channels}→3 ${height}×${width}${withSkip ? ' skip' : ''}${adapter}`;
  const [x, w, skip] = [
    [channels, height, width],
    [channels, 1, 1, 3],
    [3, height / 2, width / 2],
  ];
  return {
    name,
    build: (g) => [
      toRgb(g, {
        label: name,
        input: seeded(g, `${name} x`, x),
        weight: seeded(g, `${name} w`, w),
        styles: { tensor: seeded(g, `${name} s`, [channels + 2]), offset: 2 },
        bias: { tensor: seeded(g, `${name} bias`, [4]), offset: 1 },
        skip: withSkip ? seeded(g, `${name} skip`, skip) : undefined,
        facts,
      }),
    ],
    expected() {
      const s = dense(`${name} s`, [channels + 2]).data.slice(2);
      const bias = dense(`${name} bias`, [4]).data.slice(1);
      const below = withSkip ? dense(`${name} skip`, skip) : undefined;
      return [toRgbReference(dense(`${name} x`, x), dense(`${name} w`, w), s, bias, below).data];
    },
  };
}

function weightUpdateCase(channels: readonly [number, number], kernel: number, taps: 0 | 1 | 3): KernelCase {
  const name = `weightUpdate ${channels.join('→')} k${kernel} taps ${taps}`;
  const shape = [channels[0], kernel, kernel, channels[1]];
  const deltaLength = channels[0] * channels[1] * taps ** 2 + 5;
  const scale = 1 / Math.sqrt(channels[0] * kernel ** 2);
  return {
    name,
    build(g) {
      const output = tensor(`${name} updated`, shape);
      const energy = tensor(`${name} energy`, channels);
      const theta = seeded(g, `${name} theta`, shape);
      const delta = taps ? { tensor: seeded(g, `${name} delta`, [deltaLength]), offset: 5 } : undefined;
      weightUpdate(g, {
        label: name,
        theta,
        delta,
        taps: taps || undefined,
        scale,
        output,
        energy: { tensor: energy, offset: 0 },
      });
      return [output, energy];
    },
    expected() {
      const data = dense(`${name} delta`, [deltaLength]).data.slice(5);
      const result = weightUpdateReference(dense(`${name} theta`, shape), scale, taps ? { data, taps } : undefined);
      return [result.updated, result.energy];
    },
  };
}

function demodulationCase(inChannels: number, outChannels: number, facts: KernelFacts = DEFAULT_FACTS): KernelCase {
  const name = `demodulation ${inChannels}→${outChannels}${facts.software ? ' on a CPU' : ''}`;
  const squares = () => {
    const { shape, data } = dense(`${name} energy`, [inChannels, outChannels]);
    return { shape, data: data.map((v) => v * v) };
  };
  return {
    name,
    build(g) {
      const energy = g.input(`${name} energy`, [inChannels, outChannels], squares().data);
      // Two layers in one dispatch: the one under test begins behind another's styles, energies and channels.
      const layers = [
        { style: 0, energy: 0, inChannels: 1, outChannels: 1 },
        { style: 1, energy: 0, inChannels, outChannels },
      ];
      const table = g.input(`${name} table`, [outChannels + 1, 4], demodulationTable(layers));
      return [demodulation(g, { styles: seeded(g, `${name} s`, [inChannels + 1]), energy, table, facts })];
    },
    expected: () => {
      const styles = dense(`${name} s`, [inChannels + 1]).data;
      const energy = squares();
      const first = demodulationReference(styles.slice(0, 1), { shape: [1, 1], data: energy.data.slice(0, 1) });
      return [Float32Array.of(...first, ...demodulationReference(styles.slice(1), energy))];
    },
  };
}

function stylesCase(rows: number, outputs: number, features: number, software = false, moved = false): KernelCase {
  const name = `styles ${rows} rows ${features}→${outputs}${software ? ' alone' : ''}${moved ? ' moved' : ''}`;
  const latentRow = Float32Array.from({ length: outputs }, (_, j) => (rows > 1 ? (j * 7) % rows : j));
  const scale = 1 / Math.sqrt(features);
  const [latents, weight] = [
    [rows, features],
    [outputs, features],
  ];
  return {
    name,
    build: (g) => [
      styles(g, {
        latents: seeded(g, `${name} latents`, latents),
        weight: seeded(g, `${name} weight`, weight),
        bias: seeded(g, `${name} bias`, [outputs]),
        latentRow: g.input(`${name} row`, [outputs], latentRow),
        scale,
        offset: moved ? seeded(g, `${name} offset`, [outputs]) : undefined,
        facts: { ...DEFAULT_FACTS, software },
      }),
    ],
    expected: () => [
      stylesReference(
        dense(`${name} latents`, latents),
        dense(`${name} weight`, weight),
        dense(`${name} bias`, [outputs]).data,
        latentRow,
        scale,
      ).map((style, j) => style + (moved ? (dense(`${name} offset`, [outputs]).data[j] ?? Number.NaN) : 0)),
    ],
  };
}

/** Two checkpoint tensors in one output: one after the other, or joined along their rows. */
function turnWeightsCase(rows: number, length: number, dtype: 'f32' | 'f16', joined: boolean): KernelCase {
  const name = `turnWeights ${rows}×${length} ${dtype}${joined ? ' joined' : ''}`;
  const places = [0, 1].map((part) => ({
    part: `${name} ${part}`,
    first: part * (joined ? rows : rows * length),
    stride: joined ? 2 * rows : undefined,
  }));
  return {
    name,
    build(g) {
      const output = tensor(name, [2 * rows * length]);
      for (const { part, first, stride } of places) {
        const { shape, data } = dense(part, [rows, length]);
        const stored = g.input(part, shape, dtype === 'f16' ? toHalf(data) : data, dtype);
        turnWeights(g, { label: part, stored, output, first, stride });
      }
      return [output];
    },
    expected() {
      const output = new Float32Array(2 * rows * length);
      for (const { part, first, stride } of places) {
        const { shape, data } = dense(part, [rows, length]);
        turnWeightsReference({ shape, data: dtype === 'f16' ? fromHalf(toHalf(data)) : data }, output, first, stride);
      }
      return [output];
    },
  };
}

/** Layers of these lengths, one after another; the last is all zeros. */
function styleNormCase(lengths: readonly number[]): KernelCase {
  const name = `styleNorm ${lengths}`;
  const ranges = lengths.map((length, i) => ({ first: lengths.slice(0, i).reduce((a, b) => a + b, 0), length }));
  const total = lengths.reduce((a, b) => a + b, 0);
  const values = dense(name, [total]).data.map((v, i) => (i < (ranges.at(-1)?.first ?? 0) ? 9 * v : 0));
  return {
    name,
    build(g) {
      const table = g.input(`${name} table`, [lengths.length, 2], styleTable(ranges));
      const output = tensor(`${name} n`, [total]);
      return [styleNorm(g, { styles: g.input(name, [total], values), table, output })];
    },
    expected: () => [styleNormReference(values, ranges)],
  };
}

/** All cases of this file. */
export const GENERATOR_CASES: readonly KernelCase[] = [
  toRgbCase(1, 1, 4, false),
  toRgbCase(13, 6, 12, true),
  toRgbCase(12, 16, 16, true),
  toRgbCase(3, 2, 4, true),
  // many inputs and few pixels: sums that invocations share on a GPU, and that they do not on a CPU
  toRgbCase(37, 6, 12, true),
  toRgbCase(37, 6, 12, true, CPU),
  toRgbCase(7, 5, 8, false),
  weightUpdateCase([1, 1], 3, 3),
  weightUpdateCase([7, 13], 3, 3),
  weightUpdateCase([7, 13], 3, 1),
  weightUpdateCase([18, 3], 1, 1),
  weightUpdateCase([9, 20], 3, 3),
  weightUpdateCase([5, 12], 3, 1),
  weightUpdateCase([3, 4], 3, 0),
  weightUpdateCase([17, 64], 3, 0),
  styleNormCase([1, 3, 2]),
  styleNormCase([64, 65, 513, 63, 5]),
  demodulationCase(1, 1),
  demodulationCase(17, 33),
  demodulationCase(64, 16),
  demodulationCase(64, 16, CPU),
  stylesCase(1, 5, 3),
  stylesCase(3, 29, 37, true),
  stylesCase(6, 37, 33),
  stylesCase(6, 37, 33, false, true),
  turnWeightsCase(1, 1, 'f32', false),
  turnWeightsCase(13, 9, 'f32', true),
  turnWeightsCase(1, 77, 'f16', false),
  turnWeightsCase(7, 11, 'f16', false),
  turnWeightsCase(16, 27, 'f16', true),
];
