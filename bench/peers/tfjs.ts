/**
 * The same generator written with TensorFlow.js ops on its WebGPU backend, in the form that suits it best: NHWC, constant
 * weights, scaled activations, noise and bias in one constant, √2 folded into constants.
 */
import type * as Tf from '@tensorflow/tfjs-core';
import { type GeneratorLayer, generatorLayers } from '../../src/architecture.ts';
import type { Quarter } from '../suites/models.ts';
import { type Peer, toPlanar } from './peer.ts';

const SLOPE = 0.2;
const STYLE_DIM = 128;
const FIR = [1, 3, 3, 1];
/** Weights of the FIR for upsampling: gain 4, sum of the filter 64. */
const FIR_WEIGHTS = FIR.flatMap((y) => FIR.map((x) => (x * y) / 16));

/** One layer's constants. */
interface LayerConstants {
  readonly layer: GeneratorLayer;
  /** `[1, 128]`, this layer's row of w. */
  readonly w: Tf.Tensor2D;
  /** `[128, C_in]`, `[C_in]` */
  readonly affine: Tf.Tensor2D;
  readonly affineBias: Tf.Tensor1D;
  readonly filter: Tf.Tensor4D;
  /** `[C_in, C_out]`: Σ of squared weights, divided by 2 for the √2 that leaves with the demodulation. */
  readonly energy: Tf.Tensor2D | undefined;
  /** (noise + bias)·√2 `[1, H, W, C]`, or toRGB's bias. */
  readonly offset: Tf.Tensor;
}

/** Reads checkpoint tensors. */
class Reader {
  readonly #tensors: Quarter['tensors'];

  constructor(tensors: Quarter['tensors']) {
    this.#tensors = tensors;
  }

  values(key: string): Float32Array {
    const found = this.#tensors.get(`decoder.${key}`);
    if (!found) throw new Error(`generator-256-quarter.pt has no "${key}"`);
    return found.values;
  }

  /** Output channels and taps of a convolution `[1, O, I, k, k]`. */
  size(key: string): number[] {
    return [...(this.#tensors.get(`decoder.${key}`)?.shape ?? [])].slice(-4);
  }
}

/** `[O, I, k, k]` to `[k, k, I, O]`, or `[k, k, O, I]` for a transposed convolution; times `scale`. */
export function filterValues(
  values: Float32Array,
  [outputs, inputs, k]: readonly [number, number, number],
  transposed: boolean,
  scale: number,
): Float32Array {
  const result = new Float32Array(values.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let tap = 0; tap < k * k; tap++) {
        const at = transposed ? (tap * outputs + o) * inputs + i : (tap * inputs + i) * outputs + o;
        result[at] = (values[(o * inputs + i) * k * k + tap] ?? Number.NaN) * scale;
      }
    }
  }
  return result;
}

/** Σ over taps of squared weights `[I, O]` times `factor`. */
function energyValues(values: Float32Array, [outputs, inputs, k]: readonly [number, number, number], factor: number) {
  const energy = new Float32Array(inputs * outputs);
  values.forEach((v, index) => {
    const pair = Math.floor(index / (k * k));
    const at = (pair % inputs) * outputs + Math.floor(pair / inputs);
    energy[at] = (energy[at] ?? 0) + v * v * factor;
  });
  return energy;
}

function offsetOf(tf: typeof Tf, read: Reader, layer: GeneratorLayer, noise: number): Tf.Tensor {
  const { key, kind, resolution, outChannels } = layer;
  if (kind === 'rgb') return tf.tensor4d(read.values(`${key}.bias`), [1, 1, 1, 3]);
  const [map, bias] = [read.values(`noises.noise_${noise}`), read.values(`${key}.activate.bias`)];
  const strength = read.values(`${key}.noise.weight`)[0] ?? 0;
  const all = new Float32Array(resolution ** 2 * outChannels);
  for (let p = 0; p < resolution ** 2; p++) {
    for (let c = 0; c < outChannels; c++) {
      all[p * outChannels + c] = ((map[p] ?? 0) * strength + (bias[c] ?? 0)) * Math.SQRT2;
    }
  }
  return tf.tensor4d(all, [1, resolution, resolution, outChannels]);
}

function layerConstants(
  tf: typeof Tf,
  read: Reader,
  w: Float32Array,
  layer: GeneratorLayer,
  noise: number,
): LayerConstants {
  const { key, kind, latentIndex, inChannels } = layer;
  const [outputs = 0, inputs = 0, k = 1] = read.size(`${key}.conv.weight`);
  const values = read.values(`${key}.conv.weight`);
  const scale = 1 / Math.sqrt(inputs * k * k);
  const shape = [outputs, inputs, k] as const;
  const filter = filterValues(values, shape, kind === 'up', scale);
  const affine = tf.tensor2d(read.values(`${key}.conv.modulation.weight`), [inChannels, STYLE_DIM]);
  const row = w.slice(latentIndex * STYLE_DIM, (latentIndex + 1) * STYLE_DIM);
  return {
    layer,
    w: tf.tensor2d(row, [1, STYLE_DIM]),
    affine: tf.mul(tf.transpose(affine), 1 / Math.sqrt(STYLE_DIM)),
    affineBias: tf.tensor1d(read.values(`${key}.conv.modulation.bias`)),
    filter: tf.tensor4d(filter, kind === 'up' ? [k, k, outputs, inputs] : [k, k, inputs, outputs]),
    energy: kind === 'rgb' ? undefined : tf.tensor2d(energyValues(values, shape, scale ** 2 / 2), [inputs, outputs]),
    offset: offsetOf(tf, read, layer, noise),
  };
}

