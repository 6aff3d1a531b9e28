/**
 * Which device tensor comes from which checkpoint keys, and how. The networks ask for weights while their graphs are
 * built; each request makes a persistent tensor and a recipe. `WeightPlan.load` then streams the source and runs each
 * recipe as soon as its keys have arrived, straight into the tensor's buffer.
 */
import { ensure } from '../errors.ts';
import type { DeviceBuffers } from '../graph/buffers.ts';
import { BYTES_PER_ELEMENT, elementCount, type Shape, type Tensor, tensor } from '../tensor.ts';
import { decodeElements } from '../weights/stored-tensor.ts';
import type { StreamOptions, TensorInfo, WeightSource } from '../weights/weight-source.ts';

/** How values of one or more checkpoint tensors become one device tensor. */
interface Recipe {
  readonly target: Tensor;
  readonly keys: readonly string[];
  readonly build: (values: readonly Float32Array[]) => Float32Array;
}

/** Rows of a large checkpoint tensor copied unchanged, in their stored type, to a chunk of device memory. */
interface RowCopy {
  readonly target: Tensor;
  readonly key: string;
  readonly firstRow: number;
  readonly rows: number;
}

/** A head matrix on the device: row chunks within the binding limit, and a scale a row when it is stored as i8. */
export interface HeadMatrix {
  readonly chunks: readonly Tensor[];
  /** `[rows]` or undefined. */
  readonly scales: Tensor | undefined;
}

/** Scale and shift of an evaluation-mode BatchNorm, each `[C]`: y = x·scale + shift. */
export interface FoldedBatchNorm {
  readonly scale: Tensor;
  readonly shift: Tensor;
}

/** PyTorch's BatchNorm2d default, which every checkpoint uses. */
const BATCH_NORM_EPS = 1e-5;

/** Requests for device tensors and the recipes that fill them. */
export class WeightPlan {
  readonly #infos: ReadonlyMap<string, TensorInfo>;
  readonly #recipes: Recipe[] = [];
  readonly #copies: RowCopy[] = [];
  readonly #made = new Map<string, Tensor>();

  /** @param infos the tensors a source will deliver */
  constructor(infos: ReadonlyMap<string, TensorInfo>) {
    this.#infos = infos;
  }

  /** Whether the source has `key`. */
  has(key: string): boolean {
    return this.#infos.has(key);
  }

  /** Shape of `key` as stored. @throws `tensor` error when the source lacks it */
  shape(key: string): Shape {
    return this.#info(key).shape;
  }

  /** Dimension `index` of `key`. @throws `tensor` error when there is none */
  size(key: string, index: number): number {
    const n = this.shape(key)[index];
    ensure(n !== undefined, 'tensor', () => `"${key}" [${this.shape(key)}] has no dimension ${index}`);
    return n;
  }

