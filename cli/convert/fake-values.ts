/**
 * Deterministic values for a checkpoint that nobody trained: scaled so that activations stay around one in every layer
 * and offsets Δ around 0.1.
 */
import { bytesOf } from '../../src/weights/bytes.ts';
import { upsamplingFilter } from '../../src/weights/fir-filter.ts';
import type { LayoutTensor } from '../../src/weights/layout.ts';

const TABLE_BITS = 16;

/** Normal deviates, drawn once by Box-Muller; tensors pick from them at random, which is ten times faster. */
const NORMAL = ((): Float32Array => {
  const table = new Float32Array(2 ** TABLE_BITS);
  const random = xorshift(0x9e3779b9);
  const unit = (): number => ((random() >>> 0) + 0.5) / 2 ** 32;
  for (let i = 0; i < table.length; i++) table[i] = Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit());
  return table;
})();

/** Marsaglia's xorshift32: signed 32-bit numbers, period 2^32 − 1. */
function xorshift(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}

/** FNV-1a of a text. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}

/** Mean and standard deviation of a tensor's values. */
function distribution({ name, shape, role }: LayoutTensor): readonly [mean: number, deviation: number] {
  const fanIn = shape.slice(1).reduce((product, n) => product * n, 1);
  switch (role) {
    case 'weight': // He: keeps the second moment through a rectifier; 1x1 shortcuts have none
      return [0, Math.sqrt((/downsample|shortcut/.test(name) ? 1 : 2) / fanIn)];
    case 'equalized':
    case 'constant':
    case 'noise':
      return [0, 1];
    case 'mapping': // / lr_mul
      return [0, 100];
    case 'head': // two of them: a code of ones gives h about 0.35 and Δ about 0.12
      return [0, 0.35 / Math.sqrt(shape[0] ?? 1)];
    case 'offset-head': // a separable head multiplies four of them
      return [0, (shape.length === 4 ? 0.15 : 0.5) / Math.sqrt(fanIn)];
    case 'bias':
      return [0, 0.05];
    case 'style-bias':
      return [1, 0.1];
    case 'slope':
      return [0.25, 0.02];
    case 'gamma': // residual branches end quietly, so that depth does not add up
      return [/(res_layer\.4|bn2)\.weight$/.test(name) ? 0.3 : 1, 0.05];
    case 'mean':
      return [0, 0.05];
    case 'variance':
      return [1, 0.05];
    case 'noise-strength':
      return [0.1, 0.01];
    case 'counter':
    case 'filter':
      return [0, 0];
  }
}

/** Bytes of a tensor in parts of at most `chunk` elements. The same seed and name always give the same values. */
export function* fakeValues(tensor: LayoutTensor, seed: number, chunk = 2 ** 20): Generator<Uint8Array> {
  if (tensor.role === 'counter') {
    yield new Uint8Array(8);
    return;
  }
  if (tensor.role === 'filter') {
    yield bytesOf(upsamplingFilter());
    return;
  }
  const [mean, deviation] = distribution(tensor);
  const random = xorshift(hash(`${seed} ${tensor.name}`));
  const count = tensor.shape.reduce((product, n) => product * n, 1);
  const part = new Float32Array(Math.min(chunk, count));
  for (let at = 0; at < count; at += chunk) {
    const length = Math.min(chunk, count - at);
    for (let i = 0; i < length; i++) part[i] = mean + deviation * (NORMAL[random() >>> (32 - TABLE_BITS)] as number);
    yield new Uint8Array(part.buffer, 0, 4 * length);
  }
}
