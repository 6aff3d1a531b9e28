/** People back into the photo that they were cut out of. What knows about faces is loaded when the first one is. */
import { ensure } from '../errors.ts';
import type { CutPicture, PasteFaceOptions } from './face-finder.ts';
import type { PictureSource, RgbaPixels } from './picture-source.ts';
import type { Person } from './public.ts';

/**
 * The photo with a person's current picture put back where `cut` came from.
 * @throws `option` error when nothing was cut out, `image` for another photo
 */
export async function pasteBack(
  person: Pick<Person, 'toImageData'>,
  cut: CutPicture | undefined,
  photo: PictureSource,
  options: PasteFaceOptions,
): Promise<RgbaPixels> {
  ensure(cut, 'option', "this inversion has no place in a photo: invert with align: 'auto', 'centre' or a square");
  const [picture, { pasteFace }] = await Promise.all([person.toImageData(), import('./face-finder.ts')]);
  return pasteFace(photo, picture, cut, options);
}
