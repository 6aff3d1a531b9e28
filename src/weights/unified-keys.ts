/** Keys that all checkpoints come to, whatever they call their tensors (`unify.ts`), where more than one file needs them. */

/** The average latent w̄ `[latentCount, styleDim]`. */
export const AVERAGE_LATENT = 'latent_avg';
/** First part of the keys of a generator's tensors. */
export const GENERATOR_PREFIX = 'decoder.';

/** Whether a tensor is one of the generator's; the average latent is not. */
export const isOfGenerator = (key: string): boolean => key.startsWith(GENERATOR_PREFIX);
