/** Draws a sheet: equal pictures in rows and columns, labelled above and at the left. */
import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import { ensure } from '../../src/errors.ts';
import { resized } from '../invert/pictures.ts';
import type { Tile } from '../samples/montage.ts';
import type { Grid } from './grids.ts';

/** Pixels between pictures, and of the labels' letters. */
const [GAP, LETTERS] = [4, 15];
/** Room above the columns. */
const HEAD = 28;
/** Average width of a letter, in its height. */
const LETTER_WIDTH = 0.6;
const [GROUND, INK] = ['#ffffff', '#333333'];

const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly anchor: 'middle' | 'end';
}

function labelLayer(labels: readonly Label[], width: number, height: number): Buffer {
  const texts = labels.map(
    ({ text, x, y, anchor }) =>
      `<text x="${x}" y="${y}" text-anchor="${anchor}" dominant-baseline="central">${escaped(text)}</text>`,
  );
  const style = `font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="${LETTERS}" fill="${INK}"`;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ${style}>${texts.join('')}</svg>`,
  );
}

/**
 * A sheet as an image of sharp's, to be written in any format.
 * @param tiles the pictures, row by row, undefined where there is none
 * @param side width of each in the sheet, in pixels
 * @throws `image` error when there is no picture at all
 */
export async function drawSheet(
  { columns, rows }: Grid,
  tiles: readonly (readonly (Tile | undefined)[])[],
  side: number,
): Promise<Sharp> {
  const first = tiles.flat().find((tile) => tile !== undefined);
  ensure(first, 'image', 'sheet: expects at least one picture, got 0');
  const height = Math.round((side * first.height) / first.width);
  const left = Math.ceil(Math.max(...rows.map(({ label }) => label.length)) * LETTERS * LETTER_WIDTH) + 2 * GAP;
  const [x, y] = [(c: number) => left + c * (side + GAP), (r: number) => HEAD + r * (height + GAP)];
  const size = { width: x(columns.length), height: y(rows.length) };
  const pictures: OverlayOptions[] = [];
  for (const [r, row] of tiles.entries()) {
    for (const [c, tile] of row.entries()) {
      if (!tile) continue;
      const { data } = await resized(tile, side, height);
      pictures.push({ input: Buffer.from(data), raw: { width: side, height, channels: 4 }, left: x(c), top: y(r) });
    }
  }
  const labels = [
    ...columns.map((text, c): Label => ({ text, x: x(c) + side / 2, y: HEAD / 2, anchor: 'middle' })),
    ...rows.map(({ label }, r): Label => ({ text: label, x: left - 2 * GAP, y: y(r) + height / 2, anchor: 'end' })),
  ];
  const sheet = sharp({ create: { ...size, channels: 3, background: GROUND } });
  return sheet.composite([...pictures, { input: labelLayer(labels, size.width, size.height), left: 0, top: 0 }]);
}
