/**
 * The head's solid shapes: ellipsoids turned by yaw and pitch and seen along z (orthographic), their visible point and
 * its light in closed form.
 */
import { mat3, mat4, vec3 } from 'gl-matrix';
import { sigmoid } from './color.ts';
import type { Sitter } from './sitter.ts';

/** Where the ray of one pixel meets an ellipsoid. Outside the silhouette it is the nearest point of the limb. */
export interface HeadPoint {
  /** Position in the head's own axes, in units of the head's half width, half height and half width. */
  u: number;
  v: number;
  w: number;
  /** Lambert's cosine, never negative. */
  light: number;
  /** Coverage of the pixel, soft at the silhouette. */
  coverage: number;
}

/** A surface that can be asked for the point under a pixel. The returned record is reused by the next call. */
export type Surface = (x: number, y: number) => HeadPoint;

// Plain arrays keep gl-matrix in double precision; its default Float32Array would show at the silhouette.
const identity = (): mat3 => [1, 0, 0, 0, 1, 0, 0, 0, 1];
const zero = (): vec3 => [0, 0, 0];

/** Scene axes to the head's axes: yaw about y, then pitch about x. */
export function headRotation(yaw: number, pitch: number): mat3 {
  const turn = mat4.fromXRotation(doubleMat4(), pitch);
  return mat3.fromMat4(identity(), mat4.multiply(turn, turn, mat4.fromYRotation(doubleMat4(), -yaw)));
}

function doubleMat4(): mat4 {
  return [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
}

/** The skull. */
export function skull(sitter: Sitter): Surface {
  const { halfWidth, halfHeight, centerY } = sitter;
  return ellipsoid(sitter, [halfWidth, halfHeight, halfWidth * 1.02], centerY);
}

/** The shell of hair around the skull. */
export function hairShell(sitter: Sitter): Surface {
  const { halfWidth, halfHeight, centerY, hairVolume: volume } = sitter;
  const radii = [halfWidth + volume * 0.55, halfHeight + volume * 0.6, halfWidth * 1.02 + volume * 0.55] as const;
  return ellipsoid(sitter, radii, centerY + 0.02);
}

/** 1 on the face, 0 on the back of the head. */
export function frontOf(point: HeadPoint): number {
  return sigmoid((point.w - 0.05) * 12);
}

/** An ellipsoid of half axes `radii` around (0, centerY, 0), turned with the sitter's head. */
function ellipsoid(sitter: Sitter, radii: readonly [number, number, number], centerY: number): Surface {
  const { halfWidth, halfHeight, light } = sitter;
  const toHead = headRotation(sitter.yaw, sitter.pitch);
  const lightInHead = vec3.transformMat3(zero(), [light[0], light[1], light[2]], toHead);
  const direction = vec3.transformMat3(zero(), [0, 0, 1], toHead);
  // In the unit sphere's space (axes divided by radii) the ray is origin + t·direction.
  const stretch: vec3 = [1 / radii[0], 1 / radii[1], 1 / radii[2]];
  const unitDirection = vec3.multiply(zero(), direction, stretch);
  const a = vec3.squaredLength(unitDirection);
  const [origin, unitOrigin, position, normal] = [zero(), zero(), zero(), zero()];
  const point: HeadPoint = { u: 0, v: 0, w: 0, light: 0, coverage: 0 };
  return (x, y) => {
    vec3.transformMat3(origin, vec3.set(origin, x, y - centerY, 0), toHead);
    vec3.multiply(unitOrigin, origin, stretch);
    const b = vec3.dot(unitOrigin, unitDirection);
    const discriminant = b * b - a * (vec3.squaredLength(unitOrigin) - 1);
    const t = (-b + Math.sqrt(Math.max(discriminant, 1e-6))) / a;
    vec3.scaleAndAdd(position, origin, direction, t);
    vec3.multiply(normal, vec3.multiply(normal, position, stretch), stretch);
    const slope = Math.sqrt(vec3.squaredLength(normal) + 1e-9);
    point.u = position[0] / halfWidth;
    point.v = position[1] / halfHeight;
    point.w = position[2] / halfWidth;
    point.light = Math.max(0, vec3.dot(normal, lightInHead) / slope);
    point.coverage = sitter.edge((1 - Math.sqrt(Math.max(1 - discriminant / a, 1e-6))) * 0.5);
    return point;
  };
}
