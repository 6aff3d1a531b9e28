/** What lies behind the face, back to front: background, hair behind the head, neck, shoulders. */
import { brighten, hsv, over, type Rgb } from './color.ts';
import type { Sitter } from './sitter.ts';

/** Paints one thing over the colour of the pixel at (x, y). */
export type Layer = (x: number, y: number, into: Rgb) => void;

/** A plain wall, darker towards the corners. Overwrites the pixel. */
export function background({ attributes }: Sitter): Layer {
  const lightness = attributes.bg_light;
  const wall = hsv(attributes.bg_hue, 0.25 + 0.35 * (1 - lightness), 0.45 + 0.5 * lightness);
  return (x, y, into) => {
    const vignette = 1 - 0.18 * ((x ** 2 + (y - 0.1) ** 2) / 2);
    [into[0], into[1], into[2]] = wall;
    brighten(into, vignette);
  };
}

/** The mass of hair behind the head: a superellipse that reaches down as far as the hair is long. */
export function hairBehind(sitter: Sitter): Layer {
  const { halfWidth, halfHeight, centerY, hairVolume, hairLength, hair, edge } = sitter;
  const centerX = -Math.sin(sitter.yaw) * 0.1;
  const radiusX = halfWidth + hairVolume;
  const top = centerY + halfHeight + hairVolume * 0.9;
  const bottom = centerY + 0.25 - 1.15 * hairLength;
  const middle = (top + bottom) / 2;
  const radiusY = (top - bottom) / 2;
  return (x, y, into) => {
    const reach =
      (Math.abs((x - centerX) / radiusX) ** 2.6 + Math.abs((y - middle) / radiusY) ** 2.6 + 1e-9) ** (1 / 2.6);
    const strands = 0.08 * Math.sin(((x - centerX) * 40) / (1 + y * 0.1));
    over(into, hair, edge((1 - reach) * Math.min(radiusX, radiusY)), 0.72 + 0.18 * ((y + 1) / 2) + strands);
  };
}

/** The neck, in the shadow of the chin. */
export function neck({ yaw, centerY, halfHeight, skin, edge }: Sitter): Layer {
  const centerX = -0.3 * Math.sin(yaw) * 0.1;
  return (x, y, into) => {
    over(into, skin, edge(0.22 - Math.abs(x - centerX)) * edge(-(y - (centerY - halfHeight * 0.5))), 0.72);
  };
}

/** Shoulders in plain cloth with a round neckline. */
export function shoulders({ attributes, light, edge }: Sitter): Layer {
  const cloth = hsv(attributes.clothes_hue, 0.55, 0.62);
  return (x, y, into) => {
    const inside = 1 - Math.sqrt((x / 0.85) ** 2 + ((y + 1.12) / 0.5) ** 2 + 1e-9);
    const neckline = Math.sqrt((x / 0.3) ** 2 + ((y + 0.6) / 0.26) ** 2 + 1e-9) * 0.3 - 0.3;
    over(into, cloth, edge(inside * 0.5) * edge(neckline), 0.8 + 0.25 * (light[0] * x));
  };
}
