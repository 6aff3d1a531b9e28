/** What is trained and how, as plain data: equal recipes record equal graphs (`training-network.ts`). */
import type { Statistics } from '../models/trainable-hypernetwork.ts';
import { isTunable } from '../models/tuned-plan.ts';
import type { PixelLosses } from './losses.ts';

/** The networks that can be trained: the hypernetwork, the W encoder, the generator at the encoder's latents. */
export const PARTS = ['hypernetwork', 'encoder', 'generator'] as const;
/** One of {@link PARTS}. */
export type Part = (typeof PARTS)[number];

/** Optimisers: Ranger is what HyperStyle's authors use; Muon moves matrices by orthogonalised momentum, the rest by Adam. */
export const OPTIMISERS = ['ranger', 'adam', 'muon'] as const;
/** One of {@link OPTIMISERS}. */
export type OptimiserName = (typeof OPTIMISERS)[number];

/** What is recorded. */
export interface Recipe {
  readonly part: Part;
  /** Pictures that go through together: with the statistics of the batch one function of all of them, else each by itself. */
  readonly batch: number;
  readonly statistics: Statistics;
  /** Weights of the losses that need no network. */
  readonly loss: PixelLosses;
  readonly optimiser: OptimiserName;
  /** Largest norm of all gradients together; 0: any. */
  readonly clip: number;
  /** Decay of the weights' running average, which is what is judged and saved; 0: the weights themselves are. */
  readonly average: number;
}

const PREFIX: Readonly<Record<Part, string>> = {
  hypernetwork: 'hypernet.',
  encoder: 'encoder.',
  generator: 'decoder.',
};

/** Whether training a part may change a checkpoint tensor, running statistics included. */
export function belongsTo(part: Part, key: string): boolean {
  return part === 'generator' ? isTunable(key) : key.startsWith(PREFIX[part]);
}

/** Whether a checkpoint tensor is one of BatchNorm's running statistics, which move without a gradient. */
export const isStatistic = (key: string): boolean => /\.running_(mean|var)$/.test(key);
