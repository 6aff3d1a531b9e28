/** Plain loops for `linear`, `layerHead`, `sharedHead`, `separableHead` and `accumulateCodes`, written for reading. */
import { at } from './at.ts';

/** Options of {@link linearReference}, as in `LinearArgs`. */
export interface LinearReferenceOptions {
  readonly bias?: ArrayLike<number>;
  readonly weightScale?: number;
  readonly biasScale?: number;
  /** Slope below zero; 1 is no activation. */
  readonly slope?: number;
  readonly gain?: number;
  readonly groups?: boolean;
  /** One row or one a row. */
  readonly add?: ArrayLike<number>;
}

/** x `[rows, n]`, weight `[m, n]` or `[rows, m, n]` → `[rows, m]`. */
export function linearReference(
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  [rows, n, m]: readonly [number, number, number],
  o: LinearReferenceOptions = {},
): Float64Array {
  const y = new Float64Array(rows * m);
  for (let row = 0; row < rows; row++) {
    for (let out = 0; out < m; out++) {
      const weightRow = o.groups ? row * m + out : out;
      let sum = 0;
      for (let k = 0; k < n; k++) sum += at(x, row * n + k) * at(weight, weightRow * n + k);
      sum = sum * (o.weightScale ?? 1) + (o.bias ? at(o.bias, weightRow) * (o.biasScale ?? 1) : 0);
      sum = (sum < 0 ? sum * (o.slope ?? 1) : sum) * (o.gain ?? 1);
      y[row * m + out] = sum + (o.add ? at(o.add, o.add.length > m ? row * m + out : out) : 0);
    }
  }
  return y;
}

/** Adds codes `[rows, z]` to state `[layers, z + 1]` from `firstRow` on, and counts them. */
export function accumulateReference(
  codes: ArrayLike<number>,
  state: ArrayLike<number>,
  [rows, z]: readonly [number, number],
  firstRow = 0,
): Float64Array {
  const y = Float64Array.from(state);
  const pixels = codes.length / (rows * z);
  const code = (i: number): number => {
    let sum = 0;
    for (let p = 0; p < pixels; p++) sum += at(codes, i * pixels + p);
    return sum / pixels;
  };
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k <= z; k++) {
      y[(firstRow + row) * (z + 1) + k] = at(state, (firstRow + row) * (z + 1) + k) + (k < z ? code(row * z + k) : 1);
    }
  }
  return y;
}

/** `active[r] + weight[r] · sums[r]` for every row; both `[rows, …]`. */
export function mixReference(
  active: ArrayLike<number>,
  sums: ArrayLike<number>,
  weights: ArrayLike<number>,
): Float64Array {
  const width = sums.length / weights.length;
  return Float64Array.from({ length: sums.length }, (_, i) => {
    return at(active, i) + at(weights, Math.floor(i / width)) * at(sums, i);
  });
}

/** Row `row` of state `[layers, z + 1]`, weight `[outputs, z]`, bias `[outputs]` → `[outputs]`. */
export function layerHeadReference(
  state: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
  [row, z]: readonly [number, number],
): Float64Array {
  const start = row * (z + 1);
  return Float64Array.from({ length: bias.length }, (_, r) => {
    let sum = at(state, start + z) * at(bias, r);
    for (let k = 0; k < z; k++) sum += at(state, start + k) * at(weight, r * z + k);
    return sum;
  });
}

/** Weights of the shared head: w2 `[z, C·z]`, b2 `[C·z]`, w1 `[z, C·f²]`, b1 `[C·f²]`. */
export interface SharedHeadWeights {
  readonly w1: ArrayLike<number>;
  readonly b1: ArrayLike<number>;
  readonly w2: ArrayLike<number>;
  readonly b2: ArrayLike<number>;
}

/** Adds `factor` times the row that begins at `start` of a matrix to `sums`. */
function addRow(sums: Float64Array, factor: number, matrix: Float64Array, start: number): void {
  for (let j = 0; j < sums.length; j++) sums[j] = (sums[j] ?? 0) + factor * (matrix[start + j] ?? Number.NaN);
}

/** state `[≥ layers, z + 1]` → `[layers, C, C, f, f]`. Row by row: every load of a model waits for it. */
export function sharedHeadReference(
  state: ArrayLike<number>,
  weights: SharedHeadWeights,
  [layers, z, channels]: readonly [number, number, number],
): Float64Array {
  const [w1, b1] = [new Float64Array(weights.w1), new Float64Array(weights.b1)];
  const [w2, b2] = [new Float64Array(weights.w2), new Float64Array(weights.b2)];
  const columns = b1.length;
  const delta = new Float64Array(layers * channels * columns);
  for (let layer = 0; layer < layers; layer++) {
    const steps = at(state, layer * (z + 1) + z);
    const h = b2.map((bias) => steps * bias);
    for (let k = 0; k < z; k++) addRow(h, at(state, layer * (z + 1) + k), w2, k * h.length);
    for (let c = 0; c < channels; c++) {
      const sums = b1.map((bias) => steps * bias);
      for (let k = 0; k < z; k++) addRow(sums, at(h, c * z + k), w1, k * columns);
      delta.set(sums, (layer * channels + c) * columns);
    }
  }
  return delta;
}

/** Weight and bias of one linear map. */
export interface LinearReferenceWeights {
  readonly weight: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
}

/** The four maps of a separable head. */
export interface SeparableHeadWeights {
  readonly makeIn: LinearReferenceWeights;
  readonly makeOut: LinearReferenceWeights;
  readonly linearIn: LinearReferenceWeights;
  readonly linearOut: LinearReferenceWeights;
}

/** code `[z]` → offsets `[O, I, k, k]` of one step, the long way: outer product, then both linear maps. */
export function separableHeadReference(
  code: ArrayLike<number>,
  w: SeparableHeadWeights,
  [outChannels, inChannels, taps]: readonly [number, number, number],
): Float64Array {
  const map = (x: ArrayLike<number>, { weight, bias }: LinearReferenceWeights): Float64Array =>
    linearReference(x, weight, [1, x.length, bias.length], { bias });
  const [kernelIn, kernelOut] = [map(code, w.makeIn), map(code, w.makeOut)];
  const delta = new Float64Array(outChannels * inChannels * taps);
  for (let tap = 0; tap < taps; tap++) {
    const mappedIn = Array.from({ length: outChannels }, (_, o) => {
      const row = Float64Array.from(
        { length: inChannels },
        (_, i) => at(kernelOut, tap * outChannels + o) * at(kernelIn, tap * inChannels + i),
      );
      return map(row, w.linearIn);
    });
    for (let i = 0; i < inChannels; i++) {
      const column = Float64Array.from(mappedIn, (row) => at(row, i));
      map(column, w.linearOut).forEach((value, o) => {
        delta[(o * inChannels + i) * taps + tap] = value;
      });
    }
  }
  return delta;
}
