/** `pivot IMAGE…`: the generator tuned to each picture: its picture, its edit, the person as a file. */
import { resolve } from 'node:path';
import { ensure } from '../../src/errors.ts';
import type { Edits } from '../../src/index.ts';
import { FILE_LOSSES, LOSSES } from '../../src/method/losses.ts';
import { hostOption, integer, program } from '../arguments.ts';
import { edits, readOption } from '../edit-options.ts';
import { faceFolder } from '../face-folder.ts';
import { packPicture } from '../invert/events.ts';
import { outputNames, pictureFiles } from '../invert/inputs.ts';
import { ensureWritable } from '../invert/output-folder.ts';
import type { HostName } from '../job.ts';
import {
  addKernelOptions,
  type KernelOptionValues,
  keepTuning,
  kernelOptions,
  TUNING,
  tuningFolder,
} from '../kernel-options.ts';
import { losses, rate } from '../loss-options.ts';
import { modelOption, modelPlace } from '../model-folder.ts';
import { type PivotEvent, type PivotParams, STARTS } from '../pivot/events.ts';
import { PivotResults } from '../pivot/results.ts';
import { runJob } from '../run-job.ts';
import { complainOfSome, say } from '../terminal.ts';

interface Options extends KernelOptionValues {
  readonly host: HostName;
  readonly model: string;
  readonly from: string;
  readonly steps: number;
  readonly rate?: number;
  readonly every: number;
  readonly loss?: Readonly<Record<string, number>>;
  readonly lpips: readonly string[];
  readonly id: readonly string[];
  readonly moco: readonly string[];
  readonly locality?: boolean;
  readonly edit?: Edits;
  readonly out: string;
  readonly json?: boolean;
}

const more = (path: string, before: readonly string[]): readonly string[] => [...before, path];

function parse(argv: string[]): { args: string[]; options: Options } {
  const command = program('pivot', 'tune the generator to portraits (pivotal tuning)')
    .argument('<image...>', 'portraits, or folders of them, aligned as the model expects')
    .addOption(modelOption('dir|url'))
    .option('--from <identity|word>', `a person's file, or ${STARTS.join(', ')}: where tuning begins`, 'hyperstyle')
    .option('--steps <n>', 'steps at most', integer(1, 100_000), 350)
    .option('--rate <r>', "rate of Adam; default: the model's, else 3e-4", rate)
    .option('--every <n>', 'steps between two lines', integer(1, 100_000), 10)
    .option('--loss <name=weight,…>', `losses: ${LOSSES.join(', ')}; default l2, and lpips with --lpips`, losses)
    .option('--lpips <file>', "LPIPS's trunk and heads, or what convert made of them; repeatable", more, [])
    .option('--id <file>', 'the identity network, model_ir_se50.pth', more, [])
    .option('--moco <file>', "MoCo's network, moco_v2_800ep_pretrain.pth.tar", more, [])
    .option('--locality', 'regularise: people near the pivot stay as they are')
    .option('--edit <name=amount>', 'edit the tuned person along a direction; repeatable', edits)
    .option('--out <dir>', 'folder for the results', 'out')
    .addOption(hostOption())
    .option('--json', 'print one JSON object and nothing else');
  addKernelOptions(command);
  command.parse(argv, { from: 'user' });
  return { args: command.args, options: command.opts<Options>() };
}

/** The command. Exit code 1 when some of several pictures could not be used. */
export default async function pivot(argv: string[]): Promise<void> {
  const { args, options } = parse(argv);
  const { host, json = false } = options;
  const files = pictureFiles(args);
  const word = STARTS.find((start) => start === options.from);
  const identity = word ? undefined : readOption(`--from takes ${STARTS.join(', ')} or a person's file;`, options.from);
  const lossFiles = FILE_LOSSES.flatMap((loss) => options[loss].map((path) => ({ loss, path })));
  const lossBytes = lossFiles.map(({ loss, path }) => readOption(`--${loss}`, path));
  const out = resolve(options.out);
  ensureWritable(out, '--out');
  const place = modelPlace(options.model);
  const faces = (options.loss?.face ?? 0) > 0 ? await faceFolder() : undefined;
  const names = outputNames(files);
  const inputs = files.map((path, i) => ({ path, name: names[i] ?? 'picture' }));
  const print = json ? () => undefined : (line: string) => say(line);
  const results = new PivotResults(inputs, out, print);
  if (files.length === 1) await results.decode(0); // the only one must be good before anything is started
  await runJob(host, {
    job: 'pivot',
    params: {
      model: 'address' in place ? place.address : null,
      from: word ?? { file: options.from },
      steps: options.steps,
      rate: options.rate,
      every: options.every,
      loss: options.loss ?? {},
      locality: options.locality ?? false,
      edits: options.edit ?? {},
      kernels: kernelOptions(options),
      pictures: files.length,
      lossFiles,
    } satisfies PivotParams,
    mounts: {
      ...('folder' in place ? { model: place.folder } : {}),
      ...(options.tune ? { [TUNING]: tuningFolder() } : {}),
      ...(identity && { identity }),
      ...(faces && { faces }),
      ...Object.fromEntries(lossBytes.map((bytes, i) => [`loss${i}`, bytes])),
      ...Object.fromEntries(files.map((_, i) => [`picture${i}`, async () => packPicture(await results.decode(i))])),
    },
    onEvent: (event) => results.take(event as PivotEvent),
    onFile: (name, bytes) => {
      if (!keepTuning(name, bytes)) results.save(name, bytes);
    },
  });
  const { adapter, model, tuned, failed } = results;
  const [failure] = failed;
  ensure(files.length > 1 || !failure, 'image', () => failure?.message ?? '');
  if (json) say(JSON.stringify({ host, adapter, model, from: options.from, pictures: tuned, failed }));
  complainOfSome(failed, files.length, 'pictures could not be used');
}
