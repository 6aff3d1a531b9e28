/** `npm run bench`: measures suites in a host, prints tables, writes JSON for the "Benchmarks" page. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Option } from 'commander';
import { formatReport, formatRow } from '../../bench/format.ts';
import { type BenchReport, type BenchRow, type Finding, SUITES, type SuiteName } from '../../bench/report.ts';
import type { BenchEvent, BenchParams } from '../../bench/run.ts';
import { ensure, HyperStyleError } from '../../src/errors.ts';
import { hostOption, integer, program } from '../arguments.ts';
import { faceFolder } from '../face-folder.ts';
import type { HostName } from '../job.ts';
import { kernelsOption, precisionOption } from '../kernel-options.ts';
import { modelFolder, modelOption } from '../model-folder.ts';
import { ROOT } from '../paths.ts';
import { runJob } from '../run-job.ts';
import type { Mount } from '../static-files.ts';
import { complain, say } from '../terminal.ts';

interface Options extends Omit<BenchParams, 'suites' | 'peers' | 'kernels'> {
  readonly suite: readonly (SuiteName | 'all')[];
  readonly host: HostName;
  readonly model: string;
  readonly peers: string;
  readonly kernels?: NonNullable<BenchParams['kernels']>;
  readonly json?: string;
}

/** Where the checkout's neighbour keeps the peers' files. */
const PEERS = join(ROOT, '..', 'shared', 'peers');
/** The photo of the suite `faces`. */
const PHOTO = 'two.jpg';

/** A photo with known faces. */
interface KnownPhoto {
  readonly file: string;
  readonly faces: readonly { readonly quad: unknown }[];
}

const ONNX_RUNTIME = join(ROOT, 'node_modules', 'onnxruntime-web', 'dist');
/** onnxruntime-web can need minutes for one picture on a CPU adapter. */
const STALL_SECONDS = 1800;

function seconds(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new HyperStyleError('option', `"${text}": expected a number of seconds above 0`);
}

/** Decodes the first sample of a model folder, with PyTorch's errors of its inversion. */
async function sample(model: string): Promise<{ pixels: Uint8Array; facts: Uint8Array }> {
  const folder = join(model, 'samples');
  const [picture, expected] = [join(folder, 'portrait-0.png'), join(folder, 'expected.json')];
  for (const path of [picture, expected]) {
    ensure(existsSync(path), 'file', () => `${path}: missing; the bench checks inversions against the model's samples`);
  }
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const { mse } = JSON.parse(readFileSync(expected, 'utf8')) as { mse: number[][] };
  const facts = { width: info.width, height: info.height, expected: mse.map((step) => step[0]) };
  return { pixels: new Uint8Array(data), facts: new TextEncoder().encode(JSON.stringify(facts)) };
}

/** Decodes the photo of the tests, with the squares of its faces by dlib's landmarks. */
async function photo(): Promise<{ pixels: Uint8Array; facts: Uint8Array }> {
  const folder = join(ROOT, 'test', 'faces');
  const { default: sharp } = await import('sharp');
  const image = sharp(join(folder, 'photos', PHOTO))
    .ensureAlpha()
    .raw();
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  const known = JSON.parse(readFileSync(join(folder, 'landmarks.json'), 'utf8')) as KnownPhoto[];
  const quads = known.find(({ file }) => file === PHOTO)?.faces.map(({ quad }) => quad) ?? [];
  const facts = { width: info.width, height: info.height, quads };
  return { pixels: new Uint8Array(data), facts: new TextEncoder().encode(JSON.stringify(facts)) };
}

function commit(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return git('rev-parse', '--short', 'HEAD') + (changed ? ' with changes' : '');
  } catch {
    return 'unknown';
  }
}

function parse(argv: string[]): Options {
  return program('bench', 'Measure kernels, networks and inversions against references, ceilings and peers.')
    .addOption(
      new Option('--suite <names...>', 'what to measure').choices([...SUITES, 'all']).default(['kernels', 'inversion']),
    )
    .addOption(hostOption())
    .addOption(modelOption())
    .option('--peers <dir>', 'folder of generator-256-quarter.onnx and .pt', PEERS)
    .option('--json <file>', 'write the report as JSON')
    .option('--filter <words>', 'only kernel cases that contain these words, e.g. "generator 256 up"', '')
    .option(
      '--rounds <n>',
      'samples of each contestant; up to four times as many while they scatter',
      integer(1, 1000),
      5,
    )
    .option('--longest <seconds>', 'kernels expected to take longer are scaled in size', seconds, 1)
    .option('--budget <seconds>', 'no new round of a contest after this time', seconds, 20)
    .option('--steps <n>', 'refinement steps T of inversions', integer(1, 100), 5)
    .addOption(kernelsOption())
    .addOption(precisionOption())
    .parse(argv, { from: 'user' })
    .opts<Options>();
}

/** Collects a job's events into a report. */
class Collector {
  readonly rows: BenchRow[] = [];
  readonly findings: Finding[] = [];
  #facts: Extract<BenchEvent, { kind: 'adapter' }> | undefined;

  take(event: BenchEvent): void {
    if (event.kind === 'adapter') this.#facts = event;
    else if (event.kind === 'row') {
      this.rows.push(event.row);
      complain(...formatRow(event.row).split('\n'));
    } else if (event.kind === 'finding') this.findings.push(event.finding);
    else complain(event.text);
  }

  report({ host, steps }: Pick<Options, 'host' | 'steps'>): BenchReport | undefined {
    if (!this.#facts) return undefined;
    const { adapter, agent, precision, timer, ceilings } = this.#facts;
    const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
    const run = { date, commit: commit(), host, adapter, precision, steps, agent };
    return { format: 1, run, timer, ceilings, rows: this.rows, findings: this.findings };
  }
}

/** The command. */
export default async function bench(argv: string[]): Promise<void> {
  const { suite, host, model, peers, json, kernels = null, ...options } = parse(argv);
  const suites = SUITES.filter((name) => suite.includes(name) || (suite.includes('all') && name !== 'soak'));
  const hasPeers = existsSync(join(peers, 'generator-256-quarter.pt'));
  const { pixels, facts } = await sample(modelFolder(model));
  const faces = suites.includes('faces') ? await photo() : undefined;
  const mounts: Record<string, Mount> = {
    ...(faces && { faces: await faceFolder(), 'photo.rgba': faces.pixels, 'photo.json': faces.facts }),
    model: modelFolder(model),
    'sample.rgba': pixels,
    'sample.json': facts,
    ort: ONNX_RUNTIME,
    ...(hasPeers && { peers: resolve(peers) }),
  };
  const collector = new Collector();
  const params: BenchParams = { ...options, suites, kernels, peers: hasPeers };
  const onEvent = (event: unknown): void => collector.take(event as BenchEvent);
  try {
    await runJob(host, { job: 'bench', params, mounts, onEvent, stallSeconds: STALL_SECONDS });
  } finally {
    const report = collector.report({ host, steps: options.steps });
    if (report && report.rows.length + report.findings.length > 0) say(...formatReport(report).split('\n'));
    if (report && json) writeFileSync(json, `${JSON.stringify(report)}\n`);
  }
  const failed = collector.rows.filter((row) => row.seconds === null);
  if (failed.length > 0) process.exitCode = 1;
}
