/**
 * Every differentiable op recorded forward and back at odd shapes: what shader files are checked against, and small
 * enough to run.
 */
import { Tape } from '../../src/gradients/tape.ts';
import { activate } from '../../src/kernels/activation.ts';
import { batchNormFold, batchNormTrain, normalise } from '../../src/kernels/batch-norm.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { conv2d, passingConvWeight } from '../../src/kernels/conv2d.ts';
import { crop } from '../../src/kernels/crop.ts';
import { demodulation, demodulationTable } from '../../src/kernels/demodulation.ts';
import type { ConvOperands } from '../../src/kernels/epilogue.ts';
import { fir } from '../../src/kernels/fir.ts';
import { linear } from '../../src/kernels/linear.ts';
import { cosineLoss, gradientLoss, lpipsTap, noiseLoss, squaredLoss } from '../../src/kernels/losses.ts';
import { maxPool } from '../../src/kernels/max-pool.ts';
import { nearestResize } from '../../src/kernels/nearest-resize.ts';
import { scaleMap } from '../../src/kernels/noise-map.ts';
import { equallyLong, pixelNorm } from '../../src/kernels/pixel-norm.ts';
import { adaptivePool, globalPool } from '../../src/kernels/pools.ts';
import { product, sum } from '../../src/kernels/product.ts';
import { randomArray } from '../../src/kernels/reference/seeded.ts';
import { squeezeExcite } from '../../src/kernels/se-block.ts';
import { styles } from '../../src/kernels/styles.ts';
import { toRgb } from '../../src/kernels/to-rgb.ts';
import { upConv, upConvWeight } from '../../src/kernels/upconv.ts';
import { weightUpdate } from '../../src/kernels/weight-update.ts';
import { slice } from '../../src/models/conv-weights.ts';
import { msSsim } from '../../src/models/ms-ssim.ts';
import { MS_SSIM_FORMS } from '../../src/models/ms-ssim-forms.ts';
import type { KernelRun } from '../../src/runtime/kernel-run.ts';
import { elementCount, type Shape, type Tensor, tensor, view } from '../../src/tensor.ts';

/** One case: results of an op on a tape, from inputs that it makes with `input`. */
export interface GradientExample {
  readonly name: string;
  build(g: Tape, input: (name: string, shape: Shape) => Tensor): readonly Tensor[];
}

const facts = DEFAULT_FACTS;

