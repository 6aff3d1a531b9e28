/** e4e's encoder as plain loops over a checkpoint's values, written from its description (arXiv 2102.02766, §4). */
import { conv2dReference, type Dense, type ReferenceEpilogue } from '../../src/kernels/reference/conv2d.ts';
import { squeezeExciteReference, upsampleAddReference } from '../../src/kernels/reference/pools.ts';

/** A checkpoint's tensors by name. */
export type Values = ReadonlyMap<string, Dense>;

/** Variance that batch norm adds. */
const EPS = 1e-5;

function tensorOf(values: Values, name: string): Dense {
  const found = values.get(name);
  if (!found) throw new Error(`${name} is missing`);
  return found;
}

const dataOf = (values: Values, name: string): Float32Array => tensorOf(values, name).data;
const sizesOf = ({ shape: [c = 0, h = 0, w = 0] }: Dense): readonly [number, number, number] => [c, h, w];

/** A convolution by weights `[O, I, k, k]`. */
function conv(values: Values, key: string, x: Dense, stride: number, around: ReferenceEpilogue = {}): Dense {
  const { shape, data } = tensorOf(values, `${key}.weight`);
  const [out = 0, into = 0, side = 0] = shape;
  const turned = Float32Array.from({ length: data.length }, (_, i) => {
    const [o, rest] = [i % out, Math.floor(i / out)]; // rest: [I, k, k]
    return data[o * into * side * side + rest] ?? Number.NaN;
  });
  const bias = values.get(`${key}.bias`)?.data;
  const weight = { shape: [1, into, side, side, out], data: turned };
  return conv2dReference(x, weight, { stride, padding: (side - 1) / 2, ...(bias && { bias }), ...around });
}

/** Scale and shift of a batch norm. */
function norm(values: Values, key: string): { scale: Float32Array; shift: Float32Array } {
  const part = (name: string): Float32Array => dataOf(values, `${key}.${name}`);
  const [mean, variance, beta] = [part('running_mean'), part('running_var'), part('bias')];
  const scale = part('weight').map((gamma, c) => gamma / Math.sqrt((variance[c] ?? 0) + EPS));
  return { scale, shift: beta.map((b, c) => b - (mean[c] ?? 0) * (scale[c] ?? 0)) };
}

const normAfter = (values: Values, key: string): ReferenceEpilogue => {
  const { scale, shift } = norm(values, key);
  return { outScale: scale, bias: shift };
};

function unit(values: Values, key: string, x: Dense, stride: number): Dense {
  const main = `${key}.res_layer`;
  const { scale, shift } = norm(values, `${main}.0`);
  const slope = dataOf(values, `${main}.2.weight`);
  const hidden = conv(values, `${main}.1`, x, 1, { inScale: scale, inShift: shift, slope });
  const y = conv(values, `${main}.3`, hidden, stride, normAfter(values, `${main}.4`));
  const short = `${key}.shortcut_layer`;
  const widens = values.has(`${short}.0.weight`);
  const shortcut = widens ? conv(values, `${short}.0`, x, stride, normAfter(values, `${short}.1`)) : x;
  const data = squeezeExciteReference({
    x: y.data,
    fc1: dataOf(values, `${main}.5.fc1.weight`),
    fc2: dataOf(values, `${main}.5.fc2.weight`),
    shortcut: shortcut.data,
    shape: sizesOf(y),
    shortcutSize: [sizesOf(shortcut)[1], sizesOf(shortcut)[2]],
    stride: widens ? 1 : stride,
  });
  return { shape: y.shape, data: Float32Array.from(data) };
}

/** Convolutions down to a pixel, then a linear layer whose weights are divided by the root of its inputs. */
function head(values: Values, row: number, features: Dense): Float32Array {
  const key = `encoder.styles.${row}`;
  let x = features;
  for (let i = 0; values.has(`${key}.convs.${i}.weight`); i += 2)
    x = conv(values, `${key}.convs.${i}`, x, 2, { slope: 0.01 });
  const { shape, data } = tensorOf(values, `${key}.linear.weight`);
  const inputs = shape[1] ?? 0;
  return dataOf(values, `${key}.linear.bias`).map((bias, o) => {
    const sum = x.data.reduce((total, value, i) => total + value * (data[o * inputs + i] ?? Number.NaN), 0);
    return sum / Math.sqrt(inputs) + bias;
  });
}

/**
 * The latents of a picture, one row after another.
 * @param units of each stage
 * @param x `[3, h, w]` in [-1, 1]
 */
export function e4eReference(values: Values, units: readonly number[], x: Dense): Float32Array {
  const slope = dataOf(values, 'encoder.input_layer.2.weight');
  let features = conv(values, 'encoder.input_layer.0', x, 1, { ...normAfter(values, 'encoder.input_layer.1'), slope });
  let index = 0;
  const stages = units.map((count) => {
    for (let i = 0; i < count; i++, index++)
      features = unit(values, `encoder.body.${index}`, features, i === 0 ? 2 : 1);
    return features;
  });
  const [c1, c2, c3] = stages.slice(-3) as [Dense, Dense, Dense];
  const joined = (below: Dense, key: string, larger: Dense): Dense => {
    const added = conv(values, key, larger, 1);
    const [, height, width] = sizesOf(added);
    const sum = upsampleAddReference(below.data, added.data, sizesOf(below), [height, width]);
    return { shape: added.shape, data: Float32Array.from(sum) };
  };
  const p2 = joined(c3, 'encoder.latlayer1', c2);
  const p1 = joined(p2, 'encoder.latlayer2', c1);
  const average = tensorOf(values, 'latent_avg');
  const [rows = 0, width = 0] = average.shape;
  const first = head(values, 0, c3);
  return Float32Array.from({ length: rows }, (_, row) => row).reduce(
    (all, row) => {
      const own = row === 0 ? undefined : head(values, row, row < 3 ? c3 : row < 7 ? p2 : p1);
      for (let i = 0; i < width; i++)
        all[row * width + i] = (average.data[row * width + i] ?? 0) + (first[i] ?? 0) + (own?.[i] ?? 0);
      return all;
    },
    new Float32Array(rows * width),
  );
}
