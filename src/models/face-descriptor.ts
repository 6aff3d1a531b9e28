/**
 * Whose face a picture shows, by a network that ships: dlib's ResNet (King 2017, public domain) as face-api's file has
 * it, 128 numbers a face; two pictures of one person are less than 0.6 apart. Aligned pictures are cut as face-api's
 * alignment would cut them. Weight names are those of the file.
 */
import { activate } from '../kernels/activation.ts';
import { conv2d, conv2dSizes, convWeightShape } from '../kernels/conv2d.ts';
import { crop } from '../kernels/crop.ts';
import type { Activation } from '../kernels/epilogue.ts';
import { dim, type Recorder, type Slice } from '../kernels/kernel.ts';
import { linear } from '../kernels/linear.ts';
import { maxPool } from '../kernels/max-pool.ts';
import { adaptivePool, globalPool } from '../kernels/pools.ts';
import { product, sum } from '../kernels/product.ts';
import { type Tensor, view } from '../tensor.ts';
import { type ConvWeights, slice } from './conv-weights.ts';
import { atMost } from './identity.ts';

/** Side of the picture the network reads. */
const SIDE = 150;
/** Mean colour that is taken off, of 255. */
const MEAN = [122.782, 117.001, 104.298];
/**
 * The square of an aligned picture of 256 px: face-api cuts around the middle of both eyes and the mouth, which the
 * alignment of FFHQ puts at (96, 120), (160, 120) and (129, 186).
 */
const FACE = { side: 256, rows: [72, 234], columns: [47, 209] } as const;
/** Blocks in order; `down` ones halve the picture, and widen it where their channels grow. */
const BLOCKS = [
  ...['conv32_1', 'conv32_2', 'conv32_3'],
  ...['conv64_down', 'conv64_1', 'conv64_2', 'conv64_3'],
  ...['conv128_down', 'conv128_1', 'conv128_2'],
  ...['conv256_down', 'conv256_1', 'conv256_2', 'conv256_down_out'],
];
const RELU: Activation = { kind: 'relu' };

/** Descriptor `[1, 128]` of an aligned square picture `[3, S, S]` in [-1, 1]. @throws `tensor` error for other weights */
export function faceDescriptor(g: Recorder, weights: ConvWeights, picture: Tensor): Tensor {
  return describeFace(g, weights, faceOf(g, weights, atMost(g, picture, FACE.side)));
}

/** Descriptor `[1, 128]` of a face `[3, 150, 150]` in [-1, 1]; a transient is made for it when `output` is absent. */
export function describeFace(g: Recorder, weights: ConvWeights, face: Tensor, output?: Tensor): Tensor {
  const { plan } = weights;
  const colours = (name: string, value: (i: number) => number): Slice =>
    slice(plan.derive(`face ${name}`, [3], [], () => Float32Array.from({ length: 3 }, (_, i) => value(i))));
  const stem = scaledConv(g, weights, 'conv32_down', {
    input: face,
    stride: 2,
    inScale: colours('scale', () => 0.5),
    inShift: colours('shift', (i) => 0.5 - (MEAN[i] ?? 0) / 255),
    activation: RELU,
  });
  let x = maxPool(g, { label: 'face pool', input: stem, kernel: 3, stride: 2 });
  for (const name of BLOCKS) x = name.includes('down') ? downBlock(g, weights, name, x) : block(g, weights, name, x);
  const pooled = globalPool(g, { label: 'face pool', input: x, facts: weights.facts });
  const [rows, columns] = [plan.size('fc', 0), plan.size('fc', 1)];
  const turned = plan.derive('fc turned', [columns, rows], ['fc'], ([values]) =>
    Float32Array.from({ length: rows * columns }, (_, i) => values?.[(i % rows) * columns + Math.floor(i / rows)] ?? 0),
  );
  const input = view(pooled, [1, rows]);
  return linear(g, { label: 'face fc', input, weight: turned, output, facts: weights.facts });
}

