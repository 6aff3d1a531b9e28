/**
 * Ops of the generator, the hypernetwork and the losses with their way back, at sizes of the shipped model: what `suites/backward.ts` times
 * kernel by kernel. `test/kernels/gradient-cases.ts` has the same ops at odd sizes.
 */
import type { Tape } from '../../src/gradients/tape.ts';
import { batchNormFold, batchNormTrain, normalise } from '../../src/kernels/batch-norm.ts';
import type { KernelFacts } from '../../src/kernels/choose.ts';
import { conv2d, passingConvWeight } from '../../src/kernels/conv2d.ts';
import { demodulation, demodulationTable } from '../../src/kernels/demodulation.ts';
import type { ConvOperands } from '../../src/kernels/epilogue.ts';
import { linear } from '../../src/kernels/linear.ts';
import { gradientLoss, lpipsTap, noiseLoss, squaredLoss } from '../../src/kernels/losses.ts';
import { maxPool } from '../../src/kernels/max-pool.ts';
import { nearestResize } from '../../src/kernels/nearest-resize.ts';
import { scaleMap } from '../../src/kernels/noise-map.ts';
import { pixelNorm } from '../../src/kernels/pixel-norm.ts';
import { adaptivePool } from '../../src/kernels/pools.ts';
import { sum } from '../../src/kernels/product.ts';
import { squeezeExcite } from '../../src/kernels/se-block.ts';
import { styles } from '../../src/kernels/styles.ts';
import { toRgb } from '../../src/kernels/to-rgb.ts';
import { upConv, upConvWeight } from '../../src/kernels/upconv.ts';
import { weightUpdate } from '../../src/kernels/weight-update.ts';
import { slice } from '../../src/models/conv-weights.ts';
import { msSsim } from '../../src/models/ms-ssim.ts';
import { type Shape, type Tensor, tensor } from '../../src/tensor.ts';
import { randomValues } from './random.ts';

/** Makes an input of a case. `values`: random when absent; given ones are constants, to which nothing leads back. */
export type MakeInput = (name: string, shape: Shape, values?: ArrayLike<number>) => Tensor;

/** One case: results of ops on a tape. */
export interface BackwardCase {
  readonly name: string;
  /** How far differences go, where the usual step crosses too many kinks. */
  readonly step?: number;
  build(g: Tape, input: MakeInput, facts: KernelFacts): readonly Tensor[];
}

const LEAKY = { kind: 'leaky', gain: Math.SQRT2 } as const;
const ones = (length: number): Float32Array => new Float32Array(length).fill(1);
/** Which of `rows` latent rows each of `count` outputs reads: ascending, equally many each. */
const rowsOf = (count: number, rows: number): Float32Array =>
  Float32Array.from({ length: count }, (_, j) => Math.floor((j * rows) / count));

/** Everything around a convolution's sum in the generator. */
function around(g: Tape, input: MakeInput, [ins, outs, side]: readonly [number, number, number]): ConvOperands {
  const noise = scaleMap(g, { label: 'noise', map: input('map', [side, side]), strength: input('strength', [1]) });
  return {
    inScale: slice(input('styles', [ins])),
    outScale: slice(input('demodulation', [outs])),
    bias: slice(input('bias', [outs])),
    noise,
    activation: LEAKY,
  };
}

