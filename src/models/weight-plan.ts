/**
 * Which device tensor comes from which checkpoint keys, and how. The networks ask for weights while their graphs are
 * built. Large tensors are copied to the GPU as they are stored, in the order they arrive, and turned there into what
 * kernels read (`prepare`); only vectors and noise maps are computed here. `WeightPlan.load` streams a source through.
 */
import { ensure } from '../errors.ts';
import { StagedGraph } from '../graph/graph.ts';
import type { WeightSink } from '../graph/staged-run.ts';
import { turnWeights } from '../kernels/turn-weights.ts';
import { BYTES_PER_ELEMENT, elementCount, type Shape, type Tensor, tensor } from '../tensor.ts';
import { rowBytes, rowCount } from '../weights/shards.ts';
import type { StreamOptions, TensorInfo, WeightSource } from '../weights/weight-source.ts';
import { type Recipe, type RowCopy, WeightLoad } from './weight-load.ts';

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

/** Requests for device tensors, and what fills them. */
export class WeightPlan {
  /** Runs once while loading: from tensors as stored to tensors as kernels read them. */
  readonly prepare = new StagedGraph('prepare');
  /** The tensors a source will deliver. */
  readonly infos: ReadonlyMap<string, TensorInfo>;
  readonly #recipes: Recipe[] = [];
  readonly #copies: RowCopy[] = [];
  readonly #made = new Map<string, Tensor>();
  readonly #heads = new Map<string, HeadMatrix>();

  /** @param infos the tensors a source will deliver */
  constructor(infos: ReadonlyMap<string, TensorInfo>) {
    this.infos = infos;
  }

  /** Whether the source has `key`. */
  has(key: string): boolean {
    return this.infos.has(key);
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

  /** Every tensor that values are written into. */
  get targets(): Tensor[] {
    return [...new Set([...this.#recipes, ...this.#copies].map(({ target }) => target))];
  }

  /** A small device tensor computed here from checkpoint tensors, or from none; one name gives one tensor. */
  derive(name: string, shape: Shape, keys: readonly string[], build: Recipe['build']): Tensor {
    return this.#once(name, shape, (target) => {
      for (const key of keys) this.#info(key);
      this.#recipes.push({ target, keys, build });
    });
  }

  /** `key` unchanged in f32, under `shape` (default: as stored). @throws `tensor` error when the sizes differ */
  plain(key: string, shape: Shape = this.shape(key)): Tensor {
    this.#expectCount(key, shape);
    return this.#once(key, shape, (target) => this.#place(key, target, 0));
  }

  /** Several tensors one after another, flat: `[Σ n]`. */
  concat(name: string, keys: readonly string[]): Tensor {
    const counts = keys.map((key) => elementCount(this.shape(key)));
    const total = counts.reduce((sum, count) => sum + count, 0);
    return this.#once(name, [total], (target) => {
      let first = 0;
      keys.forEach((key, i) => {
        this.#place(key, target, first);
        first += counts[i] ?? 0;
      });
    });
  }

  /**
   * Convolution weights as kernels read them, `[groups, I, k, k, O]`, from one checkpoint tensor `[O, I, k, k]` (a leading
   * 1 is allowed) a group.
   */
  conv(name: string, keys: readonly string[]): Tensor {
    const [o, i, k] = this.#convShape(keys);
    const n = i * k * k;
    return this.#once(name, [keys.length, i, k, k, o], (output) => {
      keys.forEach((key, group) => {
        turnWeights(this.prepare, { label: key, stored: this.#stored(key, [o, n]), output, first: group * o * n });
      });
    });
  }

