/** Checkpoints → a model folder, tensor by tensor: never more than a few MiB of weights in memory. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { completeModel } from '../../src/convert/complete.ts';
import {
  type Conversion,
  ensureReadable,
  manifestOf,
  manifestText,
  planConversion,
} from '../../src/convert/conversion.ts';
import { hashedName, shardStem } from '../../src/convert/shard-parts.ts';
import { HyperStyleError } from '../../src/errors.ts';
import { makeFolder, type NodeFile, openNodeFile, reason } from '../../src/node/node-file.ts';
import { type Checkpoint, openCheckpoint } from '../../src/weights/checkpoint.ts';
import { modelOf } from '../../src/weights/latent-encoder-checkpoint.ts';
import { lossReaderOf } from '../../src/weights/loss-files.ts';
import type { ShardEntry, WrittenManifest } from '../../src/weights/manifest.ts';
import type { FolderDType } from '../../src/weights/quantize.ts';
import { checkTuningRate } from '../../src/weights/weight-source.ts';
import { domainFiles } from './domain-files.ts';
import { DraftFolder } from './draft-folder.ts';
import { directionsFile, EXPECTED, findSamples, readDirections } from './extras.ts';
import { convertLoss } from './loss.ts';
import { planDigest } from './plan-digest.ts';
import { describeConversion, megabytes, progressBar } from './report.ts';
import { ShardWriter } from './shard-writer.ts';

/** Goes up when the same plan gives other bytes than before. */
const ENCODING_VERSION = 1;

/** Where lines go. */
type Print = (line: string) => void;

/** What to convert, and how. */
export interface ConvertOptions {
  /** The HyperStyle checkpoint, a generator, or a checkpoint of ReStyle-e4e or e4e; and the W encoder's where there is one. */
  readonly inputs: readonly [string, string?];
  readonly out: string;
  readonly dtype: FolderDType;
  /** Only print the plan. */
  readonly dryRun: boolean;
  readonly name?: string | undefined;
  readonly directions: readonly string[];
  /** Fine-tuned generators: paths by the domain's name. */
  readonly domains?: ReadonlyMap<string, string> | undefined;
  readonly samples?: string | undefined;
  /** Adam's rate that suits pivotal tuning of the generator. */
  readonly tuningRate?: number | undefined;
  readonly print: Print;
}

/**
 * Converts. Files of a loss's network become one file; see `loss.ts`.
 * @throws `option`, `file`, `pickle`, `tensor` or `model` error; then nothing is left of the output
 */
export async function convert(options: ConvertOptions): Promise<void> {
  checkTuningRate(options.tuningRate);
  const files: NodeFile[] = [];
  try {
    for (const path of options.inputs) if (path) files.push(await openNodeFile(path));
    const checkpoints = await openAll(files);
    const [hyper, encoder = null] = checkpoints;
    if (!hyper) return;
    const reader = lossReaderOf(checkpoints);
    if (reader) {
      await verifyAll(files, checkpoints, options.print);
      await convertLoss({ ...options, reader, checkpoints });
      return;
    }
    const model = await completeModel(modelOf(hyper, encoder));
    const conversion = planConversion(model, options.dtype);
    options.print(await describeConversion(conversion));
    ensureReadable(['--name', options.name ?? basename(options.out)], conversion);
    for (const note of model.notes) options.print(`note          ${note}`);
    if (options.dryRun) return;
    const started = performance.now();
    await verifyAll(files, [hyper, encoder], options.print);
    await writeFolder(options, conversion, jobOf(files, conversion));
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

/** Equal texts mean that an interrupted run may be continued: same inputs, same options, same plan of what goes where. */
function jobOf(files: readonly NodeFile[], conversion: Conversion): string {
  return JSON.stringify({
    inputs: files.map(({ name, size, modified }) => ({ name: basename(name), size, modified })),
    dtype: conversion.dtype,
    encoding: ENCODING_VERSION,
    plan: planDigest(conversion),
  });
}

/** Everything of a folder but its shards. */
interface Extras {
  readonly directions: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  /** A file for each domain. */
  readonly domains: ReadonlyMap<string, Uint8Array>;
  /** Names in `--samples`. */
  readonly samples: readonly string[];
}

async function writeFolder(options: ConvertOptions, conversion: Conversion, job: string): Promise<void> {
  const extras: Extras = {
    directions: await readDirections(options.directions, conversion.model.architecture.styleDim),
    domains: await domainFiles(options.domains ?? new Map(), conversion.model, conversion.dtype),
    samples: options.samples === undefined ? [] : await findSamples(options.samples),
  };
  const draft = await DraftFolder.open(options.out, job);
  try {
    const shards = await writeShards(draft, conversion, options.print);
    await draft.commit(manifestText(await describeFolder(draft, options, conversion, shards, extras)));
  } catch (cause) {
    await draft.discard();
    if (cause instanceof HyperStyleError) throw cause;
    throw new HyperStyleError(
      'file',
      `${options.out}: cannot be written (${reason(cause)}); free space or choose another output folder`,
      { cause },
    );
  }
}

/** Writes directions and samples, and says what is in the folder. */
async function describeFolder(
  draft: DraftFolder,
  options: ConvertOptions,
  conversion: Conversion,
  shards: readonly ShardEntry[],
  extras: Extras,
): Promise<WrittenManifest> {
  const directions =
    extras.directions.size > 0 ? await writeNamed(draft, 'directions', directionsFile(extras.directions)) : undefined;
  const domains: [string, string][] = [];
  for (const [name, bytes] of extras.domains) domains.push([name, await writeNamed(draft, `domain-${name}`, bytes)]);
  const samples = await copySamples(draft, options.samples ?? '', extras.samples);
  return manifestOf(options.name ?? basename(options.out), conversion, shards, {
    ...(directions && { directions }),
    ...(domains.length > 0 && { domains: Object.fromEntries(domains) }),
    ...(samples.length > 0 && { samples }),
    ...(options.tuningRate !== undefined && { tuningRate: options.tuningRate }),
  });
}

/** Returns the file's name, which tells it from that of an earlier model in the same folder. */
async function writeNamed(draft: DraftFolder, stem: string, bytes: Uint8Array): Promise<string> {
  const name = hashedName(stem, createHash('sha256').update(bytes).digest('hex'));
  await writeFile(await draft.claim(name), bytes);
  return name;
}

/** Returns the pictures' paths inside the folder. */
async function copySamples(draft: DraftFolder, from: string, names: readonly string[]): Promise<string[]> {
  if (names.length > 0) await makeFolder(join(draft.path, 'samples'));
  for (const name of names) {
    // not copyFile: a read-only original would make a copy that cannot be replaced
    await writeFile(await draft.claim(`samples/${name}`), await readFile(join(from, name)));
  }
  return names.filter((name) => name !== EXPECTED).map((name) => `samples/${name}`);
}

async function writeShards(draft: DraftFolder, conversion: Conversion, print: Print): Promise<ShardEntry[]> {
  const bar = progressBar('convert', conversion.bytes, print);
  const writer = new ShardWriter(conversion.model.tensors, (bytes) => bar.add(bytes));
  const entries: ShardEntry[] = [];
  for (const [index, pieces] of conversion.shards.entries()) {
    const stem = shardStem(index);
    let entry = draft.finished(stem);
    if (entry) bar.add(entry.bytes);
    else {
      const temporary = await draft.claim(`${stem}.tmp`);
      entry = await writer.write(temporary, stem, pieces);
      await draft.finish(stem, entry, temporary);
    }
    entries.push(entry);
  }
  bar.end();
  return entries;
}
