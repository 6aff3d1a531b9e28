/**
 * `train PART --data DIR|clay`: a model's hypernetwork, W encoder or generator learns; checkpoints, curves and the
 * state to go on from.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { ensure } from '../../src/errors.ts';
import {
  OPTIMISERS,
  type OptimiserName,
  PARTS,
  type Part,
  STATISTICS,
  type Statistics,
} from '../../src/index-training.ts';
import { FILE_LOSSES, LOSSES } from '../../src/method/losses.ts';
import { hostOption, integer, program } from '../arguments.ts';
import { readOption } from '../edit-options.ts';
import { ensureWritable } from '../invert/output-folder.ts';
import type { HostName } from '../job.ts';
import type { LossFilePath } from '../loss-files.ts';
import { fromZero, losses, rate, share } from '../loss-options.ts';
import { modelFolder, modelOption } from '../model-folder.ts';
import { runJob } from '../run-job.ts';
import { stopping } from '../stop.ts';
import { say } from '../terminal.ts';
import { dataOf } from '../train/data.ts';
import { type Cut, SAVED, type TrainEvent, type TrainParams } from '../train/events.ts';
import { TrainResults } from '../train/results.ts';

interface Options {
  readonly data: string;
  readonly model: string;
  readonly out: string;
  readonly resume?: boolean;
  readonly t: number;
  readonly batch: number;
  readonly accumulate: number;
  readonly fresh?: boolean;
  readonly headScale: number;
  readonly statistics?: Statistics;
  readonly loss?: Readonly<Record<string, number>>;
  readonly lpips: readonly string[];
  readonly id: readonly string[];
  readonly moco: readonly string[];
  readonly optimiser: OptimiserName;
  readonly rate: number;
  readonly warmUp: number;
  readonly cosine?: boolean;
  readonly clip: number;
  readonly average: number;
  readonly steps: number;
  readonly minutes?: number;
  readonly validation: number;
  readonly validateEvery: number;
  readonly saveEvery: number;
  readonly every: number;
  readonly flip?: boolean;
  readonly align?: boolean;
  readonly centre?: boolean;
  readonly seed: number;
  readonly memory?: number;
  readonly dryRun?: boolean;
  readonly host: HostName;
  readonly json?: boolean;
}

const more = (path: string, before: readonly string[]): readonly string[] => [...before, path];
/** Steps, pictures and the like. */
const count = (least = 1): ((text: string) => number) => integer(least, 100_000_000);

function addData(command: Command): Command {
  return command
    .requiredOption('--data <dir|clay>', 'a folder of pictures of any size, or rendered clay portraits')
    .option('--align', 'find the largest face of each photo and cut it out as FFHQ does')
    .option('--centre', 'keep the middle square of each photo')
    .option('--flip', 'mirror half of the pictures')
    .option('--validation <n>', 'pictures that judge: of a folder they are held out', count(0), 32)
    .option('--seed <n>', 'of every random choice', integer(0, 2 ** 32 - 1), 1);
}

function addLearning(command: Command): Command {
  return command
    .option('--t <n>', 'passes of the hypernetwork a batch', integer(1, 100), 5)
    .option('--batch <n>', 'pictures that go through together', integer(1, 1024), 1)
    .option('--fresh', "begin with new heads on the model's trunk, not with the model's hypernetwork")
    .option('--head-scale <s>', 'new heads begin so large; small: near y_0; 1: as the authors have it', fromZero, 1)
    .option('--accumulate <n>', 'batches whose gradients make one step', integer(1, 1024), 8)
    .addOption(
      new Option('--statistics <of>', 'what BatchNorms normalise by; default: frozen for batches of one').choices([
        ...STATISTICS,
      ]),
    )
    .option('--loss <name=weight,…>', `losses: ${LOSSES.join(', ')}; default l2, and those with files`, losses)
    .option('--lpips <file>', "LPIPS's trunk and heads, or what convert made of them; repeatable", more, [])
    .option('--id <file>', 'the identity network, model_ir_se50.pth', more, [])
    .option('--moco <file>', "MoCo's network, moco_v2_800ep_pretrain.pth.tar", more, [])
    .addOption(new Option('--optimiser <name>', 'how weights move').choices([...OPTIMISERS]).default('ranger'))
    .option('--rate <r>', 'rate of the optimiser; of muon that of matrices, e.g. 0.002', rate, 1e-4)
    .option('--warm-up <n>', 'steps in which the rate rises', count(0), 0)
    .option('--cosine', 'let the rate fall towards the last step')
    .option('--clip <norm>', 'largest norm of all gradients together; 0: any', fromZero, 0)
    .option('--average <decay>', 'judge and save running averages of the weights, e.g. 0.99; 0: the weights', share, 0);
}

