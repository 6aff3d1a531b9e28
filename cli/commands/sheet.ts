/**
 * `sheet KIND [PERSON…]`: labelled sheets of pictures: directions, the steps of inversions, mixes, domains, pivotal
 * tuning, StyleCLIP's grid, seeds.
 */
import { mkdirSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { Argument } from 'commander';
import { ensure } from '../../src/errors.ts';
import type { Edits } from '../../src/index.ts';
import { finite, finites, hostOption, integer, program, words } from '../arguments.ts';
import { edits, readOption } from '../edit-options.ts';
import { asModelReads } from '../invert/pictures.ts';
import type { HostName } from '../job.ts';
import { modelFolder, modelOption } from '../model-folder.ts';
import { DEFAULT_MODEL } from '../paths.ts';
import { ensurePicture, peopleInputs, pictureOf } from '../people/inputs.ts';
import { runJob } from '../run-job.ts';
import type { Tile } from '../samples/montage.ts';
import { drawSheet } from '../sheet/draw.ts';
import { cellFile, type SheetEvent, type SheetParams } from '../sheet/events.ts';
import {
  coupledGrid,
  directionGrid,
  domainGrid,
  type Grid,
  mixGrid,
  pivotGrid,
  seedGrid,
  spread,
  styleclipGrid,
} from '../sheet/grids.ts';
import { say } from '../terminal.ts';

const KINDS = ['directions', 'coupled', 'mix', 'domains', 'pivot', 'styleclip', 'seeds'] as const;

interface Options {
  readonly host: HostName;
  readonly model: string;
  readonly out?: string;
  readonly names: readonly string[];
  readonly amounts: readonly number[];
  readonly domains: readonly string[];
  readonly alpha: readonly number[];
  readonly beta: readonly number[];
  readonly phrase?: string;
  readonly direction: readonly string[];
  readonly edit?: Edits;
  readonly steps: number;
  readonly tuning: number;
  readonly seed: number;
  readonly count: number;
  readonly columns: number;
  readonly truncation: number;
  readonly side: number;
}

const DEFAULT_PERSON = join(DEFAULT_MODEL, 'samples', 'portrait-4.png');
/** Quality of JPEG sheets. */
const QUALITY = 88;
/** From one person to the next. */
const MIX_COLUMNS = 7;
/** StyleCLIP's own grid: α −5…5 in 11 steps, β 0.11…0.16 in 5. */
const [ALPHAS, BETAS] = [spread(-5, 5, 11), spread(0.11, 0.16, 5)];

function parse(argv: string[]): { kind: (typeof KINDS)[number]; args: string[]; options: Options } {
  const command = program('sheet', 'labelled sheets of pictures')
    .addArgument(new Argument('<kind>', 'what to show').choices(KINDS))
    .argument('[person...]', 'portraits, folders of them, or identity files; without one a sample portrait')
    .option('--names <list>', 'directions: which, with commas', words, ['smile', 'yaw', 'hair_color', 'light'])
    .option('--amounts <list>', 'directions: columns', finites, [-3, -2, -1, 0, 1, 2, 3])
    .option('--edit <name=amount>', 'coupled: one more column after all, pivot: a row each; repeatable', edits)
    .option('--domains <list>', 'domains: which, with commas', words, ['bronze', 'sketch'])
    .option('--tuning <n>', 'pivot: steps of pivotal tuning', integer(1, 10_000), 100)
    .option('--phrase <name>', 'styleclip: name of the global direction')
    .option('--alpha <list>', 'styleclip: columns', finites, ALPHAS)
    .option('--beta <list>', 'styleclip: rows', finites, BETAS)
    .option('--direction <file>', 'a direction file; repeatable', (file, all: string[]) => [...all, file], [])
    .option('--seed <n>', 'seeds: the first', integer(0, 2 ** 32 - 1), 1)
    .option('--count <n>', 'seeds: how many', integer(1, 400), 24)
    .option('--columns <n>', 'seeds: how many in a row', integer(1, 40), 8)
    .option('--truncation <psi>', 'seeds: how far from the average', finite, 0.7)
    .option('--side <n>', 'width of each picture in the sheet', integer(16, 1024), 128)
    .option('--steps <n>', 'passes of the hypernetwork', integer(1, 20), 5)
    .option('--out <file>', 'a .png, .jpg or .webp file; default out/KIND.png')
    .addOption(modelOption())
    .addOption(hostOption());
  command.parse(argv, { from: 'user' });
  const [kind = '', ...people] = command.args;
  const options = command.opts<Options>();
  const args = people.length > 0 || kind === 'seeds' ? people : [DEFAULT_PERSON];
  return { kind: kind as (typeof KINDS)[number], args, options };
}

function gridOf(kind: (typeof KINDS)[number], people: readonly string[], options: Options): Grid {
  const { names, amounts, domains, phrase, alpha, beta, edit = {}, steps, seed, count, columns, truncation } = options;
  if (kind === 'directions') return directionGrid(people, names, amounts);
  if (kind === 'coupled') return coupledGrid(people, steps, edit);
  if (kind === 'domains') return domainGrid(people, steps, domains);
  if (kind === 'pivot') return pivotGrid(people, steps, edit);
  if (kind === 'mix') {
    ensure(people.length > 1, 'option', 'mix: name at least two people');
    return mixGrid(people, MIX_COLUMNS);
  }
  if (kind === 'seeds') return seedGrid(seed, count, Math.min(columns, count), truncation);
  ensure(phrase, 'option', 'styleclip: name a phrase of the direction files with --phrase');
  return styleclipGrid(phrase, alpha, beta);
}

/** The command. */
export default async function sheet(argv: string[]): Promise<void> {
  const { kind, args, options } = parse(argv);
  const out = resolve(options.out ?? join('out', `${kind}.png`));
  ensure(/\.(png|jpe?g|webp)$/i.test(out), 'option', () => `--out "${out}": expected a .png, .jpg or .webp file`);
  const model = modelFolder(options.model);
  const { files, people, mounts } = peopleInputs(args);
  const directions = options.direction.map((file) => readOption('--direction', file));
  const grid = gridOf(
    kind,
    files.map((file) => basename(file, extname(file))),
    options,
  );
  for (const cell of grid.rows.flatMap(({ cells }) => cells)) {
    if (cell.kind === 'input' || cell.kind === 'found') ensurePicture(files[cell.person] ?? '');
  }
  const found = new Map<string, Uint8Array>();
  let size = { width: 0, height: 0 };
  await runJob(options.host, {
    job: 'sheet',
    params: {
      people,
      steps: options.steps,
      tuning: options.tuning,
      grid,
      directions: options.direction.map((file) => basename(file)),
    } satisfies SheetParams,
    mounts: {
      model,
      ...mounts,
      ...Object.fromEntries(directions.map((bytes, n) => [`direction${n}`, bytes])),
    },
    onEvent: (event) => {
      const message = event as SheetEvent;
      if (message.kind === 'pictures') size = message;
      else say(`row ${message.row + 1} of ${grid.rows.length}`);
    },
    onFile: (name, bytes) => {
      found.set(name, bytes);
    },
  });
  const tileOf = async (row: number, column: number): Promise<Tile | undefined> => {
    const cell = grid.rows[row]?.cells[column];
    if (cell?.kind === 'input') return asModelReads(await pictureOf(files[cell.person] ?? ''), size.width, size.height);
    const data = found.get(cellFile(row, column));
    return data && { data, ...size };
  };
  const tiles = await Promise.all(
    grid.rows.map(({ cells }, row) => Promise.all(cells.map((_, column) => tileOf(row, column)))),
  );
  mkdirSync(dirname(out), { recursive: true });
  const image = await drawSheet(grid, tiles, options.side);
  await (/\.jpe?g$/i.test(out) ? image.jpeg({ quality: QUALITY }) : image).toFile(out);
  say(`written: ${out}`);
}
