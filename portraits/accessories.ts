/**
 * What the sitter wears. The generator is never trained on any of it, so a W inversion loses it and the hypernetwork
 * has to bring it back. Each function returns null when the item is not worn.
 */
import { type Accessories, wears } from './attributes.ts';
import { BLACK, hsv, over, type Rgb, tint } from './color.ts';
import { EYE, type Feature } from './features.ts';
import { frontOf, hairShell, skull } from './head.ts';
import type { Layer } from './scene.ts';
import type { Sitter } from './sitter.ts';

/** A striped wall. */
export function stripes(worn: Accessories, { edge }: Sitter): Layer | null {
  if (!wears(worn, 'stripes')) return null;
  const angle = worn.stripesAngle * Math.PI;
  const frequency = 4 + 8 * worn.stripesFrequency;
  const color = hsv(worn.stripesHue, 0.3 + 0.4 * worn.stripesAngle, 0.5 + 0.5 * worn.stripesFrequency);
  const [across, up] = [Math.cos(angle), Math.sin(angle)];
  return (x, y, into) => {
    const wave = Math.sin((x * across + y * up) * frequency);
    over(into, color, edge(wave / frequency) * 0.85);
  };
}

/** Freckles over cheeks and nose: the peaks of three crossed waves. */
export function freckles(worn: Accessories, { faceEdge }: Sitter): Feature | null {
  if (!wears(worn, 'freckles')) return null;
  const phase = worn.frecklesPhase * 6.28;
  const brown: Rgb = [0.7, 0.5, 0.42];
  return (u, v, front, into) => {
    const wave = Math.sin(u * 31 + phase) * Math.sin(v * 29 + 2 * phase) * Math.sin((u + v) * 17 + phase);
    tint(into, brown, front * faceEdge(wave * 0.5 - 0.16) * Math.exp(-(((v + 0.15) / 0.25) ** 2)));
  };
}

/** A band of paint over one cheek. */
export function paint(worn: Accessories, { faceEdge }: Sitter): Feature | null {
  if (!wears(worn, 'paint')) return null;
  const side = Math.sign(worn.paintSide - 0.5);
  const slant = (worn.paintSlant - 0.5) * 0.5;
  const color = hsv(worn.paintHue, 0.85, 0.9);
  return (u, v, front, into) => {
    const band = 0.07 - Math.abs(v + 0.22 + slant * u);
    over(into, color, front * faceEdge(band) * faceEdge(side * u - 0.15) * 0.9);
  };
}

/** Round to square frames with a bridge, clear or dark. */
export function glasses(worn: Accessories, sitter: Sitter): Layer | null {
  if (!wears(worn, 'glasses')) return null;
  const { faceEdge } = sitter;
  const surface = skull(sitter);
  const radius = 0.2 + 0.08 * worn.glassesRadius;
  const thickness = 0.022 + 0.03 * worn.glassesThickness;
  const power = 2 + 4 * worn.glassesSquareness;
  const color = hsv(worn.glassesHue, worn.glassesValue > 0.4 ? 0.8 : 0, 0.15 + 0.75 * worn.glassesValue);
  const dark = wears(worn, 'darkLenses');
  return (x, y, into) => {
    const point = surface(x, y);
    const { u, v } = point;
    const visible = point.coverage * frontOf(point);
    const [across, up] = [Math.abs(u) - EYE.u, v - EYE.v + 0.01];
    const reach = (Math.abs(across / radius) ** power + Math.abs(up / (radius * 0.85)) ** power + 1e-9) ** (1 / power);
    if (dark) over(into, BLACK, faceEdge((1 - reach) * radius) * visible * 0.75);
    const frame = faceEdge(thickness - Math.abs(reach - 1) * radius);
    const bridge = faceEdge(0.02 - Math.abs(v - 0.14)) * faceEdge(0.36 - radius - Math.abs(u));
    over(into, color, Math.max(frame, bridge) * visible);
  };
}

/** Two round earrings beside the head. */
export function earrings(worn: Accessories, { halfWidth, edge }: Sitter): Layer | null {
  if (!wears(worn, 'earrings')) return null;
  const color = hsv(worn.earringsHue, 0.7, 0.95);
  const radius = 0.05 + 0.04 * worn.earringsSize;
  return (x, y, into) => {
    const distance = Math.sqrt((Math.abs(x) - halfWidth * 1.02) ** 2 + (y + 0.28) ** 2 + 1e-9);
    over(into, color, edge(radius - distance));
  };
}

/** A hat that covers the hair's shell down to its darker brim. */
export function hat(worn: Accessories, sitter: Sitter): Layer | null {
  if (!wears(worn, 'hat')) return null;
  const { faceEdge } = sitter;
  const surface = hairShell(sitter);
  const color = hsv(worn.hatHue, 0.6, 0.35 + 0.6 * worn.hatValue);
  const brim = 0.62 + 0.15 * worn.hatBrim;
  return (x, y, into) => {
    const { v, light, coverage } = surface(x, y);
    over(into, color, coverage * faceEdge(v - brim), 0.6 + 0.5 * light);
    over(into, color, coverage * faceEdge(0.05 - Math.abs(v - brim)), 0.55);
  };
}
