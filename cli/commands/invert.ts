/** `invert [IMAGE…]`: pictures in, their inversions out: y_0 … y_T, a montage, an edit, the person as a small file. */
import { join, resolve } from 'node:path';
import { ensure } from '../../src/errors.ts';
import { edits, hostOption, integer, program } from '../arguments.ts';
import type { InvertEvent, InvertParams } from '../invert/events.ts';
import { ensureWritable } from '../invert/output-folder.ts';
import { decodePicture, outputNames } from '../invert/pictures.ts';
import { Results } from '../invert/results.ts';
import type { HostName } from '../job.ts';
import {
  addKernelOptions,
  type KernelOptions,
  keepTuning,
  kernelOptions,
  TUNING,
  tuningFolder,
} from '../kernel-options.ts';
import { modelFolder } from '../model-folder.ts';
import { DEFAULT_MODEL } from '../paths.ts';
import { runJob } from '../run-job.ts';

interface Options {
  readonly host: HostName;
  readonly model: string;
  readonly steps: number;
  readonly out: string;
  readonly edit?: Readonly<Record<string, number>>;
  readonly identityOut?: string;
  readonly json?: boolean;
  readonly kernels?: NonNullable<KernelOptions['kernels']>;
  readonly precision: KernelOptions['precision'];
  readonly tune?: boolean;
}

/** A sample whose accessories the W inversion loses and the hypernetwork brings back. */
const DEFAULT_PICTURE = join(DEFAULT_MODEL, 'samples', 'portrait-4.png');

function parse(argv: string[]): { files: string[]; options: Options } {
  const command = program('invert', 'invert portraits: W inversion, then T passes of the hypernetwork')
    .argument('[image...]', 'portraits, aligned as the model expects; without one a sample portrait')
    .option('--model <dir|url>', 'a converted model (default: the model that ships)', DEFAULT_MODEL)
    .option('--steps <n>', 'passes of the hypernetwork', integer(1, 100), 5)
    .option('--out <dir>', 'folder for the results', 'out')
    .option('--edit <name=amount>', 'move along an edit direction, in standard deviations; repeatable', edits)
    .option('--identity-out <file>', 'where to write the identity of the only picture')
    .addOption(hostOption())
    .option('--json', 'print one JSON object and nothing else');
  addKernelOptions(command);
  command.parse(argv, { from: 'user' });
  return { files: command.args.length > 0 ? command.args : [DEFAULT_PICTURE], options: command.opts<Options>() };
}

/** The command. */
export default async function invert(argv: string[]): Promise<void> {
  const { files, options } = parse(argv);
  const { host, steps, json = false } = options;
  const identityOut = options.identityOut === undefined ? undefined : resolve(options.identityOut);
  ensure(
    identityOut === undefined || files.length === 1,
    'option',
    () =>
      `--identity-out names one file, but there are ${files.length} pictures: leave it out, each folder gets its own`,
  );
  const out = resolve(options.out);
  ensureWritable(out, '--out');
  const remote = /^https?:\/\//.test(options.model);
  const folder = remote ? options.model : modelFolder(options.model);
  const names = outputNames(files);
  const decoded = await Promise.all(files.map((file, i) => decodePicture(file, names[i] ?? 'picture')));
  const print = json ? () => undefined : (line: string) => console.log(line);
  const results = new Results(decoded, { out, identityOut, print });
  let adapter = '';
  const start = performance.now();
  await runJob(host, {
    job: 'invert',
    params: {
      model: remote ? folder : null,
      steps,
      edits: options.edit ?? {},
      kernels: kernelOptions(options),
      pictures: decoded.map(({ width, height }) => ({ width, height })),
    } satisfies InvertParams,
    mounts: {
      ...(remote ? {} : { model: folder }),
      ...(options.tune ? { [TUNING]: tuningFolder() } : {}),
      ...Object.fromEntries(decoded.map(({ data }, i) => [`picture${i}`, data])),
    },
    onAdapter: (name) => {
      adapter = name;
      print(`${name} (${host})`);
    },
    onEvent: (event) => results.take(event as InvertEvent),
    onFile: (name, bytes) => {
      if (!keepTuning(name, bytes)) results.save(name, bytes);
    },
  });
  const seconds = (performance.now() - start) / 1000;
  const { model, loadSeconds, pictures } = results;
  if (json) console.log(JSON.stringify({ host, adapter, model, folder, steps, loadSeconds, seconds, pictures }));
  else
    print(
      `\n${pictures.length === 1 ? 'one picture' : `${pictures.length} pictures`}, ${steps} steps each, ${seconds.toFixed(1)} s in all`,
    );
}
