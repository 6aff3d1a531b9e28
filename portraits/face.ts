/** The head as layers of the picture: the shaded face with its features, and the hair that falls over it. */
import { clamp01, over, type Rgb, sigmoid } from './color.ts';
import type { Feature } from './features.ts';
import { frontOf, hairShell, skull } from './head.ts';
import type { Layer } from './scene.ts';
import type { Sitter } from './sitter.ts';

/** The face: skin, `features` in order, Lambert shading and a small highlight. */
export function face(sitter: Sitter, features: readonly Feature[]): Layer {
  const surface = skull(sitter);
  const color: Rgb = [0, 0, 0];
  return (x, y, into) => {
    const point = surface(x, y);
    const { u, v, light, coverage } = point;
    if (coverage < 1e-7) return; // less than a hundredth of a thousandth of one grey level
    const front = frontOf(point);
    [color[0], color[1], color[2]] = sitter.skin;
    for (const feature of features) feature(u, v, front, color);
    const shade = 0.55 + 0.52 * light;
    const highlight = Math.exp(-(1 - Math.min(1, light)) / 0.03) * 0.1;
    for (let c = 0; c < 3; c++) color[c] = clamp01((color[c] ?? 0) * shade + highlight);
    over(into, color, coverage);
  };
}

/** Hair over the forehead down to the hairline, over the back of the head, and beside the face when it is long. */
export function hairOnHead(sitter: Sitter): Layer {
  const { attributes, hair, hairLength, faceEdge } = sitter;
  const surface = hairShell(sitter);
  const hairline = 0.48 + 0.34 * (1 - attributes.hairline);
  const long = faceEdge(hairLength - 0.25);
  const color: Rgb = [0, 0, 0];
  return (x, y, into) => {
    const { u, v, w, light, coverage } = surface(x, y);
    const front = sigmoid((w + 0.2) * 10);
    const fringe = faceEdge(v - hairline + 0.35 * u ** 2 - 0.08 * Math.cos(u * 3));
    const cap = fringe * front + (1 - front) * faceEdge(v + 0.2);
    const sides = faceEdge(Math.abs(u) - 0.86) * faceEdge(v + 0.1) * long;
    const strands = 0.9 + 0.1 * Math.sin(u * 26 + v * 6);
    const shade = (0.55 + 0.6 * light) * strands;
    const highlight = 0.1 * light ** 12;
    for (let c = 0; c < 3; c++) color[c] = clamp01((hair[c] ?? 0) * shade + highlight);
    over(into, color, coverage * Math.max(cap, sides));
  };
}
