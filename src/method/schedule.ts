/**
 * The schedule of an inversion as data (HyperStyle, arXiv 2111.15666, §3): which graphs and transfers run, in which order. The
 * names are those of `hyperstyle-network.ts`, each with what it does.
 */
import type { HyperStyleGraph } from './hyperstyle-network.ts';

/** Steps in the paper. */
export const DEFAULT_STEPS = 5;
/** More steps than this only cost time: the errors have long settled. */
export const MAX_STEPS = 100;

/** An inversion: `start` gives y_0, each `step` makes y_t of y_{t-1}, `show` draws a person again after an edit. */
export const INVERSION = {
  start: ['forget', 'unedited', 'encode', 'untune', 'style', 'demodulate', 'synthesize', 'measure'],
  step: ['gather', 'refine', 'activate', 'retune', 'demodulate', 'synthesize', 'measure'],
  show: ['style', 'demodulate', 'synthesize'],
} as const satisfies Readonly<Record<string, readonly HyperStyleGraph[]>>;

/** A generated picture of z: mapping, then as {@link INVERSION.show}. */
export const GENERATION = ['map', ...INVERSION.show] as const satisfies readonly HyperStyleGraph[];
