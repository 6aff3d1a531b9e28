/** Sheets: which picture goes where, and that labels and pictures are drawn where they belong. */
import { expect, it } from 'vitest';
import { drawSheet } from '../../cli/sheet/draw.ts';
import {
  coupledGrid,
  directionGrid,
  domainGrid,
  mixGrid,
  pivotGrid,
  seedGrid,
  signedLabel,
  spread,
  styleclipGrid,
} from '../../cli/sheet/grids.ts';

it('directions × amounts × people', () => {
  const { columns, rows } = directionGrid(['anna', 'bert'], ['smile', 'yaw'], [-1.5, 0, 2]);
  expect(columns).toEqual(['−1.5', '0', '+2']);
  expect(rows.map(({ label }) => label)).toEqual(['anna · smile', 'anna · yaw', 'bert · smile', 'bert · yaw']);
  expect(rows[2]?.cells[0]).toEqual({ kind: 'edit', person: 1, edits: { smile: -1.5 } });
});

it('the authors’ coupled pictures: input, every step, the edit', () => {
  const { columns, rows } = coupledGrid(['anna'], 2, { smile: 1 });
  expect(columns).toEqual(['input', 'y0', 'y1', 'y2', 'edit']);
  expect(rows[0]?.cells.map(({ kind }) => kind)).toEqual(['input', 'step', 'step', 'step', 'edit']);
});

it('domains: input, the model’s own, each domain', () => {
  const { columns, rows } = domainGrid(['anna'], 5, ['bronze', 'sketch']);
  expect(columns).toEqual(['input', 'y5', 'bronze', 'sketch']);
  expect(rows[0]?.cells[3]).toEqual({ kind: 'domain', person: 0, domain: 'sketch' });
});

it('pivotal tuning: the picture once, a column each search, a row each edit', () => {
  const { columns, rows } = pivotGrid(['anna', 'bert'], 3, { smile: 2 });
  expect(columns).toEqual(['input', 'y3', 'optimised latent', 'tuned from w', 'tuned from y3']);
  expect(rows.map(({ label }) => label)).toEqual([
    'anna · as found',
    'anna · smile +2',
    'bert · as found',
    'bert · smile +2',
  ]);
  expect(rows.map(({ cells }) => cells[0]?.kind)).toEqual(['input', 'none', 'input', 'none']);
  expect(rows[3]?.cells[4]).toEqual({ kind: 'found', person: 1, by: 'tuned-from-yT', edits: { smile: 2 } });
});

it('StyleCLIP’s β × α', () => {
  const { columns, rows } = styleclipGrid('long hair', spread(-5, 5, 11), spread(0.11, 0.16, 5));
  expect([columns.length, rows.length]).toEqual([11, 5]);
  expect(rows[4]?.cells[10]).toEqual({ kind: 'edit', person: 0, edits: { 'long hair': { amount: 5, beta: 0.16 } } });
  expect([columns[0], rows[1]?.label]).toEqual(['α −5', 'β 0.123']);
});

it('from person to person', () => {
  const { columns, rows } = mixGrid(['anna', 'bert', 'carl'], 3);
  expect(columns).toEqual(['0 %', '50 %', '100 %']);
  expect(rows[1]).toMatchObject({ label: 'bert → carl', cells: [{ people: [1, 2], way: 0 }, { way: 0.5 }, {}] });
});

it('seeds, the last row as long as it gets', () => {
  const { rows } = seedGrid(10, 5, 3, 0.7);
  expect(rows.map(({ cells }) => cells.length)).toEqual([3, 2]);
  expect(rows[1]).toMatchObject({ label: 'seed 13', cells: [{ seed: 13 }, { seed: 14 }] });
});

it('draws pictures in their places, and dark letters on white beside them', async () => {
  const plain = (level: number) => ({
    data: Uint8Array.from({ length: 4 * 8 * 8 }, (_, i) => (i % 4 === 3 ? 255 : level)),
    width: 8,
    height: 8,
  });
  const grid = directionGrid(['anna'], ['smile', 'yaw'], [-1, 1]);
  const sheet = await drawSheet(
    grid,
    [
      [plain(100), plain(110)],
      [plain(120), undefined],
    ],
    32,
  );
  const { data, info } = await sheet.png().toBuffer({ resolveWithObject: true });
  expect(info.height).toBe(28 + 2 * 36);
  const { default: sharp } = await import('sharp');
  const red = await sharp(data).extractChannel(0).raw().toBuffer();
  const at = (x: number, y: number) => red[y * info.width + x];
  const left = info.width - 2 * 36;
  expect([at(left + 16, 44), at(left + 52, 44), at(left + 16, 80), at(left + 52, 80)]).toEqual([100, 110, 120, 255]);
  const label = red.filter((_, i) => i % info.width < left - 4 && Math.floor(i / info.width) > 28);
  expect(Math.min(...label)).toBeLessThan(100);
  expect(signedLabel(0)).toBe('0');
});