/** `conv(x·s)·d + offset`, leaky ReLU; for toRGB `conv(x·s) + bias`. */
function applyLayer(
  tf: typeof Tf,
  x: Tf.Tensor4D,
  c: LayerConstants,
  blur: ReadonlyMap<number, Tf.Tensor4D>,
): Tf.Tensor4D {
  const { layer, filter, energy, offset } = c;
  const style = tf.add(tf.matMul(c.w, c.affine), c.affineBias) as Tf.Tensor2D;
  const scaled = tf.mul(x, tf.reshape(style, [1, 1, 1, layer.inChannels])) as Tf.Tensor4D;
  if (!energy) return tf.add(tf.conv2d(scaled, filter, 1, 'valid'), offset);
  const factor = tf.reshape(tf.rsqrt(tf.add(tf.matMul(tf.square(style), energy), 0.5e-8)), [
    1,
    1,
    1,
    layer.outChannels,
  ]);
  const fir = blur.get(layer.outChannels);
  const convolved =
    layer.kind === 'up' && fir ? upConv(tf, scaled, filter, fir, layer) : tf.conv2d(scaled, filter, 1, 'same');
  return tf.leakyRelu(tf.add(tf.mul(convolved, factor), offset) as Tf.Tensor4D, SLOPE);
}

function upConv(
  tf: typeof Tf,
  x: Tf.Tensor4D,
  filter: Tf.Tensor4D,
  fir: Tf.Tensor4D,
  layer: GeneratorLayer,
): Tf.Tensor4D {
  const side = layer.resolution + 1;
  const wide = tf.conv2dTranspose(x, filter, [1, side, side, layer.outChannels], 2, 'valid');
  return tf.depthwiseConv2d(wide, fir, 1, 1);
}

/** The FIR as depthwise filters `[4, 4, C, 1]` by number of channels, and as the skip's transposed filter `[4, 4, 3, 3]`. */
function firFilters(tf: typeof Tf, layers: readonly GeneratorLayer[]) {
  const blur = new Map<number, Tf.Tensor4D>();
  for (const { kind, outChannels } of layers) {
    if (kind !== 'up' || blur.has(outChannels)) continue;
    const values = FIR_WEIGHTS.flatMap((v) => Array<number>(outChannels).fill(v));
    blur.set(outChannels, tf.tensor4d(values, [4, 4, outChannels, 1]));
  }
  const diagonal = FIR_WEIGHTS.flatMap((v) => [v, 0, 0, 0, v, 0, 0, 0, v]);
  return { blur, skip: tf.tensor4d(diagonal, [4, 4, 3, 3]) };
}

/** Loads the generator into TensorFlow.js. */
export async function openTfjs(quarter: Quarter): Promise<Peer> {
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-webgpu');
  await tf.setBackend('webgpu');
  await tf.ready();
  const read = new Reader(quarter.tensors);
  const layers = generatorLayers(quarter.engine.network.architecture);
  let noise = 0;
  const constants = layers.map((layer) =>
    layerConstants(tf, read, quarter.w, layer, layer.kind === 'rgb' ? -1 : noise++),
  );
  const { blur, skip } = firFilters(tf, layers);
  const input = tf.transpose(tf.tensor4d(read.values('input.input'), [1, STYLE_DIM, 4, 4]), [0, 2, 3, 1]);
  const forward = (): Tf.Tensor4D => {
    let [x, rgb]: [Tf.Tensor4D, Tf.Tensor4D | undefined] = [input, undefined];
    for (const c of constants) {
      if (c.layer.kind !== 'rgb') x = applyLayer(tf, x, c, blur);
      else {
        const side = c.layer.resolution;
        const below: Tf.Tensor4D | undefined = rgb && tf.conv2dTranspose(rgb, skip, [1, side, side, 3], 2, 'same');
        const own = applyLayer(tf, x, c, blur);
        rgb = below ? tf.add(own, below) : own;
      }
    }
    return rgb ?? x;
  };
  return {
    name: 'tfjs-backend-webgpu',
    variant: `${tf.version_core} NHWC`,
    async run() {
      const picture = tf.tidy(forward);
      const data = await picture.data<'float32'>();
      picture.dispose();
      return data;
    },
    planar: toPlanar,
    destroy: () => tf.removeBackend('webgpu'),
  };
}
