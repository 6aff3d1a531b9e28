/** What `compare`'s command and job tell each other. */

import type { LossFilePath } from '../loss-files.ts';
import type { EncoderPlace, RestyleParams } from '../people/params.ts';
import type { Cut } from '../train/events.ts';

/** The ways to invert that are compared, in the order of the paper's table. */
export const METHODS = ['optimise', 'pti', 'e4e', 'restyle', 'hyperstyle', 'hyperstyle+pti'] as const;
/** One of {@link METHODS}. */
export type Method = (typeof METHODS)[number];

/** What each method is here, for reports. */
export const METHOD_WORDS: Readonly<Record<Method, string>> = {
  optimise: 'latent optimisation in W+, from the average latent',
  pti: 'pivotal tuning: a latent in W is optimised, then all weights of the generator',
  e4e: 'an encoder alone; "e4e is" above says which',
  restyle: 'ReStyle-e4e: passes of its encoder into W+',
  hyperstyle: 'the W encoder, then passes of the hypernetwork',
  'hyperstyle+pti': "pivotal tuning from HyperStyle's result",
};

/** How long the methods run. */
export interface MethodSteps {
  /** T, passes of the hypernetwork. */
  readonly passes: number;
  /** Steps of latent optimisation, of its own and as pivotal tuning's first phase. */
  readonly latents: number;
  /** Steps of pivotal tuning from an optimised latent, and from HyperStyle's result. */
  readonly tuning: number;
  readonly polish: number;
  /** Steps between two measurements of what takes many. */
  readonly every: number;
  /** Rate of pivotal tuning; the model's own when absent. */
  readonly rate?: number | undefined;
}

/** Edits that people are compared under. */
export interface EditPlan {
  /** Names of directions; the model's first ones when empty. */
  readonly directions: readonly string[];
  readonly amounts: readonly number[];
  /** Amount of the latent editing consistency's edit. */
  readonly consistency: number;
}

/** Where pictures come from; picture N of a folder is mounted as `pictureN`. */
export type ComparedPictures =
  | { readonly kind: 'clay'; readonly count: number; readonly seed: number }
  | { readonly kind: 'folder'; readonly names: readonly string[]; readonly cut: Cut };

/**
 * What the command passes; the model's folder is mounted as `model`, files of losses as `loss0`, …, the face models as
 * `faces`, ReStyle as `restyle`, e4e as `e4e`; `stop` says when to stop.
 */
export interface CompareParams {
  readonly methods: readonly Method[];
  readonly pictures: ComparedPictures;
  readonly steps: MethodSteps;
  /** Null: people are not edited. */
  readonly edits: EditPlan | null;
  readonly lossFiles: readonly LossFilePath[];
  /** Whether the face models are there. */
  readonly faces: boolean;
  readonly restyle: RestyleParams | null;
  /** e4e's encoder; null: the model's W encoder stands for it. */
  readonly e4e: EncoderPlace | null;
}

/** Values by metric. */
export type Values = Readonly<Record<string, number>>;

/** A method after some of its steps. */
export interface MeasuredStep {
  /** E.g. `y_2`, `latents 100`, `tuned 50`. */
  readonly step: string;
  /** Since the method began, without measuring. */
  readonly seconds: number;
  readonly values: Values;
}

/** A person who was edited. */
export interface MeasuredEdit {
  readonly direction: string;
  readonly amount: number;
  /** Identity metrics against the photo. */
  readonly values: Values;
  /** Mean squared difference from the person unedited, in [-1, 1]: how strong the edit is in the picture. */
  readonly moved: number;
}

/** One method on one picture. */
export interface Measured {
  readonly picture: number;
  readonly method: Method;
  readonly steps: readonly MeasuredStep[];
  readonly edits: readonly MeasuredEdit[];
  /** ‖codes − codes found again‖ after an edit, inverted and taken back; null where it is not measured. */
  readonly consistency: number | null;
}

/** What the job emits. Pictures are saved as `N/input`, `N/METHOD`, `N/METHOD edited`, packed. */
export type CompareEvent =
  | {
      readonly kind: 'loaded';
      readonly model: string;
      readonly adapter: string;
      readonly metrics: readonly string[];
      /** What is left out, and why. */
      readonly notes: readonly string[];
      readonly methods: readonly Method[];
    }
  | { readonly kind: 'measured'; readonly measured: Measured }
  | { readonly kind: 'failed'; readonly picture: number; readonly method: Method | null; readonly message: string }
  | { readonly kind: 'ended'; readonly ended: 'all' | 'stop' };
