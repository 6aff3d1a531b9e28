/**
 * The one interface through which the models receive weights: a list of tensors known beforehand, and a stream of their
 * bytes. A converted model folder, a pair of checkpoints and dropped files all become a {@link WeightSource}.
 *
 * Keys are unified: `hypernet.*`, `decoder.*`, `encoder.*`, `latent_avg` [latentCount, styleDim]. The shared head exists
 * once, as `hypernet.shared_weight_hypernet.*`; counters and blur kernels are left out.
 * An `i8` tensor NAME comes with `NAME.scale` (f32, one a row, always streamed before NAME): value = i8 · scale[row].
 */
import type { Architecture } from '../architecture.ts';
import { ensure, inWords } from '../errors.ts';
import type { DType, Shape } from '../tensor.ts';

/** One tensor as it arrives: name (checkpoint key), shape (outermost first) and element type, packed, little-endian. */
export interface TensorInfo {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** How far a load has come; sizes in bytes, times in seconds. */
export interface LoadProgress {
  /** The file being read. */
  readonly file: string;
  readonly loadedBytes: number;
  readonly totalBytes: number;
  /** Mean over the last seconds; 0 until known. */
  readonly bytesPerSecond: number;
  /** Estimate from `bytesPerSecond`; `Infinity` until known. */
  readonly remainingSeconds: number;
  /** Bytes of `loadedBytes` that came from this machine's cache. */
  readonly cachedBytes: number;
}

/**
 * Receives tensors. `bytes` holds whole rows of `info` (rows along `shape[0]`) starting at row `rowOffset`; a tensor
 * larger than a shard arrives in several calls, in ascending order, all others in one call with `rowOffset` 0.
 * `bytes` may begin at any byte of its buffer, and is gone or reused after the returned promise settles.
 */
export type TensorVisitor = (info: TensorInfo, bytes: Uint8Array, rowOffset: number) => void | Promise<void>;

/** Options of {@link WeightSource.stream}. */
export interface StreamOptions {
  /** Stops the stream with an `aborted` error. */
  readonly signal?: AbortSignal | undefined;
  /** Told as bytes arrive, at most ten times a second, and at the end. */
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

/** A picture with what an inversion of it should come to. */
export interface SamplePicture {
  /** Its file in the model's folder. */
  readonly name: string;
  /** A picture file: PNG, JPEG or WebP. */
  readonly picture: Uint8Array<ArrayBuffer>;
  /** Mean squared errors of y_0, y_1, … as the model's makers measured them; at least one. */
  readonly errors: readonly number[];
}

/** A model's weights, wherever they are. */
export interface WeightSource {
  readonly name: string;
  readonly architecture: Architecture;
  /** Every tensor that `stream` will deliver, scales included. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Bytes that `stream` reads: what progress counts to. */
  readonly totalBytes: number;
  /** Edit directions by name, each `[styleDim]`: adding `a` times it to w moves the attribute by `a`. */
  readonly directions?: ReadonlyMap<string, Float32Array>;
  /** A sample picture, if the model came with one and it can be had. @throws `aborted` */
  sample?(signal?: AbortSignal): Promise<SamplePicture | undefined>;
  /** Adam's rate that suits pivotal tuning of this generator, above 0, at most 1; the published generators' where absent. */
  readonly tuningRate?: number | undefined;
  /** Generators that were fine-tuned from this model's and ship with it, by name; each is read when it is asked for. */
  readonly domains?: ReadonlyMap<string, (signal?: AbortSignal) => Promise<WeightSource>>;
  /**
   * Delivers every tensor once, holding one shard at a time.
   * @throws `file`, `tensor`, `network` errors; `aborted` when the signal fires
   */
  stream(visit: TensorVisitor, options?: StreamOptions): Promise<void>;
}

/** Whether a value may be a model's {@link WeightSource.tuningRate}. */
export const isTuningRate = (value: unknown): value is number => typeof value === 'number' && value > 0 && value <= 1;

/** @throws `option` error for what is given and no {@link WeightSource.tuningRate} */
export function checkTuningRate(rate: unknown): void {
  ensure(
    rate === undefined || isTuningRate(rate),
    'option',
    () => `tuningRate is ${inWords(rate)}, expected a number above 0, at most 1`,
  );
}

/** @throws `option` error for what is no {@link WeightSource} */
export function checkWeights(source: unknown): asserts source is WeightSource {
  const { stream, tensors, architecture, tuningRate } = Object(source) as Partial<Record<keyof WeightSource, unknown>>;
  ensure(
    typeof stream === 'function' && tensors instanceof Map && Object(architecture) === architecture,
    'option',
    () =>
      `the weights are ${inWords(source)}, expected what openCheckpoint gives; load takes a model's address or files`,
  );
  checkTuningRate(tuningRate);
}