/** Every differentiable op, at odd shapes. */
export const EXAMPLES: readonly GradientExample[] = [
  {
    name: 'conv2d 3×3 with all operands',
    build: (g, input) => {
      const stored = input('weight', [1, 5, 3, 3, 6]);
      const weight = passingConvWeight(g, { label: 'conv', weight: stored, spatial: [7, 5], facts });
      const vectors = input('scale and shift', [10]);
      return [
        conv2d(g, {
          label: 'conv',
          input: input('x', [5, 7, 5]),
          weight,
          inScale: slice(vectors),
          inShift: slice(vectors, 5),
          outScale: slice(input('out scale', [6])),
          bias: slice(input('bias', [6])),
          noise: input('noise', [7, 5]),
          residual: input('residual', [6, 7, 5]),
          activation: { kind: 'leaky', slope: 0.2, gain: Math.SQRT2 },
        }),
      ];
    },
  },
  {
    name: 'conv2d 3×3 in whole tiles',
    build: (g, input) => {
      const weight = passingConvWeight(g, {
        label: 'conv',
        weight: input('weight', [1, 5, 3, 3, 12]),
        spatial: [6, 8],
        facts,
      });
      const [inScale, outScale] = [slice(input('in scale', [5])), slice(input('out scale', [12]))];
      const activation = { kind: 'leaky' } as const;
      return [conv2d(g, { label: 'conv', input: input('x', [5, 6, 8]), weight, inScale, outScale, activation })];
    },
  },
  {
    name: 'conv2d 3×3 between channels in fours',
    build: (g, input) => {
      const weight = passingConvWeight(g, { label: 'c', weight: input('w', [1, 8, 3, 3, 4]), spatial: [3, 5], facts });
      return [conv2d(g, { label: 'conv', input: input('x', [8, 3, 5]), weight })];
    },
  },
  {
    name: 'grouped conv2d, stride 2, PReLU',
    build: (g, input) => {
      const stored = input('weight', [2, 3, 3, 3, 2]);
      const weight = passingConvWeight(g, { label: 'conv', weight: stored, stride: 2, spatial: [4, 3], facts });
      const activation = { kind: 'prelu', slopes: input('slopes', [4]) } as const;
      return [conv2d(g, { label: 'conv', input: input('x', [6, 7, 5]), weight, stride: 2, activation })];
    },
  },
  {
    name: 'upConv',
    build: (g, input) => {
      const weight = upConvWeight(g, { label: 'up', weight: input('weight', [5, 3, 3, 6]), spatial: [3, 5], facts });
      const noise = scaleMap(g, { label: 'noise', map: input('map', [6, 10]), strength: input('strength', [1]) });
      return [
        upConv(g, {
          label: 'up',
          input: input('x', [5, 3, 5]),
          weight,
          inScale: slice(input('in scale', [5])),
          outScale: slice(input('out scale', [6])),
          bias: slice(input('bias', [6])),
          noise,
        }),
      ];
    },
  },
  {
    name: 'toRgb',
    build: (g, input) => [
      toRgb(g, {
        label: 'rgb',
        input: input('x', [5, 6, 8]),
        weight: input('weight', [5, 1, 1, 3]),
        styles: slice(input('styles', [5])),
        bias: slice(input('bias', [3])),
        skip: input('skip', [3, 3, 4]),
      }),
    ],
  },
  {
    // whose gradient is somebody else's at first, then its own: what is added in place must leave the first one as it was
    name: 'toRgb twice of a picture that is a result, too',
    build: (g, input) => {
      const x = input('x', [2, 3, 4]);
      const colours = [1, 2].map((n) =>
        toRgb(g, {
          label: `rgb ${n}`,
          input: x,
          weight: input(`weight ${n}`, [2, 1, 1, 3]),
          styles: slice(input(`styles ${n}`, [2])),
          bias: slice(input(`bias ${n}`, [3])),
        }),
      );
      return [...colours, x];
    },
  },
  {
    // the first layer's epilogue takes what the last reader leaves to be scaled; the other one's is scaled by itself
    name: 'a layer that is read by two scaled ones and toRgb',
    build: (g, input) => {
      const conv = (name: string, from: Tensor, filter: Shape, around: Pick<ConvOperands, 'noise' | 'activation'>) => {
        const stored = input(`${name} weight`, filter);
        const weight = passingConvWeight(g, { label: name, weight: stored, spatial: [3, 4], facts });
        const [inScale, bias] = [slice(input(`${name} in`, [filter[1] ?? 0])), slice(input(`${name} bias`, [6]))];
        return conv2d(g, { label: name, input: from, weight, inScale, bias, ...around });
      };
      const noise = input('noise', [3, 4]);
      const y = conv('first', input('x', [2, 3, 4]), [1, 2, 3, 3, 6], { noise, activation: { kind: 'leaky' } });
      const rgb = { weight: input('colours', [6, 1, 1, 3]), styles: slice(input('styles', [6])) };
      return [
        conv('second', y, [1, 6, 3, 3, 6], {}),
        toRgb(g, { label: 'rgb', input: y, ...rgb, bias: slice(input('rgb bias', [3])) }),
        conv('third', y, [1, 6, 3, 3, 6], {}),
      ];
    },
  },
  {
    name: 'styles, weight update and demodulation',
    build: (g, input) => {
      const layers = [{ style: 0, energy: 0, inChannels: 5, outChannels: 7 }];
      const energy = tensor('energy', [35]);
      const output = tensor('tuned', [5, 3, 3, 7]);
      const delta = slice(input('delta', [7 * 5 * 9]));
      const theta = input('theta', [5, 3, 3, 7]);
      weightUpdate(g, { label: 'update', theta, delta, scale: 0.2, output, energy: slice(energy) });
      const style = styles(g, {
        latents: input('latents', [2, 6]),
        weight: input('affine', [5, 6]),
        bias: input('bias', [5]),
        latentRow: input('rows', [5]),
        scale: 0.4,
      });
      const table = input('table', [7, 4]);
      return [demodulation(g, { styles: style, energy, table, layers }), output];
    },
  },
  {
    name: 'pixel norm and linear',
    build: (g, input) => {
      const normed = pixelNorm(g, { input: input('z', [3, 9]) });
      const weight = input('weight', [7, 9]);
      return [linear(g, { input: normed, weight, bias: input('bias', [7]), activation: { kind: 'leaky' } })];
    },
  },
  {
    name: 'BatchNorm',
    build: (g, input) => {
      const vector = (name: string): Tensor => input(name, [4]);
      const [weight, bias] = [vector('weight'), vector('bias')];
      const constants = { mean: vector('mean'), variance: vector('variance') };
      const running = { mean: vector('running mean'), variance: vector('running variance') };
      const inputs = [input('a', [4, 3, 5]), input('b', [4, 3, 5])];
      const { scale, shift } = batchNormFold(g, { label: 'fold', weight, bias, ...constants });
      const constant = normalise(g, {
        label: 'n',
        input: input('c', [4, 7]),
        scale: slice(scale),
        shift: slice(shift),
      });
      return [...batchNormTrain(g, { label: 'bn', inputs, weight, bias, running }), constant];
    },
  },
  {
    name: 'squeeze and excitation',
    build: (g, input) => [
      squeezeExcite(g, {
        input: input('x', [6, 3, 4]),
        fc1: input('fc1', [2, 6]),
        fc2: input('fc2', [6, 2]),
        shortcut: input('shortcut', [6, 5, 8]),
        shortcutStride: 2,
      }),
    ],
  },
  {
    name: 'pools and resizing',
    build: (g, input) => {
      const x = input('x', [3, 9, 7]);
      return [
        maxPool(g, { label: 'max', input: x, kernel: 3, stride: 2, padding: 1 }),
        adaptivePool(g, { input: x, height: 4, width: 5, rows: [1, 3] }),
        globalPool(g, { input: x }),
        nearestResize(g, { label: 'nearest', input: x, size: [5, 11] }),
        fir(g, { label: 'fir', input: x, up: 2, down: 1, pad: 2, gain: 4, size: [18, 14] }),
        crop(g, { label: 'crop', input: x, rows: [-2, 6], columns: [3, 8], channels: 4 }),
      ];
    },
  },
  {
    name: 'losses',
    build: (g, input) => {
      const shape = [3, 3, 67]; // rows longer than a workgroup, odd sides
      const [x, target] = [input('x', shape), input('target', shape)];
      const weights = input('weights', [3]);
      return [
        squaredLoss(g, { label: 'l2', input: x, target }),
        gradientLoss(g, { label: 'edges', input: x, target }),
        lpipsTap(g, { label: 'tap', input: x, target, weights }),
        noiseLoss(g, { label: 'noise', map: input('map', [9, 6]) }),
      ];
    },
  },
  {
    name: 'angle of descriptors',
    build: (g, input) => {
      const target = input('target', [1, 67]); // as long as made equally long
      return [cosineLoss(g, { label: 'angle', input: equallyLong(g, 'x', input('x', [1, 67])), target })];
    },
  },
  ...MS_SSIM_FORMS.map((form): GradientExample => {
    return {
      name: `MS-SSIM, ${form}`,
      build: (g, input) => {
        const [target, detail] = [input('target', [3, 23, 22]), input('detail', [3, 23, 22])]; // two scales, an odd row
        const x = sum(g, { label: 'x', a: target, b: detail }); // alike, since nothing leads back from what is not
        return [msSsim(g, { label: 'ssim', input: x, target, form, distance: true }).mean];
      },
    };
  }),
  {
    name: 'activation, sum and product',
    build: (g, input) => {
      const x = input('x', [3, 4, 5]);
      const y = activate(g, { label: 'relu', input: x, activation: { kind: 'relu' } });
      const added = view(sum(g, { label: 'sum', a: x, b: y }), [3, 20]);
      const right = { tensor: input('right', [6, 20]), depth: 1, column: 20 };
      const left = { tensor: added, row: 20, depth: 1 };
      return [product(g, { label: 'p', rows: 3, columns: 6, depth: 20, left, right, bias: input('bias', [6]) })];
    },
  },
];

