/** The generator's small ops as plain loops: FIR upsampling, toRGB, weight update, demodulation, styles. */
import { at } from './at.ts';
import { conv2dReference, type Dense, FIR } from './conv2d.ts';

const dims = (t: Dense): [number, number, number] => [t.shape[0] ?? 0, t.shape[1] ?? 0, t.shape[2] ?? 0];

/** Zero-insertion ×2, padding (2, 1), FIR: `[C, H, W]` → `[C, 2H, 2W]`. */
function firUpsampleReference(x: Dense): Dense {
  const [channels, height, width] = dims(x);
  const data = new Float32Array(channels * 4 * height * width);
  // The padded picture at (row, column): x at the even places of the picture inside a border of 2 above and left.
  const padded = (c: number, row: number, column: number): number => {
    const [p, q] = [(row - 2) / 2, (column - 2) / 2];
    const inside = Number.isInteger(p) && Number.isInteger(q) && p >= 0 && q >= 0 && p < height && q < width;
    return inside ? at(x.data, (c * height + p) * width + q) : 0;
  };
  for (let c = 0; c < channels; c++) {
    for (let row = 0; row < 2 * height; row++) {
      for (let column = 0; column < 2 * width; column++) {
        let sum = 0;
        FIR.forEach((fy, ty) => {
          FIR.forEach((fx, tx) => {
            sum += fy * fx * padded(c, row + ty, column + tx);
          });
        });
        data[(c * 2 * height + row) * 2 * width + column] = sum;
      }
    }
  }
  return { shape: [channels, 2 * height, 2 * width], data };
}

/** Modulated 1×1 convolution + bias + upsampled skip; `weight` is θ̂ `[C, 1, 1, 3]`. */
export function toRgbReference(x: Dense, weight: Dense, styles: Float32Array, bias: Float32Array, skip?: Dense): Dense {
  const grouped = { shape: [1, ...weight.shape], data: weight.data };
  const residual = skip && firUpsampleReference(skip).data;
  return conv2dReference(x, grouped, { inScale: styles, bias, residual, stride: 1, padding: 0 });
}

/** θ̂ `[I, k, k, O]` and energy `[I, O]` from θ `[I, k, k, O]` and ΣΔ `[O, I, f, f]`. */
export function weightUpdateReference(
  theta: Dense,
  scale: number,
  delta?: { readonly data: Float32Array; readonly taps: number },
): { readonly updated: Float32Array; readonly energy: Float32Array } {
  const [inChannels, kernel] = dims(theta);
  const outChannels = theta.shape[3] ?? 0;
  const updated = new Float32Array(theta.data.length);
  const energy = new Float32Array(inChannels * outChannels);
  for (let i = 0; i < inChannels; i++) {
    for (let o = 0; o < outChannels; o++) {
      let sum = 0;
      for (let a = 0; a < kernel; a++) {
        for (let b = 0; b < kernel; b++) {
          const index = ((i * kernel + a) * kernel + b) * outChannels + o;
          const f = delta?.taps ?? 1;
          const tap = f === 1 ? 0 : a * f + b;
          const change = delta ? at(delta.data, (o * inChannels + i) * f * f + tap) : 0;
          const value = at(theta.data, index) * (1 + change) * scale;
          updated[index] = value;
          sum += value * value;
        }
      }
      energy[i * outChannels + o] = sum;
    }
  }
  return { updated, energy };
}

/** `[O, n]` to rows of `stride` elements, one for each of the n columns, from element `first` of `output` on. */
export function turnWeightsReference(stored: Dense, output: Float32Array, first = 0, stride = dims(stored)[0]): void {
  const [rows, length] = dims(stored);
  for (let o = 0; o < rows; o++) {
    for (let j = 0; j < length; j++) output[first + j * stride + o] = at(stored.data, o * length + j);
  }
}

/** `rsqrt(Σ_i s² · energy + 1e-8)`; `energy` is `[I, O]`. */
export function demodulationReference(styles: Float32Array, energy: Dense): Float32Array {
  const [inChannels, outChannels] = dims(energy);
  return Float32Array.from({ length: outChannels }, (_, o) => {
    let sum = 1e-8;
    for (let i = 0; i < inChannels; i++) sum += at(styles, i) ** 2 * at(energy.data, i * outChannels + o);
    return 1 / Math.sqrt(sum);
  });
}

/** Affine maps of all layers; `latents` `[n, D]`, `weight` `[S, D]`. */
export function stylesReference(
  latents: Dense,
  weight: Dense,
  bias: Float32Array,
  latentRow: Float32Array,
  scale: number,
): Float32Array {
  const [rows, features] = dims(latents);
  return bias.map((b, j) => {
    const row = rows > 1 ? at(latentRow, j) : 0;
    let sum = 0;
    for (let d = 0; d < features; d++) sum += at(weight.data, j * features + d) * at(latents.data, row * features + d);
    return sum * scale + b;
  });
}

/** Each range of `styles` divided by its largest magnitude; a range of zeros stays. */
export function styleNormReference(
  styles: Float32Array,
  ranges: readonly { readonly first: number; readonly length: number }[],
): Float32Array {
  const normalised = new Float32Array(styles.length);
  for (const { first, length } of ranges) {
    let largest = 0;
    for (let i = first; i < first + length; i++) largest = Math.max(largest, Math.abs(at(styles, i)));
    for (let i = first; i < first + length; i++) normalised[i] = largest > 0 ? at(styles, i) / largest : 0;
  }
  return normalised;
}