/** The face of an aligned picture, drawn at 150 px by bilinear interpolation: a product with a matrix either way. */
function faceOf(g: Recorder, { plan }: ConvWeights, picture: Tensor): Tensor {
  const side = dim(picture, 1);
  const matrix = (name: string, range: readonly [number, number]): Tensor =>
    plan.derive(`face ${name} of ${side}`, [SIDE, side], [], () => interpolation(side, range));
  const rows = product(g, {
    label: 'face rows',
    batches: 3,
    rows: SIDE,
    columns: side,
    depth: side,
    left: { tensor: matrix('rows', FACE.rows), row: side, depth: 1 },
    right: { tensor: picture, batch: side * side, depth: side, column: 1 },
  });
  return product(g, {
    label: 'face columns',
    batches: 3,
    rows: SIDE,
    columns: SIDE,
    depth: side,
    left: { tensor: rows, batch: SIDE * side, row: side, depth: 1 },
    right: { tensor: matrix('columns', FACE.columns), depth: 1, column: side },
  });
}

/** Weights `[150, side]` of a side's pixels in the middle of each pixel drawn, half-pixel centres. */
function interpolation(side: number, range: readonly [number, number]): Float32Array<ArrayBuffer> {
  const [from, to] = range.map((at) => (at * side) / FACE.side) as [number, number];
  const weights = new Float32Array(SIDE * side);
  for (let i = 0; i < SIDE; i++) {
    const at = Math.min(side - 1, Math.max(0, from + ((i + 0.5) * (to - from)) / SIDE - 0.5));
    const low = Math.min(side - 2, Math.floor(at));
    weights[i * side + low] = 1 - (at - low);
    weights[i * side + low + 1] = at - low;
  }
  return weights;
}

function block(g: Recorder, weights: ConvWeights, name: string, input: Tensor): Tensor {
  const hidden = scaledConv(g, weights, `${name}/conv1`, { input, padding: 1, activation: RELU });
  return scaledConv(g, weights, `${name}/conv2`, { input: hidden, padding: 1, residual: input, activation: RELU });
}

/** Half the size: convolutions without zeros around, plus 2×2 averages; zeros fill what either lacks. */
function downBlock(g: Recorder, weights: ConvWeights, name: string, input: Tensor): Tensor {
  const hidden = scaledConv(g, weights, `${name}/conv1`, { input, stride: 2, activation: RELU });
  const main = scaledConv(g, weights, `${name}/conv2`, { input: hidden, padding: 1 });
  const [height, width] = [dim(input, 1) >> 1, dim(input, 2) >> 1];
  const even = part(g, `${name} even`, input, [dim(input, 0), 2 * height, 2 * width]);
  const pooled = adaptivePool(g, { label: `${name} pool`, input: even, height, width });
  const shape = [dim(main, 0), height, width] as const;
  const both = sum(g, { label: name, a: part(g, name, main, shape), b: part(g, `${name} shortcut`, pooled, shape) });
  return activate(g, { label: name, input: both, activation: RELU });
}

/** The upper left of a tensor, or zeros behind and below it. */
function part(g: Recorder, label: string, input: Tensor, shape: readonly [number, number, number]): Tensor {
  if (`${input.shape}` === `${shape}`) return input;
  return crop(g, { label, input, channels: shape[0], rows: [0, shape[1]], columns: [0, shape[2]] });
}

/** `(conv(x) + bias) · weights + biases`, as the file's layers are. */
function scaledConv(
  g: Recorder,
  weights: ConvWeights,
  name: string,
  a: {
    readonly input: Tensor;
    readonly stride?: 1 | 2;
    readonly padding?: number;
    readonly inScale?: Slice;
    readonly inShift?: Slice;
    readonly residual?: Tensor;
    readonly activation?: Activation;
  },
): Tensor {
  const { plan } = weights;
  const { stride = 1, padding = 0 } = a;
  const stored = plan.conv(`${name}/conv/filters`, [`${name}/conv/filters`]);
  const keys = [`${name}/conv/bias`, `${name}/scale/weights`, `${name}/scale/biases`];
  const shift = plan.derive(`${name} shift`, plan.shape(`${name}/conv/bias`), keys, ([bias, scale, more]) =>
    Float32Array.from(bias ?? [], (value, i) => value * (scale?.[i] ?? 0) + (more?.[i] ?? 0)),
  );
  const geometry = { stride, padding };
  const sizes = conv2dSizes(name, convWeightShape(stored), [dim(a.input, 1), dim(a.input, 2)], geometry);
  const weight = weights.made(name, stored, { stride, spatial: [sizes.outHeight, sizes.outWidth] });
  const outScale = slice(plan.plain(`${name}/scale/weights`));
  return conv2d(g, { ...a, ...geometry, label: name, weight, outScale, bias: slice(shift) });
}