  /** One convolution's weights `[1, I, k, k, channels]`, with zeros where the checkpoint has fewer output channels. */
  convPadded(key: string, channels: number): Tensor {
    const [o, i, k] = this.#convShape([key]);
    ensure(
      channels >= o,
      'tensor',
      () => `"${key}" has ${o} output channels, more than the ${channels} it is padded to`,
    );
    return this.#once(`${key} padded`, [1, i, k, k, channels], (output) => {
      const stored = this.#stored(key, [o, i * k * k]);
      turnWeights(this.prepare, { label: key, stored, output, stride: channels });
    });
  }

  /** A vector with zeros behind: `[length]`. */
  padded(key: string, length: number): Tensor {
    const build: Recipe['build'] = ([values]) => {
      const out = new Float32Array(length);
      out.set(values ?? []);
      return out;
    };
    return this.derive(`${key} padded`, [length], [key], build);
  }

  /** Convolutions that read the same input, joined along their outputs: `[1, I, k, k, n·O]`. */
  convJoined(name: string, keys: readonly string[]): Tensor {
    const [o, i, k] = this.#convShape(keys);
    const stride = o * keys.length;
    return this.#once(name, [1, i, k, k, stride], (output) => {
      keys.forEach((key, part) => {
        const stored = this.#stored(key, [o, i * k * k]);
        turnWeights(this.prepare, { label: key, stored, output, first: part * o, stride });
      });
    });
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
   * comes with its scales. One key gives the same tensors whoever asks.
   */
  head(key: string, maxBytes: number): HeadMatrix {
    const known = this.#heads.get(key);
    if (known) return known;
    const head = this.#makeHead(key, maxBytes);
    this.#heads.set(key, head);
    return head;
  }

  #makeHead(key: string, maxBytes: number): HeadMatrix {
    const info = this.#info(key);
    const rows = rowCount(info);
    const columns = elementCount(info.shape) / rows;
    // Chunks begin at whole words: an even number of f16 rows, a multiple of four i8 rows when a row is odd.
    const step = rowBytes(info) % 4 === 0 ? 1 : 4;
    const perChunk = Math.max(step, Math.floor(maxBytes / rowBytes(info) / step) * step);
    const chunks: Tensor[] = [];
    for (let firstRow = 0; firstRow < rows; firstRow += perChunk) {
      const count = Math.min(perChunk, rows - firstRow);
      const target = tensor(`${key} rows ${firstRow}`, [count, columns], 'persistent', info.dtype);
      this.#copies.push({ target, key, firstRow, rows: count, byteOffset: 0 });
      chunks.push(target);
    }
    return { chunks, scales: info.dtype === 'i8' ? this.plain(`${key}.scale`) : undefined };
  }

  /**
   * Streams `source` into `sink`, holding nothing back but what a recipe of several keys waits for.
   * @throws what the source and the sink throw, and a `tensor` error naming what never arrived
   */
  async load(source: Pick<WeightSource, 'name' | 'stream'>, sink: WeightSink, options?: StreamOptions): Promise<void> {
    const load = new WeightLoad(this.#copies, this.#recipes, sink);
    await load.begin();
    await source.stream((info, bytes, rowOffset) => load.visit(info, bytes, rowOffset), options);
    load.expectComplete(source.name);
  }

  /** Opens and closes in `sink` what a load of these tensors, one after another, would. */
  async rehearse(sink: WeightSink): Promise<void> {
    const load = new WeightLoad(this.#copies, [], sink);
    for (const info of this.infos.values()) await load.rehearse(info);
  }

  #once(name: string, shape: Shape, fill: (target: Tensor) => void): Tensor {
    const known = this.#made.get(name);
    if (known) return known;
    const target = tensor(name, shape);
    this.#made.set(name, target);
    fill(target);
    return target;
  }

  /** `key` as it is stored, on the GPU: `[O, n]`. */
  #stored(key: string, shape: Shape): Tensor {
    const { dtype } = this.#info(key);
    const target = tensor(`${key} stored`, shape, 'persistent', dtype);
    this.#copies.push({ target, key, firstRow: 0, rows: rowCount(this.#info(key)), byteOffset: 0 });
    return target;
  }

  /** `key` in f32 at element `first` of `target`. */
  #place(key: string, target: Tensor, first: number): void {
    const info = this.#info(key);
    const byteOffset = first * BYTES_PER_ELEMENT.f32;
    if (info.dtype === 'f32') this.#copies.push({ target, key, firstRow: 0, rows: rowCount(info), byteOffset });
    else {
      const stored = this.#stored(key, [1, elementCount(info.shape)]);
      turnWeights(this.prepare, { label: key, stored, output: target, first });
    }
  }

  #info(key: string): TensorInfo {
    const info = this.infos.get(key);
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
