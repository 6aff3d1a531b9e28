/**
 * What is painted on the face, in its own coordinates: u from -1 (one ear) to 1, v from -1 (chin) to 1 (crown).
 * Everything here is multiplied by `front`, so nothing shows on the back of the head.
 */
import { brighten, hsv, multiply, over, type Rgb, tint, WHITE } from './color.ts';
import type { Sitter } from './sitter.ts';

/** Paints one feature over the face's colour at (u, v); `front` is 1 on the face and 0 behind it. */
export type Feature = (u: number, v: number, front: number, into: Rgb) => void;

/** Distance of the eyes from the middle and their height, in face units. */
export const EYE = { u: 0.36, v: 0.12 } as const;

const bump = (x: number, y: number): number => Math.exp(-(x ** 2 + y ** 2));

/** Reddened cheeks. */
export function blush({ attributes }: Sitter): Feature {
  const red: Rgb = [1, 0.62, 0.6];
  return (u, v, front, into) => {
    tint(into, red, bump((Math.abs(u) - 0.48) / 0.2, (v + 0.18) / 0.14) * attributes.blush * 0.55 * front);
  };
}

/** A lighter bridge and two darker nostrils. */
export function nose({ attributes }: Sitter): Feature {
  const size = 0.08 + 0.07 * attributes.nose_size;
  return (u, v, front, into) => {
    const ridge = bump(u / size, (v + 0.1) / (size * 1.6));
    brighten(into, 1 + 0.22 * ridge * front);
    const nostril = bump((Math.abs(u) - size * 0.75) / (size * 0.5), (v + 0.1 + size * 1.3) / (size * 0.5));
    brighten(into, 1 - 0.4 * nostril * front);
  };
}

/** White, iris, pupil, glint and upper lid of both eyes. */
export function eyes({ attributes, hair, faceEdge }: Sitter): Feature {
  const width = 0.13 + 0.07 * attributes.eye_size;
  const opening = width * (0.25 + 0.75 * attributes.eye_open);
  const iris = hsv(attributes.eye_color * 0.62 + 0.03, 0.65, 0.55);
  return (u, v, front, into) => {
    const [x, y] = [Math.abs(u) - EYE.u, v - EYE.v];
    const reach = Math.sqrt((x / width) ** 2 + (y / opening) ** 2 + 1e-9);
    const radius = Math.sqrt(x ** 2 + y ** 2 + 1e-9);
    const visible = faceEdge((1 - reach) * opening) * front;
    over(into, WHITE, visible, 0.97);
    over(into, iris, faceEdge(width * 0.55 - radius) * visible);
    over(into, WHITE, faceEdge(width * 0.27 - radius) * visible, 0.05);
    over(into, WHITE, faceEdge(width * 0.16 - Math.sqrt((x - 0.03) ** 2 + (y - 0.04) ** 2 + 1e-9)) * visible);
    over(into, hair, faceEdge(0.035 - Math.abs(reach - 1) * opening) * faceEdge(y + 0.01) * front * 0.8, 0.5);
  };
}

/** Two arched brows in the hair's colour. */
export function brows({ attributes, hair, faceEdge }: Sitter): Feature {
  const height = 0.3 + 0.14 * attributes.brow_height;
  const tilt = (attributes.brow_tilt - 0.5) * 0.5;
  return (u, v, front, into) => {
    const x = Math.abs(u) - EYE.u;
    const y = v - height - tilt * x + 0.9 * x ** 2;
    over(into, hair, faceEdge(0.042 - Math.abs(y)) * faceEdge(0.21 - Math.abs(x)) * front * 0.95, 0.75);
  };
}

/** Lips on a parabola that smiles or frowns, the open mouth and the upper teeth. */
export function mouth({ attributes, skin, faceEdge }: Sitter): Feature {
  const width = 0.2 + 0.18 * attributes.mouth_width;
  const curve = (attributes.smile - 0.35) * 0.34;
  const lips = multiply(skin, [0.85, 0.42, 0.42]);
  const inside: Rgb = [0.22, 0.05, 0.07];
  return (u, v, front, into) => {
    const across = (u / width) ** 2;
    const fromLine = v + 0.46 - curve * (across - 0.4);
    const opening = 0.012 + 0.1 * attributes.mouth_open * Math.max(0, 1 - across);
    const reach = faceEdge(width - Math.abs(u)) * front;
    over(into, lips, faceEdge(opening + 0.045 - Math.abs(fromLine)) * reach);
    over(into, inside, faceEdge(opening - Math.abs(fromLine)) * reach);
    const upper = faceEdge(fromLine + 0.01 - opening * 0.1);
    const teeth = faceEdge(opening * 0.9 - Math.abs(fromLine)) * upper * reach * faceEdge(opening - 0.05);
    over(into, WHITE, teeth, 0.95);
  };
}