function parse(argv: string[]): { part: Part; options: Options } {
  const command = program('train', 'train a model on pictures')
    .addArgument(new Argument('<part>', 'what learns').choices([...PARTS]))
    .addOption(modelOption());
  addLearning(addData(command))
    .option('--steps <n>', 'steps altogether', count(), 1000)
    .option('--minutes <m>', 'stop and save after so long', count())
    .option('--out <dir>', 'folder for checkpoints, curves and pictures', 'out/training')
    .option('--resume', 'go on with the training in --out')
    .option('--validate-every <n>', 'steps between two validations', count(), 100)
    .option('--save-every <n>', 'steps between two saves', count(), 100)
    .option('--every <n>', 'steps between two lines', count(), 10)
    .option('--memory <mib>', 'GPU memory that may be taken; more is refused beforehand', count())
    .option('--dry-run', 'say what memory and time it takes, and train nothing')
    .addOption(hostOption())
    .option('--json', 'print one JSON object and nothing else');
  command.parse(argv, { from: 'user' });
  return { part: command.args[0] as Part, options: command.opts<Options>() };
}

/** Files of losses. @throws `option` error for a loss that counts and has none */
function lossFilesOf(o: Options): LossFilePath[] {
  for (const loss of FILE_LOSSES) {
    const wanted = (o.loss?.[loss] ?? 0) > 0;
    ensure(!wanted || o[loss].length > 0, 'option', () => `--loss ${loss} needs its file: add --${loss}`);
  }
  return FILE_LOSSES.flatMap((loss) => o[loss].map((path) => ({ loss, path })));
}

function paramsOf(part: Part, o: Options): Omit<TrainParams, 'data'> {
  const { batch, accumulate, statistics, optimiser, clip, average, seed, memory, loss } = o;
  return {
    trainer: {
      part,
      passes: o.t,
      batch,
      accumulate,
      statistics,
      loss: loss ?? { l2: 1 },
      optimiser,
      clip,
      average,
      seed,
      memory: memory === undefined ? undefined : memory * 2 ** 20,
      fresh: o.fresh ? { seed, headScale: o.headScale } : undefined,
    },
    run: {
      steps: o.steps,
      rate: o.rate,
      warmUp: o.warmUp,
      cosine: o.cosine ?? false,
      flip: o.flip ?? false,
      validateEvery: o.validateEvery,
      saveEvery: o.saveEvery,
    },
    lossFiles: lossFilesOf(o),
    resume: o.resume ?? false,
    dryRun: o.dryRun ?? false,
  };
}

/** Where the state to go on from is. @throws `option` error when there is one and it was not asked for, or none and it was */
function stateIn(out: string, resume: boolean, dryRun: boolean): string | undefined {
  const state = join(out, 'last', SAVED.state);
  const isThere = existsSync(state);
  ensure(
    !isThere || resume || dryRun,
    'option',
    () => `--out "${out}": holds a training already; add --resume to go on with it, or name another folder`,
  );
  ensure(isThere || !resume, 'file', () => `--resume: there is no training in ${out} (${state})`);
  return resume ? state : undefined;
}

/** The command. Exit code 1 when the last save could not be written. */
export default async function train(argv: string[]): Promise<void> {
  const { part, options } = parse(argv);
  const { host, json = false, dryRun = false, steps } = options;
  const out = resolve(options.out);
  const cut: Cut = options.align ? 'faces' : options.centre ? 'centre' : 'none';
  ensure(!(options.align && options.centre), 'option', '--align and --centre: a photo is cut by one of them');
  const model = modelFolder(options.model);
  const { data, mounts, words } = await dataOf(options.data, { cut, judges: options.validation, model });
  const state = stateIn(out, options.resume ?? false, dryRun);
  if (!dryRun) ensureWritable(out, '--out');
  ensure(!options.fresh || part === 'hypernetwork', 'option', () => `--fresh is for the hypernetwork, not the ${part}`);
  const params = paramsOf(part, options);
  const lossBytes = params.lossFiles.map(({ loss, path }) => readOption(`--${loss}`, path));
  const results = new TrainResults({
    out,
    steps,
    every: options.every,
    print: json ? () => undefined : (line: string) => say(line),
    facts: { command: `train ${argv.join(' ')}`, data: words },
  });
  await runJob(host, {
    job: 'train',
    params: { ...params, data } satisfies TrainParams,
    mounts: {
      model,
      stop: stopping(options.minutes, 'stops after this step and saves'),
      ...mounts,
      ...(state && { resume: state }),
      ...Object.fromEntries(lossBytes.map((bytes, i) => [`loss${i}`, bytes])),
    },
    onEvent: (event) => results.take(event as TrainEvent),
    onFile: (name, bytes) => results.file(name, bytes),
  });
  if (json) say(JSON.stringify(results.summary(host)));
  else say(...results.lastWords());
  if (results.unsaved) throw results.unsaved;
}
