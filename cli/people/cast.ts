/** People that commands are given, pictures to invert and identities: what command and job tell each other of them. */

/** A person, mounted as `personN`: a picture packed by `packPicture`, or the bytes of an identity. */
export interface PersonSource {
  readonly kind: 'picture' | 'identity';
  /** The file as it was named, for errors. */
  readonly file: string;
}

/** What a job with people gets. */
export interface CastParams {
  readonly people: readonly PersonSource[];
  /** Passes of the hypernetwork for pictures. */
  readonly steps: number;
}
