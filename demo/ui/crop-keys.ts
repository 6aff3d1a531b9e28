/** What arrow keys do to the square that is cut out (pure). */
import type { Crop } from '../engine/crop.ts';

/** What a handle changes. */
export type Handle = 'move' | 'size' | 'turn';

/** Steps of one arrow key: a share of the side, and radians. */
const [KEY_SHARE, KEY_ANGLE] = [0.02, Math.PI / 90];

/** What an arrow key does to the square; undefined for other keys. */
export function moved(crop: Crop, kind: Handle, key: string): Crop | undefined {
  const [dx, dy] = [
    Number(key === 'ArrowRight') - Number(key === 'ArrowLeft'),
    Number(key === 'ArrowDown') - Number(key === 'ArrowUp'),
  ];
  if (dx === 0 && dy === 0) return undefined;
  const step = KEY_SHARE * crop.side;
  if (kind === 'move') return { ...crop, x: crop.x + dx * step, y: crop.y + dy * step };
  if (kind === 'size') return { ...crop, side: crop.side + (dx - dy) * step };
  return { ...crop, angle: crop.angle + (dx + dy) * KEY_ANGLE };
}
