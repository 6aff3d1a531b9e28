/** Seeded weight matrices in every storage type, with the f32 values they stand for. */

import { randomArray } from '../../src/kernels/reference/seeded.ts';
import type { KernelRun } from '../../src/runtime/kernel-run.ts';
import { type DType, elementCount, type Shape, type Tensor } from '../../src/tensor.ts';

/** A matrix as stored and as meant. */
export interface StoredMatrix {
  readonly data: ArrayBufferView;
  /** One a row, for i8. */
  readonly scales: Float32Array | undefined;
  readonly values: Float32Array;
}

/** k/1024 with |k| ≤ 1024, which f16 represents exactly, as its bits. */
function halfBits(k: number): number {
  const magnitude = Math.abs(k);
  if (magnitude === 0) return 0;
  const e = Math.floor(Math.log2(magnitude));
  return (k < 0 ? 0x8000 : 0) | ((e + 5) << 10) | ((magnitude - 2 ** e) << (10 - e));
}

/** Values in [-1, 1] from the seed; their rounding to the storage type is part of the values. */
export function storedMatrix(seed: string, shape: Shape, dtype: DType): StoredMatrix {
  const count = elementCount(shape);
  const random = randomArray(seed, count);
  if (dtype === 'f32') return { data: random, scales: undefined, values: random };
  if (dtype === 'f16') {
    const steps = Array.from(random, (v) => Math.round(v * 1024));
    const values = Float32Array.from(steps, (k) => k / 1024);
    return { data: Uint16Array.from(steps, halfBits), scales: undefined, values };
  }
  const columns = count / (shape[0] ?? 1);
  const scales = randomArray(`${seed} scales`, shape[0] ?? 1).map((v) => 0.005 + 0.003 * v);
  const data = Int8Array.from(random, (v) => Math.round(v * 127));
  return { data, scales, values: Float32Array.from(data, (v, i) => v * (scales[Math.floor(i / columns)] ?? 0)) };
}

/** Whole rows `[from, to)` of a stored matrix as an input tensor. */
export function matrixRows(
  g: KernelRun,
  name: string,
  [rows, columns]: readonly [number, number],
  dtype: DType,
  [from, to]: readonly [number, number] = [0, rows],
): Tensor {
  const bytes = { f32: 4, f16: 2, i8: 1 }[dtype] * columns;
  const { data } = storedMatrix(name, [rows, columns], dtype);
  const part = new Uint8Array(data.buffer, from * bytes, (to - from) * bytes);
  return g.input(`${name} ${from}`, [to - from, columns], part, dtype);
}

/** The scales of a stored i8 matrix as an input tensor; undefined for other types. */
export function matrixScales(g: KernelRun, name: string, shape: Shape, dtype: DType): Tensor | undefined {
  const { scales } = storedMatrix(name, shape, dtype);
  return scales && g.input(`${name} scales`, [scales.length], scales);
}
