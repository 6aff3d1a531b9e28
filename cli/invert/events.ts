/** What `invert`'s command and job tell each other. */

import type { KernelOptions } from '../kernel-options.ts';

/** What the command passes; picture N is mounted as `pictureN`, RGBA bytes. */
export interface InvertParams {
  /** Address of the model, or null for the folder mounted as `model`. */
  readonly model: string | null;
  readonly steps: number;
  /** Amounts by direction; an edited picture is made unless empty. */
  readonly edits: Readonly<Record<string, number>>;
  readonly kernels: KernelOptions;
  readonly pictures: readonly { readonly width: number; readonly height: number }[];
}

/** What the job emits. Files are saved as `N/y0`, …, `N/edit` (RGBA bytes) and `N/identity`. */
export type InvertEvent =
  | { readonly kind: 'download'; readonly loadedBytes: number; readonly totalBytes: number }
  | {
      readonly kind: 'loaded';
      readonly model: string;
      readonly width: number;
      readonly height: number;
      readonly seconds: number;
    }
  | {
      readonly kind: 'step';
      readonly picture: number;
      readonly index: number;
      readonly l2: number;
      readonly seconds: number;
    }
  | { readonly kind: 'inverted'; readonly picture: number; readonly width: number; readonly height: number };
