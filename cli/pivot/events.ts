/** What `pivot`'s command and job tell each other. */
import type { Edits } from '../../src/index.ts';
import type { PictureFailed } from '../invert/events.ts';
import type { KernelOptions } from '../kernel-options.ts';
import type { LossFilePath } from '../loss-files.ts';

/** Words of `--from` besides a file of a person. */
export const STARTS = ['hyperstyle', 'w', 'optimised'] as const;

/**
 * What the command passes; picture N is mounted as `pictureN`, a person as `identity`, files of losses as `loss0`,
 * `loss1`, …, and the face models as `faces` where the loss `face` counts.
 */
export interface PivotParams {
  /** Address of the model, or null for the folder mounted as `model`. */
  readonly model: string | null;
  /** Where it begins: one of the words, or the identity that is mounted; its file is named for errors. */
  readonly from: (typeof STARTS)[number] | { readonly file: string };
  readonly steps: number;
  /** The model's own when absent. */
  readonly rate?: number | undefined;
  readonly every: number;
  /** Weights of losses by name; the usual ones when empty. */
  readonly loss: Readonly<Record<string, number>>;
  readonly locality: boolean;
  /** Amounts by direction; an edited picture is made unless empty. */
  readonly edits: Edits;
  readonly kernels: KernelOptions;
  readonly pictures: number;
  readonly lossFiles: readonly LossFilePath[];
}

/** What the job emits. Files are saved as `N/start`, `N/tuned`, `N/edit` (RGBA bytes) and `N/person`. */
export type PivotEvent =
  | { readonly kind: 'loaded'; readonly model: string; readonly adapter: string }
  | {
      readonly kind: 'step';
      readonly picture: number;
      /** What is under way: latents of `--from optimised`, or the tuning. */
      readonly phase: 'latents' | 'tuning';
      readonly step: number;
      readonly losses: Readonly<Record<string, number>>;
      readonly seconds: number;
    }
  | {
      readonly kind: 'tuned';
      readonly picture: number;
      readonly width: number;
      readonly height: number;
      readonly ended: string;
    }
  | PictureFailed;
