/** Which sitters an evaluation draws; shared by its command and its job. */

/** What the `evaluate` command passes to its job. */
export interface EvaluateParams {
  readonly portraits: number;
  readonly seed: number;
  readonly steps: number;
}

/** Seed of portrait `index` of a run: far apart, so that runs with neighbouring seeds share no sitter. */
export function portraitSeed(seed: number, index: number): number {
  return (Math.imul(seed, 1_000_003) + index) >>> 0;
}
