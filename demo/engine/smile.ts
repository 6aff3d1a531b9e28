/** How much a face smiles, from MediaPipe's 468 vertices: a wide mouth whose corners are raised. Host arithmetic. */
import type { Face } from '../../src/index.ts';

/** Vertices of the mesh. */
const [CORNER_A, CORNER_B, UPPER_LIP, LOWER_LIP, EYE_A, EYE_B] = [61, 291, 13, 14, 33, 263];

/** More is more of a smile; about 0.4 to 1.2. NaN for a mesh without these vertices. */
export function smileOf(mesh: Face['mesh']): number {
  const at = (vertex: number): readonly [number, number] => mesh[vertex] ?? [Number.NaN, Number.NaN];
  const [ax, ay] = at(EYE_A);
  const [bx, by] = at(EYE_B);
  const width = Math.hypot(bx - ax, by - ay);
  const [right, down] = [
    [(bx - ax) / width, (by - ay) / width],
    [-(by - ay) / width, (bx - ax) / width],
  ] as const;
  const along = ([x, y]: readonly [number, number], [dx, dy]: readonly [number, number]): number => x * dx + y * dy;
  const mouth = Math.abs(along(at(CORNER_B), right) - along(at(CORNER_A), right));
  const corners = (along(at(CORNER_A), down) + along(at(CORNER_B), down)) / 2;
  const lips = (along(at(UPPER_LIP), down) + along(at(LOWER_LIP), down)) / 2;
  return (mouth + 2 * (lips - corners)) / width;
}
