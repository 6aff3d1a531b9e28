/** What the commands of people (`edit`, `mix`, `adapt`) and their one job tell each other. */
import type { EditRequest } from '../edit-job.ts';
import type { KernelOptions } from '../kernel-options.ts';
import type { CastParams, PersonSource } from './cast.ts';

/** One person and their share. */
export interface PersonParams extends PersonSource {
  /** Share in a mix. */
  readonly weight: number;
}

/** A ReStyle-e4e model: by its address, or mounted as `restyle`, a folder or a file of that name. */
export interface RestyleParams {
  readonly from: { readonly address: string } | { readonly file: string } | 'folder';
  /** Passes of its encoder. */
  readonly steps: number;
}

/** What a command passes. */
export interface PeopleParams extends CastParams {
  /** Address of the model, or null for the folder mounted as `model`. */
  readonly model: string | null;
  readonly people: readonly PersonParams[];
  /** Whether they become one person. */
  readonly mix: boolean;
  readonly restyle: RestyleParams | null;
  readonly request: EditRequest;
  readonly kernels: KernelOptions;
}

/** What the job emits; pictures are saved as `N/person`, `N/edit`, `N/domain-NAME` (RGBA) and of a mix `0/identity`. */
export type PeopleEvent =
  | { readonly kind: 'loaded'; readonly model: string; readonly width: number; readonly height: number }
  | { readonly kind: 'shown'; readonly person: number }
  /** A file that cannot be used, named in the message; the next one follows. */
  | { readonly kind: 'failed'; readonly person: number; readonly message: string };
