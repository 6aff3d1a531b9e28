/** Checkpoints → a model folder, tensor by tensor: never more than a few MiB of weights in memory. */
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HyperStyleError } from '../../src/errors.ts';
import { type Checkpoint, openCheckpoint } from '../../src/weights/checkpoint.ts';
import { type Manifest, MODEL_FORMAT, type ShardEntry } from '../../src/weights/manifest.ts';
import type { FolderDType } from '../../src/weights/quantize.ts';
import { unifyModel } from '../../src/weights/unify.ts';
import { completeModel } from './complete.ts';
import { type Conversion, planConversion } from './conversion.ts';
import { copySamples, readDirections, writeDirections } from './extras.ts';
import { type NodeFile, openNodeFile, reason } from './node-file.ts';
import { PartialFolder } from './partial-folder.ts';
import { describeConversion, megabytes, progressBar } from './report.ts';
import { ShardWriter } from './shard-writer.ts';

const DIRECTIONS_FILE = 'directions.safetensors';

/** Where lines go. */
type Print = (line: string) => void;

/** What to convert, and how. */
export interface ConvertOptions {
  /** The HyperStyle checkpoint or a generator, and the W encoder's where there is one. */
  readonly inputs: readonly [string, string?];
  readonly out: string;
  readonly dtype: FolderDType;
  /** Only print the plan. */
  readonly dryRun: boolean;
  readonly name?: string | undefined;
  readonly directions: readonly string[];
  readonly samples?: string | undefined;
  readonly print: Print;
}

/**
 * Converts.
 * @throws `file`, `pickle`, `tensor` or `model` error; then nothing is left of the output
 */
export async function convert(options: ConvertOptions): Promise<void> {
  const files: NodeFile[] = [];
  try {
    for (const path of options.inputs) if (path) files.push(await openNodeFile(path));
    const [hyper, encoder = null] = await openAll(files);
    if (!hyper) return;
    const model = await completeModel(unifyModel(hyper, encoder));
    const conversion = planConversion(model, options.dtype);
    options.print(await describeConversion(conversion));
    for (const note of model.notes) options.print(`note          ${note}`);
    if (options.dryRun) return;
    const started = performance.now();
    await verifyAll(files, [hyper, encoder], options.print);
    await writeFolder(options, conversion, jobOf(files, options));
    const seconds = (performance.now() - started) / 1000;
    const peak = process.resourceUsage().maxRSS * 1024;
    options.print(
      `wrote ${options.out}: ${megabytes(conversion.bytes)} in ${seconds.toFixed(1)} s, peak memory ${megabytes(peak)}`,
    );
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

async function openAll(files: readonly NodeFile[]): Promise<Checkpoint[]> {
  const checkpoints: Checkpoint[] = [];
  for (const file of files) checkpoints.push(await openCheckpoint(file));
  return checkpoints;
}

async function verifyAll(
  files: readonly NodeFile[],
  checkpoints: readonly (Checkpoint | null)[],
  print: Print,
): Promise<void> {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const bar = progressBar('check  ', bytes, print);
  for (const checkpoint of checkpoints) await checkpoint?.verify(bar.add);
  bar.end();
}

/** Equal texts mean that an interrupted run may be continued. */
function jobOf(files: readonly NodeFile[], { dtype }: ConvertOptions): string {
  return JSON.stringify({
    inputs: files.map(({ name, size, modified }) => ({ name: basename(name), size, modified })),
    dtype,
  });
}

async function writeFolder(options: ConvertOptions, conversion: Conversion, job: string): Promise<void> {
  const { styleDim } = conversion.model.architecture;
  const directions = await readDirections(options.directions, styleDim);
  const folder = await PartialFolder.open(options.out, job);
  try {
    const shards = await writeShards(folder, conversion, options.print);
    if (directions.size > 0) await writeDirections(join(folder.path, DIRECTIONS_FILE), directions);
    const samples = options.samples === undefined ? undefined : await copySamples(options.samples, folder.path);
    const manifest: Manifest = {
      format: MODEL_FORMAT,
      version: 1,
      name: options.name ?? basename(options.out),
      dtype: conversion.dtype,
      parameters: conversion.parameters,
      architecture: conversion.model.architecture,
      shards,
      ...(directions.size > 0 && { directions: DIRECTIONS_FILE }),
      ...(samples && { samples }),
      tensors: Object.fromEntries(conversion.tensors.map(({ name, dtype, shape }) => [name, { dtype, shape }])),
    };
    await writeFile(join(folder.path, 'model.json'), manifestText(manifest));
    await folder.commit();
  } catch (cause) {
    await folder.discard();
    if (cause instanceof HyperStyleError) throw cause;
    throw new HyperStyleError(
      'file',
      `${options.out}: cannot be written (${reason(cause)}); free space or choose another output folder`,
      { cause },
    );
  }
}

/** One line a field and a tensor, so that the file can be read and compared. */
function manifestText(manifest: Manifest): string {
  const { tensors, ...head } = manifest;
  const lines = (record: object, indent: string): string =>
    Object.entries(record)
      .map(([name, value]) => `${indent}${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n');
  return `{\n${lines(head, ' ')},\n "tensors": {\n${lines(tensors, '  ')}\n }\n}\n`;
}

async function writeShards(folder: PartialFolder, conversion: Conversion, print: Print): Promise<ShardEntry[]> {
  const bar = progressBar('convert', conversion.bytes, print);
  const writer = new ShardWriter(folder.path, conversion.model.tensors, (bytes) => bar.add(bytes));
  const entries: ShardEntry[] = [];
  for (const [index, pieces] of conversion.shards.entries()) {
    const file = `shard-${String(index).padStart(3, '0')}.safetensors`;
    let entry = folder.finished(file);
    if (entry) bar.add(entry.bytes);
    else {
      entry = await writer.write(file, pieces);
      await folder.finish(entry);
    }
    entries.push(entry);
  }
  bar.end();
  return entries;
}
