/** Sheets of pictures: equal tiles in rows on a black ground. */
import { ensure } from '../../src/errors.ts';

/** RGBA bytes in rows from the top. */
export interface Tile {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Pixels between tiles and around them. */
const GAP = 2;

/** One picture of all `rows`, opaque. @throws `image` error when tiles differ in size or there are none */
export function montage(rows: readonly (readonly Tile[])[]): Tile {
  const first = rows[0]?.[0];
  ensure(first, 'image', 'montage: expects at least one tile, got 0');
  const columns = Math.max(...rows.map((row) => row.length));
  const width = columns * (first.width + GAP) + GAP;
  const height = rows.length * (first.height + GAP) + GAP;
  const data = new Uint8Array(4 * width * height);
  for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = 255;
  rows.forEach((row, r) => {
    row.forEach((tile, c) => {
      ensure(
        tile.width === first.width && tile.height === first.height,
        'image',
        () => `montage: tile ${r}, ${c} is ${tile.width}×${tile.height}, expected ${first.width}×${first.height}`,
      );
      const [left, top] = [GAP + c * (first.width + GAP), GAP + r * (first.height + GAP)];
      for (let y = 0; y < tile.height; y++) {
        const line = tile.data.subarray(4 * y * tile.width, 4 * (y + 1) * tile.width);
        data.set(line, 4 * ((top + y) * width + left));
      }
    });
  });
  return { data, width, height };
}
