/** What the commands of people (`edit`, `mix`, `adapt`) and their one job tell each other. */
import type { EditRequest } from '../edit-job.ts';
import type { KernelOptions } from '../kernel-options.ts';
import type { CastParams, PersonSource } from './cast.ts';

/** One person and their share. */
export interface PersonParams extends PersonSource {
  /** Share in a mix. */
  readonly weight: number;
}

/** An encoder into W+: by its address, or mounted by its kind (`restyle`, `e4e`), a folder or a file of that name. */
export type EncoderPlace = { readonly address: string } | { readonly file: string } | 'folder';

/** A ReStyle-e4e model. */
export interface RestyleParams {
  readonly from: EncoderPlace;
  /** Passes of its encoder. */
  readonly steps: number;
}

/**
 * What is written beside the pictures, as the authors' Python tools have it; `g_ema` checkpoints of the people's own
 * generators.
 */
export const EXPORTS = ['latents', 'deltas', 'generator'] as const;
/** One of {@link EXPORTS}. */
export type Export = (typeof EXPORTS)[number];

/** A `latents.npy`, mounted as `latents`, with files of offsets, mounted as `deltas0`, …: their names. */
export interface ImportParams {
  readonly latents: string;
  readonly deltas: readonly string[];
}

/** What a command passes. */
export interface PeopleParams extends CastParams {
  /** Address of the model, or null for the folder mounted as `model`. */
  readonly model: string | null;
  readonly people: readonly PersonParams[];
  /** Whether they become one person. */
  readonly mix: boolean;
  readonly restyle: RestyleParams | null;
  /** People of the authors' files beside the others. */
  readonly imported: ImportParams | null;
  readonly exports: readonly Export[];
  /** What each person is called, and the mix. */
  readonly names: readonly string[];
  readonly request: EditRequest;
  readonly kernels: KernelOptions;
}

/** What the job emits; pictures are saved as `person`, `edit`, `domain-NAME` (RGBA), files as they are called. */
export type PeopleEvent =
  | { readonly kind: 'loaded'; readonly model: string; readonly width: number; readonly height: number }
  /** All of a person was saved; `null` stands for files of all people. */
  | { readonly kind: 'shown'; readonly name: string | null }
  /** A file that cannot be used, named in the message; the next one follows. */
  | { readonly kind: 'failed'; readonly person: number; readonly message: string };
