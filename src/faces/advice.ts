/**
 * What a person should be told about a face that was found: it is a profile, the photo's border cuts it, it has
 * too few pixels for a model, or the picture is an aligned one already. A line each, which says what to do.
 * Pure; an inversion goes on in any case.
 */
import { MISALIGNED, misalignment, type Size } from './alignment.ts';
import type { Point } from './points.ts';
import { type Quad, quadSide } from './square.ts';

/** What advice needs to know of a face. */
export interface SeenFace {
  readonly quad: Quad;
  /** Turn of the head in degrees: 0 looks into the camera, ±90 is a profile. */
  readonly yaw: number;
  /** The face's outline in the photo, see `meshOval`. */
  readonly outline: readonly Point[];
}

/** Degrees from which on a head counts as a profile: FFHQ has few faces beyond, models invert them badly. */
const PROFILE = 45;
/**
 * Share of a face's outline outside the photo from which on it counts as cut: less is hair and chin within the
 * network's error.
 */
const CUT = 0.08;
/** Share of the model's reading size below which a face's square shows too little. */
const TOO_SMALL = 0.5;

/** Share of an outline's points that lie outside the photo. */
function shareOutside(outline: readonly Point[], { width, height }: Size): number {
  const outside = outline.filter(([x, y]) => x < -0.5 || y < -0.5 || x > width - 0.5 || y > height - 0.5);
  return outside.length / Math.max(1, outline.length);
}

/** What is unusual about a face in its photo, whatever it is wanted for. */
export function faceWarnings({ quad, yaw, outline }: SeenFace, photo: Size): string[] {
  const warnings: string[] = [];
  if (Math.abs(yaw) >= PROFILE) {
    const side = yaw < 0 ? 'left' : 'right';
    warnings.push(
      `the face is turned ${Math.round(Math.abs(yaw))}° to the picture's ${side}, almost a profile: ` +
        `models know faces up to about ${PROFILE}°, take a photo from further in front`,
    );
  }
  const outside = shareOutside(outline, photo);
  if (outside >= CUT) {
    warnings.push(
      `${Math.round(100 * outside)} % of the face's outline lie outside the photo, ` +
        'which is continued as its mirror image there: take a photo that shows the whole face',
    );
  }
  const off = misalignment(quad, photo);
  if (off <= MISALIGNED) {
    warnings.push(
      `the photo is an aligned picture already, its corners ${(100 * off).toFixed(1)} % off: ` +
        `aligned again it is only blurred, leave it as it is (align: 'none')`,
    );
  }
  return warnings;
}

/** Told when a square has far fewer pixels than a model reads. @param size side of the picture that the model reads */
export function smallFaceWarning(quad: Quad, size: number): string | undefined {
  const side = quadSide(quad);
  if (side >= TOO_SMALL * size) return undefined;
  return (
    `the face's square is ${side.toFixed(0)} px wide and the model reads ${size} px: ` +
    'what the photo does not show is made up, take a larger one'
  );
}
