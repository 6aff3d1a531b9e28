/** Makes the pictures of a sheet, row by row. Inputs are the command's own business. */
import type { HyperStyle, Inversion } from '../../src/index.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import type { JobContext } from '../job.ts';
import { loadCast } from '../people/load.ts';
import { cellFile, type SheetEvent, type SheetParams } from '../sheet/events.ts';
import type { Cell } from '../sheet/grids.ts';

/** The job. */
export async function run(ctx: JobContext): Promise<void> {
  const { grid, directions } = ctx.params as SheetParams;
  const { hs, people } = await loadCast(ctx, () => ctx.emit(null));
  const files = await Promise.all(directions.map(async (name, n) => bytesSource(name, await ctx.get(`direction${n}`))));
  if (files.length > 0) await hs.addDirections(files);
  const { size, cropRows } = hs.architecture;
  const height = cropRows ? cropRows[1] - cropRows[0] : size;
  await ctx.emit({ kind: 'pictures', width: size, height } satisfies SheetEvent);
  for (const [row, { cells }] of grid.rows.entries()) {
    for (const [column, cell] of cells.entries()) {
      const pixels = await pixelsOf(hs, people, cell);
      if (pixels) await ctx.save(cellFile(row, column), pixels);
    }
    await ctx.emit({ kind: 'row', row } satisfies SheetEvent);
  }
  hs.dispose();
}

async function pixelsOf(hs: HyperStyle, people: readonly Inversion[], cell: Cell): Promise<Uint8Array | undefined> {
  if (cell.kind === 'input') return undefined;
  if (cell.kind === 'seed') {
    const picture = await hs.generate({ seed: cell.seed, truncation: cell.truncation });
    const { data } = await picture.toImageData();
    picture.dispose();
    return new Uint8Array(data);
  }
  if (cell.kind === 'mix') return mixed(hs, people, cell);
  const person = people[cell.person];
  if (cell.kind === 'edit') await person?.edit(cell.edits);
  const shown = cell.kind === 'step' ? person?.steps.find(({ index }) => index === cell.step)?.picture : person;
  const pixels = await shown?.toImageData();
  return pixels && new Uint8Array(pixels.data);
}

async function mixed(
  hs: HyperStyle,
  people: readonly Inversion[],
  { people: pair, way }: Extract<Cell, { kind: 'mix' }>,
): Promise<Uint8Array> {
  const weights = [1 - way, way];
  const parts = pair.flatMap((n, i) => {
    const person = people[n];
    return person ? [{ person, weight: weights[i] ?? 0 }] : [];
  });
  const mix = await hs.mix(parts);
  const { data } = await mix.toImageData();
  mix.dispose();
  return new Uint8Array(data);
}
