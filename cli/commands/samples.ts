/**
 * `samples`: everything that shows what a model can do, made again after it changed: sample portraits, their errors,
 * the sheets in `MODEL/samples`, and for the model that ships the README's pictures in `docs`.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { randomPortrait } from '../../portraits/random.ts';
import { renderPortrait } from '../../portraits/render.ts';
import { ensure } from '../../src/errors.ts';
import { hostOption, integer, program } from '../arguments.ts';
import { portraitSeed } from '../evaluate/portrait-seed.ts';
import type { HostName } from '../job.ts';
import { modelFolder, modelOption } from '../model-folder.ts';
import { DEFAULT_MODEL, ROOT } from '../paths.ts';
import { runJob } from '../run-job.ts';
import { docsFolder } from '../samples/docs-folder.ts';
import { montage, type Tile } from '../samples/montage.ts';
import {
  EDIT_COLUMNS,
  EDIT_ROWS,
  editFile,
  type ModelEvent,
  type SampleEvent,
  stepFile,
  tunedFile,
} from '../samples/sheets.ts';
import { say } from '../terminal.ts';

interface Options {
  readonly host: HostName;
  readonly model: string;
  readonly render?: boolean;
  readonly expected?: boolean;
  readonly seed: number;
  readonly tune?: number;
}

/** What a job brought back. */
interface Results {
  model: ModelEvent;
  readonly errors: number[][];
  readonly files: Map<string, Uint8Array>;
}

const PORTRAITS = 8;
/** Larger than the models read: resizing is part of the job. */
const PORTRAIT_SIDE = 256;
const STEPS = 5;
/** Steps of tuning that the README's pictures show. */
const DOCS_TUNING = 40;

/** Writes `portrait-0.png` (bare) to `portrait-7.png` (with accessories). */
async function renderPortraits(folder: string, seed: number): Promise<void> {
  for (let index = 0; index < PORTRAITS; index++) {
    const { attributes, accessories } = randomPortrait(portraitSeed(seed, index), { accessories: index > 0 });
    await writePng(join(folder, `portrait-${index}.png`), renderPortrait(attributes, accessories, PORTRAIT_SIDE));
  }
}

async function readPortraits(folder: string): Promise<Tile[]> {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^portrait-\d+\.png$/.test(name)) : [];
  ensure(names.length > 0, 'file', () => `${folder}: no portrait-0.png there; draw some with --render`);
  const read = async (_: string, index: number): Promise<Tile> => {
    const image = sharp(join(folder, `portrait-${index}.png`)).ensureAlpha();
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  };
  return Promise.all(names.map(read));
}

const pixels = ({ data, width, height }: Tile): Sharp => sharp(data, { raw: { width, height, channels: 4 } });

async function writePng(path: string, picture: Tile): Promise<void> {
  await pixels(picture).removeAlpha().png({ compressionLevel: 9, adaptiveFiltering: true }).toFile(path);
}

/** The README's copy of a sheet: a JPEG, a tenth of the PNG. */
async function writeDocs(path: string, picture: Tile): Promise<void> {
  await pixels(picture).removeAlpha().jpeg({ quality: 76, mozjpeg: true }).toFile(path);
}

async function shrink(picture: Tile, side: number): Promise<Tile> {
  const data = await pixels(picture).resize(side, side, { kernel: 'linear' }).raw().toBuffer();
  return { data, width: side, height: side };
}

async function invertAll(
  { host, tuning }: { readonly host: HostName; readonly tuning: number },
  folder: string,
  portraits: readonly Tile[],
): Promise<Results> {
  const results: Results = { model: { name: '', size: 0, inputSize: 0 }, errors: [], files: new Map() };
  await runJob(host, {
    job: 'samples',
    params: { portraits: portraits.map(({ width, height }) => ({ width, height })), steps: STEPS, tuning },
    mounts: {
      model: folder,
      ...Object.fromEntries(portraits.map(({ data }, i) => [`portrait-${i}`, new Uint8Array(data)])),
    },
    onAdapter: (adapter) => say(`${folder} on ${adapter} (${host})`),
    onEvent: (event) => {
      const message = event as ModelEvent | SampleEvent;
      if ('name' in message) results.model = message;
      else {
        results.errors[message.portrait] = [...message.l2];
        say(`portrait ${message.portrait}: ${message.l2.map((l2) => l2.toFixed(5)).join('  ')}`);
      }
    },
    onFile: (name, bytes) => {
      results.files.set(name, bytes);
    },
  });
  return results;
}

