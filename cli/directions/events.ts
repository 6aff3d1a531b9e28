/** What the command `directions` and its job tell each other. */

/** Ways to find directions without files: of the weights, of sampled latents, or along which a score of pictures rises. */
export const WAYS = ['sefa', 'ganspace', 'brightness', 'warmth'] as const;
/** One of {@link WAYS}. */
export type Way = (typeof WAYS)[number];

/** What the command passes. */
export interface DirectionsParams {
  readonly way: Way;
  /** What the directions are called; several get numbers. */
  readonly name: string;
  /** How many, of those ways that give several. */
  readonly count: number;
  /** Latent rows [from, to) that SeFa moves, or null for all. */
  readonly rows: readonly [number, number] | null;
  /** Latents that are drawn, and the first of their seeds. */
  readonly samples: number;
  readonly seed: number;
}

/** What the job emits; the file is saved as `directions`. */
export type DirectionsEvent =
  | { readonly kind: 'scored'; readonly done: number }
  /** How well a found direction tells the samples apart, 0 to 1; null for computed ones. */
  | { readonly kind: 'found'; readonly names: readonly string[]; readonly correlation: number | null };
