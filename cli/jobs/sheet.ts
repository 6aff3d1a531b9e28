/** Makes the pictures of a sheet, row by row. Inputs are the command's own business. */
import type { HyperStyle, Inversion, Pixels } from '../../src/index.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { ensureDirections, ensureDomains } from '../edit-job.ts';
import type { JobContext } from '../job.ts';
import { loadCast, pictureSize } from '../people/load.ts';
import { cellFile, type SheetEvent, type SheetParams } from '../sheet/events.ts';
import type { Cell } from '../sheet/grids.ts';
import { Searches } from '../sheet/searches.ts';

/** What shows pictures, and is disposed of when the sheet has them. */
interface Shown {
  toImageData(): Promise<Pixels>;
  dispose(): void;
}

/** The job. */
export async function run(ctx: JobContext): Promise<void> {
  const { grid } = ctx.params as SheetParams;
  const { hs, people } = await loadCast(ctx, { ready: (model) => prepare(ctx, model), told: () => ctx.emit(null) });
  const searches = new Searches(ctx, hs, people);
  await ctx.emit({ kind: 'pictures', ...pictureSize(hs) } satisfies SheetEvent);
  for (const [row, { cells }] of grid.rows.entries()) {
    for (const [column, cell] of cells.entries()) {
      const pixels = cell.kind === 'found' ? await searches.show(cell) : await pixelsOf(hs, people, cell);
      if (pixels) await ctx.save(cellFile(row, column), new Uint8Array(pixels.data));
    }
    await ctx.emit({ kind: 'row', row } satisfies SheetEvent);
  }
  hs.dispose();
}

/** Adds the direction files, and finds misspelt names before anybody is inverted. @throws `option` error, errors of the files */
async function prepare(ctx: JobContext, hs: HyperStyle): Promise<void> {
  const { grid, directions } = ctx.params as SheetParams;
  const files = await Promise.all(directions.map(async (name, n) => bytesSource(name, await ctx.get(`direction${n}`))));
  if (files.length > 0) await hs.addDirections(files);
  const cells = grid.rows.flatMap((row) => row.cells);
  ensureDirections(
    hs,
    cells.flatMap((cell) => ('edits' in cell ? Object.keys(cell.edits) : [])),
  );
  ensureDomains(
    hs,
    cells.flatMap((cell) => (cell.kind === 'domain' ? [cell.domain] : [])),
  );
}

/** The pixels of a cell that needs no search; undefined where the sheet has its own or none. */
async function pixelsOf(
  hs: HyperStyle,
  people: readonly Inversion[],
  cell: Exclude<Cell, { kind: 'found' }>,
): Promise<Pixels | undefined> {
  if (cell.kind === 'input' || cell.kind === 'none') return undefined;
  if (cell.kind === 'seed') return once(await hs.generate({ seed: cell.seed, truncation: cell.truncation }));
  if (cell.kind === 'mix') return mixed(hs, people, cell);
  const person = people[cell.person];
  if (!person) return undefined;
  if (cell.kind === 'domain') return once(await person.in(cell.domain));
  if (cell.kind === 'step') return person.steps.find(({ index }) => index === cell.step)?.picture.toImageData();
  await person.edit(cell.edits);
  return person.toImageData();
}

async function mixed(
  hs: HyperStyle,
  people: readonly Inversion[],
  { people: pair, way }: Extract<Cell, { kind: 'mix' }>,
): Promise<Pixels> {
  const weights = [1 - way, way];
  const parts = pair.flatMap((n, i) => {
    const person = people[n];
    return person ? [{ person, weight: weights[i] ?? 0 }] : [];
  });
  return once(await hs.mix(parts));
}

async function once(shown: Shown): Promise<Pixels> {
  const pixels = await shown.toImageData();
  shown.dispose();
  return pixels;
}
