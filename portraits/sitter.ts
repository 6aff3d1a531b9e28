/**
 * Everything about one sitter that does not depend on the pixel: proportions, pose, light, colours, and the softness
 * of edges at the picture's size. Coordinates are the scene's: x to the right, y up, both in [-1, 1], z to the viewer.
 */
import type { Attributes } from './attributes.ts';
import { multiply, palette, type Rgb, sigmoid } from './color.ts';

/** The renderer's view of a person, shared by all layers. */
export interface Sitter {
  readonly attributes: Attributes;
  /** Radians; positive yaw turns the nose to the picture's left or right as in the training renderer. */
  readonly yaw: number;
  readonly pitch: number;
  /** Half width and half height of the head, and the height of its centre. */
  readonly halfWidth: number;
  readonly halfHeight: number;
  readonly centerY: number;
  /** Unit vector towards the light. */
  readonly light: readonly [number, number, number];
  readonly skin: Rgb;
  readonly hair: Rgb;
  readonly hairVolume: number;
  readonly hairLength: number;
  /** Coverage in (0, 1) of a point `distance` inside an outline, in scene units: about one pixel wide. */
  edge(distance: number): number;
  /** The same for distances in the face's own units. */
  faceEdge(distance: number): number;
}

const SKIN: readonly Rgb[] = [
  [0.98, 0.84, 0.72],
  [0.93, 0.72, 0.56],
  [0.8, 0.56, 0.4],
  [0.55, 0.36, 0.25],
  [0.36, 0.23, 0.16],
];

const HAIR: readonly Rgb[] = [
  [0.1, 0.08, 0.08],
  [0.33, 0.19, 0.11],
  [0.62, 0.28, 0.12],
  [0.9, 0.72, 0.36],
  [0.82, 0.82, 0.84],
];

/** Works out the sitter of `attributes` for a picture of `size` pixels a side. */
export function sitterOf(attributes: Attributes, size: number): Sitter {
  const steepness = size * 0.9;
  const warmth = attributes.skin_hue - 0.5;
  const skin = multiply(palette(attributes.skin_tone, SKIN), [1 + 0.1 * warmth, 1, 1 - 0.16 * warmth]);
  return {
    attributes,
    yaw: (attributes.yaw - 0.5) * 1.1,
    pitch: (attributes.pitch - 0.5) * 0.5,
    halfWidth: 0.42 + 0.12 * attributes.face_width,
    halfHeight: 0.54 + 0.12 * attributes.face_height,
    centerY: 0.04,
    light: lightDirection((attributes.light - 0.5) * 2),
    skin: [Math.min(1, skin[0]), skin[1], Math.min(1, skin[2])],
    hair: palette(attributes.hair_color, HAIR),
    hairVolume: 0.06 + 0.16 * attributes.hair_volume,
    hairLength: attributes.hair_length,
    edge: (distance) => sigmoid(distance * steepness),
    faceEdge: (distance) => sigmoid(distance * steepness * 0.42),
  };
}

function lightDirection(angle: number): [number, number, number] {
  const [x, y, z] = [Math.sin(angle) * 0.8, 0.5, Math.cos(angle * 0.8)];
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}
