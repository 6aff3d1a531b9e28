/**
 * Clay portraits: the shipped model's domain, rendered analytically, so there are endless samples without a licence or
 * a real face. A port of the training renderer (`portraits.py`); pixel by pixel, back to front. Not part of inversion.
 */
import { ensure } from '../src/errors.ts';
import { earrings, freckles, glasses, hat, paint, stripes } from './accessories.ts';
import { type Accessories, nameAccessories, nameAttributes } from './attributes.ts';
import { clamp01, type Rgb } from './color.ts';
import { face, hairOnHead } from './face.ts';
import { blush, brows, eyes, type Feature, mouth, nose } from './features.ts';
import { background, hairBehind, type Layer, neck, shoulders } from './scene.ts';
import { type Sitter, sitterOf } from './sitter.ts';

/** An RGBA picture, rows from the top, 8 bits a channel, opaque: what `ImageData` and `hs.invert` take. */
export interface Portrait {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/**
 * Renders a portrait of `size` by `size` pixels as RGBA.
 * @param attributes 24 values in [0, 1], in the order of `ATTRIBUTE_NAMES`
 * @param accessories 24 draws in [0, 1], in the order of `ACCESSORY_NAMES`, or null for none
 * @throws `option` error for vectors of another length or a size that is not an integer in 1..4096
 */
export function renderPortrait(attributes: Float32Array, accessories: Float32Array | null, size: number): Portrait {
  checkSize(size);
  const data = new Uint8ClampedArray(4 * size * size);
  render(attributes, accessories, size, (pixel, [r, g, b]) => {
    data.set([r * 255, g * 255, b * 255, 255], 4 * pixel);
  });
  return { data, width: size, height: size };
}

/** The same portrait as a tensor `[3, size, size]` in [-1, 1], before any rounding. Parameters of {@link renderPortrait}. */
export function renderPortraitTensor(
  attributes: Float32Array,
  accessories: Float32Array | null,
  size: number,
): Float32Array<ArrayBuffer> {
  checkSize(size);
  const plane = size * size;
  const tensor = new Float32Array(3 * plane);
  render(attributes, accessories, size, (pixel, rgb) => {
    for (let c = 0; c < 3; c++) tensor[c * plane + pixel] = (rgb[c] ?? 0) * 2 - 1;
  });
  return tensor;
}

function checkSize(size: number): void {
  ensure(
    Number.isInteger(size) && size >= 1 && size <= 4096,
    'option',
    () => `portrait size: expects an integer from 1 to 4096, got ${size}`,
  );
}

function render(
  attributes: Float32Array,
  accessories: Float32Array | null,
  size: number,
  put: (pixel: number, rgb: Rgb) => void,
): void {
  const sitter = sitterOf(nameAttributes(attributes), size);
  const layers = portraitLayers(sitter, accessories ? nameAccessories(accessories) : null);
  const rgb: Rgb = [0, 0, 0];
  for (let row = 0, pixel = 0; row < size; row++) {
    const y = 1 - ((row + 0.5) / size) * 2;
    for (let column = 0; column < size; column++, pixel++) {
      const x = ((column + 0.5) / size) * 2 - 1;
      for (const layer of layers) layer(x, y, rgb);
      for (let c = 0; c < 3; c++) rgb[c] = clamp01(rgb[c] ?? 0);
      put(pixel, rgb);
    }
  }
}

const present = <T>(layers: readonly (T | null)[]): T[] => layers.filter((layer) => layer !== null);

/** All layers of a portrait, back to front. */
function portraitLayers(sitter: Sitter, worn: Accessories | null): Layer[] {
  const wear = <T>(item: (worn: Accessories, sitter: Sitter) => T | null): T | null => worn && item(worn, sitter);
  const faceFeatures = present<Feature>([
    blush(sitter),
    wear(freckles),
    wear(paint),
    nose(sitter),
    eyes(sitter),
    brows(sitter),
    mouth(sitter),
  ]);
  return present<Layer>([
    background(sitter),
    wear(stripes),
    hairBehind(sitter),
    neck(sitter),
    shoulders(sitter),
    face(sitter, faceFeatures),
    hairOnHead(sitter),
    wear(glasses),
    wear(earrings),
    wear(hat),
  ]);
}
