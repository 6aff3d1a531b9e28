/** An alignment's plan done to pixels: the photo shrunk, cut out and padded, ready to be warped. */
import { type AlignmentPlan, isPadded } from './alignment.ts';
import { resizeLanczos } from './lanczos.ts';
import { padPicture } from './padding.ts';
import { cut, type Pixels } from './pixels.ts';

/**
 * What the warp reads: `plan.crop` of the shrunken photo, padded. `plan.toInside` maps the aligned picture into it.
 * Only the part of the photo around the square is computed, so the size of the whole costs nothing.
 */
export function preparePhoto(photo: Pixels, plan: AlignmentPlan): Pixels {
  const { shrink, shrunken, crop, pad, side } = plan;
  const part = shrink > 1 ? resizeLanczos(photo, shrunken.width, shrunken.height, crop) : cut(photo, crop);
  return isPadded(plan) ? padPicture(part, pad, side) : part;
}