/** Every differentiable op where it is largest in the shipped model. */
export const BACKWARD_CASES: readonly BackwardCase[] = [
  {
    name: '3×3 32→32 128×128, read by two layers',
    build(g, input, facts) {
      const filter = passingConvWeight(g, {
        label: 'conv',
        weight: input('filter', [1, 32, 3, 3, 32]),
        spatial: [128, 128],
        facts,
      });
      const y = conv2d(g, {
        label: 'conv',
        input: input('x', [32, 128, 128]),
        weight: filter,
        ...around(g, input, [32, 32, 128]),
      });
      return ['a', 'b'].map((name) => {
        const weight = passingConvWeight(g, {
          label: name,
          weight: input(`filter ${name}`, [1, 32, 1, 1, 16]),
          spatial: [128, 128],
          facts,
        });
        return conv2d(g, { label: name, input: y, weight, inScale: slice(input(`styles ${name}`, [32])) });
      });
    },
  },
  {
    name: 'up 48→32 64×64',
    build(g, input, facts) {
      const weight = upConvWeight(g, {
        label: 'up',
        weight: input('filter', [48, 3, 3, 32]),
        spatial: [64, 64],
        facts,
      });
      return [upConv(g, { label: 'up', input: input('x', [48, 64, 64]), weight, ...around(g, input, [48, 32, 128]) })];
    },
  },
  {
    name: 'toRgb 32 128×128',
    build: (g, input) => [
      toRgb(g, {
        label: 'rgb',
        input: input('x', [32, 128, 128]),
        weight: input('weight', [32, 1, 1, 3]),
        styles: slice(input('styles', [32])),
        bias: slice(input('bias', [3])),
        skip: input('skip', [3, 64, 64]),
      }),
    ],
  },
  {
    name: 'styles, weight update and demodulation 128→128',
    build(g, input) {
      const [ins, outs] = [128, 128];
      const layers = [{ style: 0, energy: 0, inChannels: ins, outChannels: outs }];
      const [energy, tuned] = [tensor('energy', [ins * outs]), tensor('tuned', [ins, 3, 3, outs])];
      const [theta, delta] = [input('theta', tuned.shape), slice(input('delta', [outs * ins * 9]))];
      weightUpdate(g, { label: 'update', theta, delta, scale: 0.03, output: tuned, energy: slice(energy) });
      const style = styles(g, {
        latents: input('latents', [12, 128]),
        weight: input('affine', [ins, 128]),
        bias: input('bias', [ins]),
        latentRow: input('rows', [ins], rowsOf(ins, 12)),
        scale: 0.1,
      });
      const table = input('table', [outs, 4], demodulationTable(layers));
      return [demodulation(g, { styles: style, energy, table, layers }), tuned];
    },
  },
  {
    name: 'mapping 128→128 and a head 128→8192',
    build(g, input) {
      const w = linear(g, {
        input: pixelNorm(g, { input: input('z', [12, 128]) }),
        weight: input('mapping', [128, 128]),
        bias: input('mapping bias', [128]),
        activation: LEAKY,
      });
      return [linear(g, { input: w, weight: input('head', [8192, 128]), bias: input('head bias', [8192]) })];
    },
  },
  {
    name: 'trunk: 7×7 6→48 64×64, stride 2, PReLU; 3×3 48→96, stride 2',
    build(g, input, facts) {
      const conv = (label: string, shape: Shape, spatial: [number, number]) =>
        passingConvWeight(g, { label, weight: input(label, shape), stride: 2, spatial, facts });
      const stem = conv2d(g, {
        label: 'stem',
        input: input('x', [6, 64, 64]),
        weight: conv('stem filter', [1, 6, 7, 7, 48], [32, 32]),
        stride: 2,
        activation: { kind: 'prelu', slopes: input('slopes', [48]) },
      });
      const weight = conv('next filter', [1, 48, 3, 3, 96], [16, 16]);
      return [conv2d(g, { label: 'next', input: stem, weight, stride: 2, activation: { kind: 'leaky' } })];
    },
  },
  {
    name: 'BatchNorm 48 32×32, two pictures',
    build(g, input) {
      const [weight, bias] = [input('weight', [48]), input('bias', [48])];
      const constant = (name: string): Tensor => input(name, [48], ones(48));
      const inputs = [input('a', [48, 32, 32]), input('b', [48, 32, 32])];
      const running = { mean: constant('running mean'), variance: constant('running variance') };
      const folded = batchNormFold(g, {
        label: 'fold',
        weight,
        bias,
        mean: constant('mean'),
        variance: constant('variance'),
      });
      const [scale, shift] = [slice(folded.scale), slice(folded.shift)];
      const frozen = normalise(g, { label: 'frozen', input: input('c', [48, 32, 32]), scale, shift });
      return [...batchNormTrain(g, { label: 'batch', inputs, weight, bias, running }), frozen];
    },
  },
  {
    name: 'squeeze and excitation 128 16×16',
    build: (g, input) => [
      squeezeExcite(g, {
        input: input('x', [128, 16, 16]),
        fc1: input('fc1', [8, 128]),
        fc2: input('fc2', [128, 8]),
        shortcut: input('shortcut', [128, 16, 16]),
        shortcutStride: 1,
      }),
    ],
  },
  {
    name: 'pools and resizing 64 64×64',
    step: 2 ** -11,
    build(g, input) {
      const x = input('x', [64, 64, 64]);
      return [
        maxPool(g, { label: 'max', input: x, kernel: 3, stride: 2, padding: 1 }),
        adaptivePool(g, { input: x, height: 32, width: 32 }),
        nearestResize(g, { label: 'nearest', input: x, size: [32, 32] }),
      ];
    },
  },
  {
    name: 'losses 3 128×128, a tap 64 31×31',
    build(g, input) {
      const [x, detail] = [input('x', [3, 128, 128]), input('detail', [3, 128, 128])];
      const picture = input('picture', [3, 128, 128], randomValues(9, 3 * 128 * 128, 0.5));
      const other = sum(g, { label: 'other', a: picture, b: detail }); // alike, since nothing leads back from what is not
      const target = input('target', [3, 128, 128], new Float32Array(3 * 128 * 128).fill(0.1));
      const tapped = input('tapped', [64, 31, 31], new Float32Array(64 * 961).fill(0.1));
      return [
        squaredLoss(g, { label: 'l2', input: x, target }),
        gradientLoss(g, { label: 'edges', input: x, target }),
        lpipsTap(g, {
          label: 'tap',
          input: input('tap', [64, 31, 31]),
          target: tapped,
          weights: input('weights', [64], ones(64)),
        }),
        noiseLoss(g, { label: 'noise', map: input('map', [128, 128]) }),
        msSsim(g, { label: 'ssim', input: other, target: picture, form: 'standard', distance: true }).mean,
      ];
    },
  },
];
