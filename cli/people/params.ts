/** What the commands of people (`edit`, `mix`, `adapt`) and their one job tell each other. */
import type { EditRequest } from '../edit-job.ts';
import type { KernelOptions } from '../kernel-options.ts';
import type { CastParams, PersonSource } from './cast.ts';

/** One person and their share. */
export interface PersonParams extends PersonSource {
  /** Share in a mix. */
  readonly weight: number;
}

/** What a command passes. */
export interface PeopleParams extends CastParams {
  /** Address of the model, or null for the folder mounted as `model`. */
  readonly model: string | null;
  readonly people: readonly PersonParams[];
  /** Whether they become one person. */
  readonly mix: boolean;
  /** File name of a ReStyle-e4e checkpoint mounted as `restyle`, or null. */
  readonly restyle: string | null;
  readonly request: EditRequest;
  readonly kernels: KernelOptions;
}

/** What the job emits; pictures are saved as `N/person`, `N/edit`, `N/domain-NAME` (RGBA) and of a mix `0/identity`. */
export type PeopleEvent =
  | { readonly kind: 'loaded'; readonly model: string; readonly width: number; readonly height: number }
  | { readonly kind: 'shown'; readonly person: number }
  /** A file that cannot be used, named in the message; the next one follows. */
  | { readonly kind: 'failed'; readonly person: number; readonly message: string };
