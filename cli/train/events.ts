/** What `train`'s command and job tell each other. */
import type {
  FreshOptions,
  OptimiserName,
  Part,
  Statistics,
  StepReport,
  Validation,
} from '../../src/index-training.ts';
import type { LossFilePath } from '../loss-files.ts';

/** What is cut out of a photo: all of it, squeezed into the square that the model reads; its middle; its largest face. */
export type Cut = 'none' | 'centre' | 'faces';

/** Where pictures come from. A folder's picture N is mounted as `pictureN`, one that judges as `judgeN`. */
export type TrainingData =
  | { readonly kind: 'clay'; readonly judges: number }
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly pictures: readonly string[];
      readonly judges: number;
      readonly cut: Cut;
    };

/**
 * What the command passes; the model's folder is mounted as `model`, a state to go on from as `resume`, files of losses
 * as `loss0`, …, and `stop` says when to stop.
 */
export interface TrainParams {
  readonly trainer: {
    readonly part: Part;
    readonly passes: number;
    readonly batch: number;
    readonly accumulate: number;
    readonly statistics: Statistics | undefined;
    readonly loss: Readonly<Record<string, number>>;
    readonly optimiser: OptimiserName;
    readonly clip: number;
    readonly average: number;
    readonly seed: number;
    readonly memory: number | undefined;
    /** A hypernetwork that begins anew. */
    readonly fresh: FreshOptions | undefined;
  };
  readonly run: {
    readonly steps: number;
    readonly rate: number;
    readonly warmUp: number;
    readonly cosine: boolean;
    readonly flip: boolean;
    readonly validateEvery: number;
    readonly saveEvery: number;
  };
  readonly data: TrainingData;
  /** Files of losses that come from some. */
  readonly lossFiles: readonly LossFilePath[];
  readonly resume: boolean;
  /** Only says what it would take, after one step that is thrown away. */
  readonly dryRun: boolean;
}

/** What a training is, once it is on the device. */
export interface LoadedEvent {
  readonly kind: 'loaded';
  readonly model: string;
  readonly adapter: string;
  /** Numbers that learn. */
  readonly parameters: number;
  /** Bytes of GPU memory: what lasts, and intermediate results. */
  readonly lasting: number;
  readonly activations: number;
  readonly statistics: Statistics;
  readonly passes: number;
  /** The model's own rate of pivotal tuning, which a conversion of what was learned does not know. */
  readonly tuningRate?: number | undefined;
  /** Steps that were done before. */
  readonly step: number;
  readonly width: number;
  readonly height: number;
}

/**
 * What the job emits. Files are saved as `last/NAME` and `best/NAME`, complete when `saved` says so, sheets of pictures
 * as `sheet/STEP`.
 */
export type TrainEvent =
  | LoadedEvent
  | { readonly kind: 'step'; readonly report: StepReport }
  | { readonly kind: 'validation'; readonly report: Validation }
  | { readonly kind: 'left-out'; readonly message: string }
  | { readonly kind: 'saved'; readonly what: 'best' | 'last'; readonly step: number }
  | { readonly kind: 'ended'; readonly step: number; readonly ended: 'steps' | 'stop' | 'dry' };

/** Names of the files of a save. */
export const SAVED = { hyperstyle: 'hyperstyle.pt', encoder: 'w_encoder.pt', state: 'training.safetensors' } as const;
