/** Which person a file holds, for pages that take both kinds; `person-file.ts` reads it. */
import { imported } from '../errors.ts';

/**
 * Which person a file holds: `inverted` ones are for `HyperStyle.restore`, `tuned` ones for
 * `HyperStyle.restorePivot`; null for any other file and for a damaged one, of which `restore` says what is
 * wrong with it.
 * @throws `option` error for what is not the bytes of a file
 */
export async function personKind(file: Uint8Array): Promise<'inverted' | 'tuned' | null> {
  const { kindOf } = await imported(import('./person-file.ts'));
  return kindOf(file);
}
