/** What a training is asked for, checked, with what is assumed where nothing is said. */
import { ensure, ensureOneOf, inWords } from '../errors.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { STATISTICS, type Statistics } from '../models/trainable-hypernetwork.ts';
import type { DeviceOptions } from '../runtime/device.ts';
import type { Shape } from '../tensor.ts';
import type { StartUpOptions } from '../tuning/start-up.ts';
import type { FileLoss } from '../weights/loss-files.ts';
import type { ByteSource } from '../weights/random-access.ts';
import type { FreshOptions } from './fresh-hypernetwork.ts';
import { type FeatureLoss, PIXEL_LOSSES, type PixelLosses } from './losses.ts';
import { OPTIMISERS, type OptimiserName, PARTS, type Part, type Recipe } from './recipe.ts';

/** A loss with a network, as `lossFromFiles` gives it. */
export interface FeatureLossMaker {
  readonly loss: FileLoss;
  /** What it counts with. */
  readonly weight: number;
  /** @internal For pictures of a shape `[3, h, w]`. */
  readonly make: (facts: KernelFacts, shape: Shape) => FeatureLoss;
}

/** Options of `Trainer.load`. */
export interface TrainerOptions extends DeviceOptions, StartUpOptions {
  /** Default `hypernetwork`. */
  readonly part?: Part | undefined;
  /** T, the passes of a hypernetwork a batch; default 5. */
  readonly passes?: number | undefined;
  /** Pictures that go through together, default 1. Each takes memory of its own. */
  readonly batch?: number | undefined;
  /** Batches whose gradients make one step; default 1. */
  readonly accumulate?: number | undefined;
  /**
   * What BatchNorms normalise by: `frozen` running statistics, or those of the `batch`, as HyperStyle's authors train
   * the hypernetwork. Default: `frozen` for batches of one, for the W encoder and for the generator, else `batch`.
   */
  readonly statistics?: Statistics | undefined;
  /** Weights of the losses that need no network; default `{ l2: 1 }`, `ms-ssim` is 1 − MS-SSIM. */
  readonly loss?: Partial<PixelLosses> | undefined;
  /** Losses with a network. */
  readonly features?: readonly FeatureLossMaker[] | undefined;
  /** Default `ranger`. */
  readonly optimiser?: OptimiserName | undefined;
  /** Largest norm of all gradients of a step together; default 0: any. */
  readonly clip?: number | undefined;
  /** Decay of the running average of the weights, below 1, which is judged and saved; default 0: the weights themselves are. */
  readonly average?: number | undefined;
  /** Of every random choice; default 1. */
  readonly seed?: number | undefined;
  /** Bytes of GPU memory that everything may take together; more is refused before anything is allocated. */
  readonly memory?: number | undefined;
  /** Begins with a hypernetwork that has learnt nothing, also one of another design; default: with the model's. */
  readonly fresh?: FreshOptions | undefined;
  /** A state that `Trainer.state` gave: the training goes on there, with its seed. */
  readonly resume?: ByteSource | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options with nothing left open. */
export interface Settings {
  readonly recipe: Recipe;
  readonly passes: number;
  readonly accumulate: number;
  readonly seed: number;
}

function whole(name: string, value: number, from: number, to: number): number {
  ensure(
    Number.isInteger(value) && value >= from && value <= to,
    'option',
    () => `${name} is ${inWords(value)}, expected a whole number from ${from} to ${to}`,
  );
  return value;
}

function weight(name: string, value: number): number {
  ensure(value >= 0 && Number.isFinite(value), 'option', () => `${name} is ${inWords(value)}, expected 0 or more`);
  return value;
}

/** @throws `option` error for what cannot be */
export function settingsOf(o: TrainerOptions): Settings {
  const { part = 'hypernetwork', optimiser = 'ranger', batch = 1, passes = 5, accumulate = 1, seed = 1 } = o;
  const { clip = 0, average = 0, loss = { l2: 1 }, features = [] } = o;
  ensureOneOf('part', part, PARTS);
  ensureOneOf('optimiser', optimiser, OPTIMISERS);
  const statistics = o.statistics ?? (batch > 1 && part === 'hypernetwork' ? 'batch' : 'frozen');
  ensureOneOf('statistics', statistics, STATISTICS);
  const pixels = Object.fromEntries(
    PIXEL_LOSSES.map((name) => [name, weight(`loss ${name}`, loss[name] ?? 0)]),
  ) as PixelLosses;
  ensure(
    Object.values(pixels).some((value) => value > 0) || features.length > 0,
    'option',
    'no loss has a weight: there is nothing to learn from',
  );
  ensure(average >= 0 && average < 1, 'option', () => `average is ${inWords(average)}, expected 0 or a decay below 1`);
  return {
    recipe: {
      part,
      batch: whole('batch', batch, 1, 1024),
      statistics,
      loss: pixels,
      optimiser,
      clip: weight('clip', clip),
      average,
    },
    passes: part === 'hypernetwork' ? whole('passes', passes, 1, 100) : 1,
    accumulate: whole('accumulate', accumulate, 1, 1024),
    seed: whole('seed', seed, 0, 2 ** 32 - 1),
  };
}
