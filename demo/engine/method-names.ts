/** What the ways to invert a photo are called. */
import type { Method } from './facts.ts';

/** Names by method. */
export const METHOD_NAMES: Readonly<Record<Method, string>> = {
  w: 'W inversion',
  optimised: 'Latent optimisation',
  pivot: 'Pivotal tuning',
  hyperstyle: 'HyperStyle',
  'hyperstyle-pivot': 'HyperStyle, then tuning',
};
