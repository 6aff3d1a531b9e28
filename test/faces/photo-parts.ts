/** Photos for tests, made from the one that lies here: parts of it, turned, scaled and laid side by side. In Chrome. */

/** Where the test server has the package that carries both face networks; set-up copies these files. */
export const FACE_MODELS = '/node_modules/@vladmandic/human/models/';

/** Where the larger face of `two.jpg` lies, with some of its surroundings. */
const PORTRAIT = { x: 177, y: 150, side: 400 } as const;
/** Centre and side of its square within that part, to a few pixels. */
export const FACE = { x: 200, y: 196, side: 238 } as const;

/** The whole photo: 1600 × 1000, two faces. */
export async function twoFaces(): Promise<ImageBitmap> {
  const response = await fetch('/test/faces/photos/two.jpg');
  return createImageBitmap(await response.blob());
}

/** Where a copy of the portrait goes. */
export interface Copy {
  /** Centre in the new photo. */
  readonly x: number;
  readonly y: number;
  /** Factor of its size; default 1. */
  readonly scale?: number;
  /** Turn in degrees, clockwise; default 0. */
  readonly turn?: number;
}

/** A grey photo with copies of the portrait, whose face is in the middle of each. */
export async function photoOf(width: number, height: number, copies: readonly Copy[]): Promise<ImageData> {
  const whole = await twoFaces();
  const context = new OffscreenCanvas(width, height).getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = '#7a837b';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  const { x, y, side } = PORTRAIT;
  for (const copy of copies) {
    context.setTransform(1, 0, 0, 1, copy.x, copy.y);
    context.rotate(((copy.turn ?? 0) * Math.PI) / 180);
    context.scale(copy.scale ?? 1, copy.scale ?? 1);
    context.drawImage(whole, x, y, side, side, -FACE.x, -FACE.y, side, side);
  }
  whole.close();
  return context.getImageData(0, 0, width, height);
}
