/**
 * A weight plan of a network that is differentiated: it knows where every checkpoint element lies on the device, so
 * that gradients can be told apart by key and weights go back into a checkpoint; and BatchNorm is folded in the graph,
 * not while loading.
 */
import { ensure } from '../errors.ts';
import { type BatchNormFoldArgs, batchNormFold } from '../kernels/batch-norm.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { BYTES_PER_ELEMENT, elementCount, type Shape, type Tensor } from '../tensor.ts';
import type { TensorInfo } from '../weights/weight-source.ts';
import { type FoldedBatchNorm, type HeadMatrix, WeightPlan } from './weight-plan.ts';

/**
 * Where a checkpoint tensor lies: its element o · length + j is element `first + j · stride + o` of `tensor`, o below
 * `rows`. Rows are output channels where kernels read them fastest; what is stored as it is has one row.
 */
export interface Parameter {
  readonly tensor: Tensor;
  readonly first: number;
  readonly rows: number;
  readonly length: number;
  readonly stride: number;
}

/** A plan whose tensors are parameters. */
export class TrainablePlan extends WeightPlan {
  #g: Recorder;
  readonly #learns: (key: string) => boolean;
  readonly #parameters = new Map<string, Parameter>();
  readonly #heads = new Map<string, HeadMatrix>();
  readonly #folded = new Map<string, FoldedBatchNorm>();

  /**
   * @param g where BatchNorms are folded at every run
   * @param learns which checkpoint tensors may move; BatchNorms of others are folded while loading. Default: all
   */
  constructor(infos: ReadonlyMap<string, TensorInfo>, g: Recorder, learns: (key: string) => boolean = () => true) {
    super(infos);
    this.#g = g;
    this.#learns = learns;
  }

  /** Every checkpoint tensor that a network has asked for, by its key. */
  get parameters(): ReadonlyMap<string, Parameter> {
    return this.#parameters;
  }

  override plain(key: string, shape?: Shape): Tensor {
    const tensor = shape ? super.plain(key, shape) : super.plain(key);
    this.#place(key, tensor, 0);
    return tensor;
  }

  override concat(name: string, keys: readonly string[]): Tensor {
    const tensor = super.concat(name, keys);
    let first = 0;
    for (const key of keys) {
      this.#place(key, tensor, first);
      first += elementCount(this.shape(key));
    }
    return tensor;
  }

  override conv(name: string, keys: readonly string[]): Tensor {
    const tensor = super.conv(name, keys);
    keys.forEach((key, group) => {
      const count = elementCount(this.shape(key));
      const rows = tensor.shape[4] ?? 1;
      this.#parameters.set(key, { tensor, first: group * count, rows, length: count / rows, stride: rows });
    });
    return tensor;
  }

  override convJoined(name: string, keys: readonly string[]): Tensor {
    const tensor = super.convJoined(name, keys);
    const stride = tensor.shape[4] ?? 1;
    const rows = stride / keys.length;
    keys.forEach((key, part) => {
      const length = elementCount(this.shape(key)) / rows;
      this.#parameters.set(key, { tensor, first: part * rows, rows, length, stride });
    });
    return tensor;
  }

  /** Whole and in f32, however it is stored: gradients are. */
  override head(key: string, maxBytes: number): HeadMatrix {
    const known = this.#heads.get(key);
    if (known) return known;
    const { shape } = this.#info(key);
    ensure(
      elementCount(shape) * BYTES_PER_ELEMENT.f32 <= maxBytes,
      'memory',
      () => `"${key}" [${shape}] does not fit one binding, which a head that learns must`,
    );
    const rows = shape[0] ?? 1;
    const matrix = { chunks: [this.plain(key, [rows, elementCount(shape) / rows])], scales: undefined };
    this.#heads.set(key, matrix);
    return matrix;
  }

  /** Folded at every run, from weights that may have moved. */
  override batchNorm(prefix: string): FoldedBatchNorm {
    if (!this.#learns(`${prefix}.weight`)) return super.batchNorm(prefix);
    const known = this.#folded.get(prefix);
    if (known) return known;
    const folded = batchNormFold(this.#g, { label: prefix, ...this.batchNormWeights(prefix) });
    this.#folded.set(prefix, folded);
    return folded;
  }

  /** Folds BatchNorms in another graph from now on; one that reads the same weights. */
  foldIn(g: Recorder): void {
    this.#g = g;
    this.#folded.clear();
  }

  /** The four tensors of a BatchNorm, each `[C]`. */
  batchNormWeights(prefix: string): Omit<BatchNormFoldArgs, 'label'> {
    return {
      weight: this.plain(`${prefix}.weight`),
      bias: this.plain(`${prefix}.bias`),
      mean: this.plain(`${prefix}.running_mean`),
      variance: this.plain(`${prefix}.running_var`),
    };
  }

  /** @throws `tensor` error for int8, whose steps are coarser than what a training moves */
  #info(key: string): { readonly shape: Shape } {
    const dtype = this.infos.get(key)?.dtype;
    ensure(
      dtype !== 'i8',
      'tensor',
      () => `"${key}" is stored as int8, too coarse to be trained: convert the checkpoint with --dtype f16 or f32`,
    );
    return { shape: this.shape(key) };
  }

  #place(key: string, tensor: Tensor, first: number): void {
    this.#parameters.set(key, { tensor, first, rows: 1, length: elementCount(this.shape(key)), stride: 1 });
  }
}

/** Values of a parameter in the checkpoint's order, from those of its whole device tensor. */
export function checkpointOrder({ first, rows, length, stride }: Parameter, values: Float32Array): Float32Array {
  const found = new Float32Array(rows * length);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < length; j++) found[row * length + j] = values[first + j * stride + row] ?? Number.NaN;
  }
  return found;
}

/** The inverse of {@link checkpointOrder}: puts values in the checkpoint's order where they lie in the whole device tensor's. */
export function deviceOrder({ first, rows, length, stride }: Parameter, found: Float32Array, into: Float32Array): void {
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < length; j++) into[first + j * stride + row] = found[row * length + j] ?? 0;
  }
}