/** First row the pictures, then y_0 … y_T and what tuning made of it, if it did; a column each portrait. */
async function stepSheet({ model, files }: Results, portraits: readonly Tile[]): Promise<Tile> {
  const tile = (name: string): Tile => ({
    data: files.get(name) ?? new Uint8Array(),
    width: model.size,
    height: model.size,
  });
  const pictures = await Promise.all(portraits.map((portrait) => shrink(portrait, model.size)));
  const steps = Array.from({ length: STEPS + 1 }, (_, step) => portraits.map((_, i) => tile(stepFile(i, step))));
  const tuned = portraits.map((_, i) => tunedFile(i)).filter((name) => files.has(name));
  return montage([pictures, ...steps, ...(tuned.length > 0 ? [tuned.map(tile)] : [])]);
}

/** A row each direction, a column each amount; null for a model without these directions. */
function editSheet({ model, files }: Results): Tile | null {
  const rows = EDIT_ROWS.map((_, row) => EDIT_COLUMNS.map((_, column) => files.get(editFile(row, column))));
  const tiles = rows.map((row) =>
    row.flatMap((data) => (data ? [{ data, width: model.size, height: model.size }] : [])),
  );
  const present = tiles.filter((row) => row.length > 0);
  return present.length > 0 ? montage(present) : null;
}

/** Writes `expected.json`, or says how far its numbers are from these. */
function settleExpected(path: string, { model, errors }: Results, write: boolean): void {
  const mse = Array.from({ length: STEPS + 1 }, (_, step) => errors.map((l2) => l2[step] ?? Number.NaN));
  if (write || !existsSync(path)) {
    const what = `mean squared error in [-1, 1] between y_t pooled to ${model.inputSize} px and the picture resized to ${model.inputSize} px (antialiased bilinear), t = 0..${STEPS}, a row a step, a column a sample; computed by npm run samples with the model's stored weights and f32 arithmetic`;
    writeFileSync(path, `${JSON.stringify({ what, mse })}\n`);
    return;
  }
  const expected: { mse: number[][] } = JSON.parse(readFileSync(path, 'utf8'));
  const deviations = mse.flatMap((row, step) =>
    row.map((value, i) => Math.abs(value / (expected.mse[step]?.[i] ?? 0) - 1)),
  );
  say(`largest deviation from ${path}: ${(Math.max(...deviations) * 100).toFixed(2)}%`);
}

/** The command. */
export default async function samples(argv: string[]): Promise<void> {
  const command = program('samples', "make a model's samples, error table and pictures again")
    .option('--render', 'draw new sample portraits (and with them a new expected.json)')
    .option('--seed <n>', 'which portraits --render draws', integer(0, 2 ** 32 - 1), 2026)
    .option('--expected', "overwrite expected.json with the engine's errors; without it they are compared")
    .option(
      '--tune <n>',
      `steps of pivotal tuning from y_5: a last row, and who is edited; default: ${DOCS_TUNING} for the model that ships, else 0`,
      integer(0, 100_000),
    )
    .addOption(modelOption())
    .addOption(hostOption());
  command.parse(argv, { from: 'user' });
  const { host, model, render = false, expected = false, seed, tune } = command.opts<Options>();
  const folder = modelFolder(model);
  const target = join(folder, 'samples');
  const docs = docsFolder(folder, DEFAULT_MODEL, join(ROOT, 'docs'));
  for (const path of [target, docs]) if (path) mkdirSync(path, { recursive: true });
  if (render) await renderPortraits(target, seed);
  const portraits = await readPortraits(target);
  const results = await invertAll({ host, tuning: tune ?? (docs ? DOCS_TUNING : 0) }, folder, portraits);
  settleExpected(join(target, 'expected.json'), results, render || expected);
  const sheets = { steps: await stepSheet(results, portraits), edits: editSheet(results) };
  for (const [name, sheet] of Object.entries(sheets)) {
    if (!sheet) continue;
    await writePng(join(target, `${name}.png`), sheet);
    if (docs) await writeDocs(join(docs, `${name}.jpg`), sheet);
  }
}
