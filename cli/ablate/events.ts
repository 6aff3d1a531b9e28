/** What `ablate`'s command and job tell each other. */
import type { OptimiserName } from '../../src/index-training.ts';
import type { TrainingData } from '../train/events.ts';
import type { Study } from './variants.ts';

/** What the command passes; the model's folder is mounted as `model`, pictures as `train` has them; `stop` says when to stop. */
export interface AblateParams {
  readonly studies: readonly Study[];
  readonly passes: number;
  readonly data: TrainingData;
  readonly iterations: number;
  /** A design learns at most so long; null: all its iterations. */
  readonly minutes: number | null;
  readonly batch: number;
  readonly accumulate: number;
  readonly optimiser: OptimiserName;
  readonly rate: number;
  readonly loss: Readonly<Record<string, number>>;
  readonly trunk: 'model' | 'fresh';
  readonly headScale: number;
  readonly seed: number;
  /** Side of the generator's pictures, or null: as the model has it. */
  readonly size: number | null;
}

/** A design and what it is made of. */
export interface VariantPlan {
  readonly study: Study;
  readonly name: string;
  readonly passes: number;
  readonly layers: number;
  /** Parameters of this hypernetwork, and of the same design for the published generator of faces. */
  readonly parameters: number;
  readonly published: number;
}

/** What a design has learnt. */
export interface VariantResult {
  readonly steps: number;
  readonly secondsPerStep: number;
  /** Mean squared errors of y_0 … y_T over the pictures that judge. */
  readonly errors: readonly number[];
  /** Total loss by step. */
  readonly curve: readonly (readonly [step: number, total: number])[];
}

/** What the job emits; sheets are saved as `sheet/N`. */
export type AblateEvent =
  | {
      readonly kind: 'loaded';
      readonly model: string;
      readonly adapter: string;
      readonly variants: readonly VariantPlan[];
    }
  | { readonly kind: 'step'; readonly variant: number; readonly step: number; readonly total: number }
  | { readonly kind: 'learnt'; readonly variant: number; readonly result: VariantResult }
  | { readonly kind: 'failed'; readonly variant: number; readonly message: string }
  | { readonly kind: 'left-out'; readonly message: string }
  | { readonly kind: 'ended'; readonly ended: 'all' | 'stop' };