  /** Every tensor asked for so far. */
  get targets(): Tensor[] {
    return [...this.#recipes.map((r) => r.target), ...this.#copies.map((c) => c.target)];
  }

  /** A device tensor computed from checkpoint tensors, or from none; asking twice for one name gives the same tensor. */
  derive(name: string, shape: Shape, keys: readonly string[], build: Recipe['build']): Tensor {
    const known = this.#made.get(name);
    if (known) return known;
    for (const key of keys) this.#info(key);
    const target = tensor(name, shape);
    this.#made.set(name, target);
    this.#recipes.push({ target, keys, build });
    return target;
  }

  /** `key` unchanged in f32, under `shape` (default: as stored). @throws `tensor` error when the sizes differ */
  plain(key: string, shape: Shape = this.shape(key)): Tensor {
    this.#expectCount(key, shape);
    return this.derive(key, shape, [key], ([values]) => values ?? new Float32Array());
  }

  /** Several vectors one after another: `[Σ n]`. */
  concat(name: string, keys: readonly string[]): Tensor {
    const total = keys.reduce((sum, key) => sum + elementCount(this.shape(key)), 0);
    return this.derive(name, [total], keys, join);
  }

  /**
   * Convolution weights as kernels read them, `[groups, I, k, k, O]`, from one checkpoint tensor `[O, I, k, k]` (a leading
   * 1 is allowed) a group.
   */
  conv(name: string, keys: readonly string[]): Tensor {
    const [o, i, k] = this.#convShape(keys);
    return this.derive(name, [keys.length, i, k, k, o], keys, (groups) =>
      join(groups.map((g) => toInputMajor(g, o, i * k * k))),
    );
  }

  /** Convolutions that read the same input, joined along their outputs: `[1, I, k, k, n·O]`. */
  convJoined(name: string, keys: readonly string[]): Tensor {
    const [o, i, k] = this.#convShape(keys);
    const outputs = o * keys.length;
    return this.derive(name, [1, i, k, k, outputs], keys, (parts) => toInputMajor(join(parts), outputs, i * k * k));
  }

  /** BatchNorm at `prefix` (`.weight`, `.bias`, `.running_mean`, `.running_var`) folded to scale and shift. */
  batchNorm(prefix: string): FoldedBatchNorm {
    const [weight, bias, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(
      (p) => `${prefix}.${p}`,
    );
    const shape = this.shape(`${weight}`);
    const at = (v: Float32Array | undefined, i: number): number => v?.[i] ?? 0;
    const scaleOf = (w: Float32Array | undefined, v: Float32Array | undefined, i: number): number =>
      at(w, i) / Math.sqrt(at(v, i) + BATCH_NORM_EPS);
    const scale = this.derive(`${prefix}.scale`, shape, [`${weight}`, `${variance}`], ([w, v]) =>
      Float32Array.from({ length: w?.length ?? 0 }, (_, i) => scaleOf(w, v, i)),
    );
    const keys = [`${weight}`, `${bias}`, `${mean}`, `${variance}`];
    const shift = this.derive(`${prefix}.shift`, shape, keys, ([w, b, m, v]) =>
      Float32Array.from({ length: w?.length ?? 0 }, (_, i) => at(b, i) - at(m, i) * scaleOf(w, v, i)),
    );
    return { scale, shift };
  }

  /**
   * A large matrix `[rows, columns…]` kept in its stored type, cut into chunks of whole rows below `maxBytes`; `i8`
   * comes with its scales.
   */
  head(key: string, maxBytes: number): HeadMatrix {
    const info = this.#info(key);
    const rows = this.size(key, 0);
    const columns = elementCount(info.shape) / rows;
    const rowBytes = columns * BYTES_PER_ELEMENT[info.dtype];
    // Chunks begin at whole words: an even number of f16 rows, a multiple of four i8 rows when a row is odd.
    const step = rowBytes % 4 === 0 ? 1 : 4;
    const perChunk = Math.max(step, Math.floor(maxBytes / rowBytes / step) * step);
    const chunks: Tensor[] = [];
    for (let firstRow = 0; firstRow < rows; firstRow += perChunk) {
      const count = Math.min(perChunk, rows - firstRow);
      const target = tensor(`${key} rows ${firstRow}`, [count, columns], 'persistent', info.dtype);
      this.#copies.push({ target, key, firstRow, rows: count });
      chunks.push(target);
    }
    return { chunks, scales: info.dtype === 'i8' ? this.plain(`${key}.scale`) : undefined };
  }

  /**
   * Streams `source` into the buffers of every requested tensor, which must be allocated.
   * @throws what the source throws, and a `tensor` error naming what never arrived
   */
  async load(source: WeightSource, buffers: DeviceBuffers, options?: StreamOptions): Promise<void> {
    const arrived = new Map<string, Float32Array>();
    const waiting = new Map<string, Set<Recipe>>();
    for (const recipe of this.#recipes) {
      for (const key of recipe.keys) waiting.set(key, (waiting.get(key) ?? new Set()).add(recipe));
    }
    for (const { target, keys, build } of this.#recipes) if (keys.length === 0) buffers.write(target, build([]));
    await source.stream((info, bytes, rowOffset) => {
      this.#copyRows(buffers, info, bytes, rowOffset);
      const users = waiting.get(info.name);
      if (!users) return;
      collect(arrived, info, bytes, rowOffset);
      if (rowOffset * rowLength(info) + bytes.byteLength / BYTES_PER_ELEMENT[info.dtype] < elementCount(info.shape))
        return;
      for (const recipe of users) finish(recipe, arrived, waiting, buffers);
    }, options);
    const missing = [...waiting.keys()];
    ensure(
      missing.length === 0,
      'tensor',
      () => `"${source.name}" ended without the tensors ${missing.slice(0, 3).join(', ')}`,
    );
  }

  #copyRows(buffers: DeviceBuffers, info: TensorInfo, bytes: Uint8Array, rowOffset: number): void {
    const rowBytes = rowLength(info) * BYTES_PER_ELEMENT[info.dtype];
    const lastRow = rowOffset + bytes.byteLength / rowBytes;
    for (const { target, key, firstRow, rows } of this.#copies) {
      const [from, to] = [Math.max(firstRow, rowOffset), Math.min(firstRow + rows, lastRow)];
      if (key !== info.name || from >= to) continue;
      const part = bytes.subarray((from - rowOffset) * rowBytes, (to - rowOffset) * rowBytes);
      buffers.write(target, part, (from - firstRow) * rowBytes);
    }
  }

  #info(key: string): TensorInfo {
    const info = this.#infos.get(key);
    ensure(info, 'tensor', () => `the model has no tensor "${key}": convert the complete checkpoint again`);
    return info;
  }

  #expectCount(key: string, shape: Shape): void {
    const have = this.shape(key);
    ensure(
      elementCount(have) === elementCount(shape),
      'tensor',
      () => `"${key}" expects [${shape.join(', ')}], the model has [${have.join(', ')}]`,
    );
  }

