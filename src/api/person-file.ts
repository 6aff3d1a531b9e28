/** What the files of people are called in their heads: `identity.ts` writes inverted people, `pivot-file.ts` tuned ones. */
import { HyperStyleError } from '../errors.ts';
import { bytesSource } from '../weights/random-access.ts';
import { readSafetensorsHeader } from '../weights/safetensors.ts';

/** Format of an inverted person's file. */
export const IDENTITY_FORMAT = 'hyperstyle-identity';
/** Format of a tuned person's file. */
export const TUNED_FORMAT = 'hyperstyle-pivot';

/**
 * Which person a file holds: `inverted` ones are for `HyperStyle.restore`, `tuned` ones for `HyperStyle.restorePivot`; null for any other
 * file and for a damaged one, of which `restore` says what is wrong with it.
 */
export async function personKind(file: Uint8Array): Promise<'inverted' | 'tuned' | null> {
  try {
    const { metadata } = await readSafetensorsHeader(bytesSource('person', file));
    if (metadata.format === IDENTITY_FORMAT) return 'inverted';
    return metadata.format === TUNED_FORMAT ? 'tuned' : null;
  } catch (error) {
    if (error instanceof HyperStyleError) return null; // no safetensors
    throw error;
  }
}