const tables: Readonly<Record<string, Float32Array>> = {
  table: demodulationTable([{ style: 0, energy: 0, inChannels: 5, outChannels: 7 }]),
  rows: Float32Array.of(0, 0, 1, 1, 1), // ascending, as the gradient to the latents takes them
};

/** A case on a tape: results, gradients to all its inputs, and the numbers that went in. */
export interface RecordedExample {
  readonly results: readonly Tensor[];
  readonly gradients: ReadonlyMap<string, Tensor>;
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Of each result. */
  readonly cotangents: readonly Float32Array[];
}

/**
 * Records a case from inputs and cotangents that depend on its name alone.
 * @param way facts by which the way back is planned
 */
export function recordExample(run: KernelRun, { name, build }: GradientExample, way = facts): RecordedExample {
  const inputs = new Map<string, Tensor>();
  const numbers = new Map<string, Float32Array>();
  const input = (key: string, shape: Shape): Tensor => {
    const positive = key === 'variance';
    const values =
      tables[key] ?? randomArray(`${name} ${key}`, elementCount(shape)).map((v) => (positive ? 1 + v * v : v));
    const made = run.input(key, shape, values);
    inputs.set(key, made);
    numbers.set(key, values);
    return made;
  };
  const tape = new Tape(run, way);
  const results = build(tape, input);
  const cotangents = results.map((of, i) => randomArray(`${name} cotangent ${i}`, elementCount(of.shape)));
  const seeds = results.map((of, i) => {
    const gradient = run.input(`cotangent ${i}`, of.shape, cotangents[i] ?? new Float32Array());
    return { of, gradient };
  });
  const found = tape.backward(seeds, [...inputs.values()]);
  const gradients = new Map([...inputs.keys()].flatMap((key, i) => (found[i] ? [[key, found[i]] as const] : [])));
  return { results, gradients, values: numbers, cotangents };
}

/** The cases as `KernelCase.build` has them. */
export const GRADIENT_CASES: readonly { name: string; build: (run: KernelRun) => readonly Tensor[] }[] = EXAMPLES.map(
  (example) => ({
    name: example.name,
    build: (run) => {
      const { results, gradients } = recordExample(run, example);
      return [...results, ...gradients.values()];
    },
  }),
);