  #convShape(keys: readonly string[]): [o: number, i: number, k: number] {
    const shapes = keys.map((key) => this.shape(key).slice(-4));
    const [first] = shapes;
    const [o, i, k] = first ?? [];
    ensure(o && i && k, 'tensor', () => `"${keys[0]}" is no convolution weight: expects [O, I, k, k], has [${first}]`);
    shapes.forEach((s, n) => {
      ensure(
        `${s}` === `${first}`,
        'tensor',
        () => `"${keys[n]}" expects [${first}] like "${keys[0]}", the model has [${s}]`,
      );
    });
    return [o, i, k];
  }
}

const rowLength = (info: TensorInfo): number => elementCount(info.shape) / (info.shape[0] ?? 1);

function join(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** `[O, n]` to `[n, O]`. */
function toInputMajor(values: Float32Array, outputs: number, n: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let o = 0; o < outputs; o++) for (let j = 0; j < n; j++) turned[j * outputs + o] = values[o * n + j] ?? 0;
  return turned;
}

/** Adds a part to what has arrived of a tensor. */
function collect(arrived: Map<string, Float32Array>, info: TensorInfo, bytes: Uint8Array, rowOffset: number): void {
  const part = decodeElements(info.dtype, bytes.slice()); // a copy: the source may reuse its bytes
  const whole = elementCount(info.shape);
  if (part.length === whole) arrived.set(info.name, part);
  else {
    const all = arrived.get(info.name) ?? new Float32Array(whole);
    all.set(part, rowOffset * rowLength(info));
    arrived.set(info.name, all);
  }
}

/** Runs a recipe whose keys have all arrived, and forgets what nobody waits for any more. */
function finish(
  recipe: Recipe,
  arrived: Map<string, Float32Array>,
  waiting: Map<string, Set<Recipe>>,
  buffers: DeviceBuffers,
): void {
  const values = recipe.keys.flatMap((key) => arrived.get(key) ?? []);
  if (values.length < recipe.keys.length) return;
  buffers.write(recipe.target, recipe.build(values));
  for (const key of recipe.keys) {
    const users = waiting.get(key);
    users?.delete(recipe);
    if (users?.size === 0) {
      waiting.delete(key);
      arrived.delete(key);
    }
  }
}
