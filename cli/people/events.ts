/** People that commands are given: pictures to invert and identity files; what command and job tell each other of them. */
import type { Edits } from '../../src/index.ts';

/** How person N comes: as `personN`, a packed picture or the bytes of an identity. */
export type PersonKind = 'picture' | 'identity';

/** What every job with people gets. */
export interface PeopleParams {
  /** Address of the model, or null for the folder mounted as `model`. */
  readonly model: string | null;
  readonly people: readonly PersonKind[];
  /** Passes of the hypernetwork for pictures. */
  readonly steps: number;
}

/** Names of an edit's directions that a model lacks. */
export const unknownEdits = (edits: Edits, directions: readonly string[]): string[] =>
  Object.keys(edits).filter((name) => !directions.includes(name));
