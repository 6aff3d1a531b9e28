/**
 * `compare --data DIR|clay`: ways to invert, measured on the same photos as the paper's table does: errors and seconds
 * of every step, and how well the people can be edited.
 */
import { basename, join, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { ensure } from '../../src/errors.ts';
import { FILE_LOSSES } from '../../src/method/losses.ts';
import { finites, hostOption, integer, program, words } from '../arguments.ts';
import {
  type ComparedPictures,
  type CompareEvent,
  type CompareParams,
  METHODS,
  type Method,
} from '../compare/events.ts';
import { CompareResults } from '../compare/results.ts';
import { readOption } from '../edit-options.ts';
import { faceFolder } from '../face-folder.ts';
import { packPicture } from '../invert/events.ts';
import { pictureFiles } from '../invert/inputs.ts';
import { ensureWritable } from '../invert/output-folder.ts';
import { decodePicture } from '../invert/pictures.ts';
import type { HostName } from '../job.ts';
import { rate } from '../loss-options.ts';
import { manifestIn, modelFolder, modelOption } from '../model-folder.ts';
import { encoderOption } from '../people/encoder-option.ts';
import { runJob } from '../run-job.ts';
import type { Mount } from '../static-files.ts';
import { stopping } from '../stop.ts';
import { complainOfSome, say } from '../terminal.ts';
import { middle } from '../train/data.ts';
import type { Cut } from '../train/events.ts';

interface Options {
  readonly data: string;
  readonly methods: readonly Method[];
  readonly pictures: number;
  readonly seed: number;
  readonly model: string;
  readonly align?: boolean;
  readonly centre?: boolean;
  readonly t: number;
  readonly latentSteps: number;
  readonly tuneSteps: number;
  readonly polishSteps: number;
  readonly rate?: number;
  readonly every: number;
  readonly lpips: readonly string[];
  readonly id: readonly string[];
  readonly moco: readonly string[];
  readonly restyle?: string;
  readonly restyleSteps: number;
  readonly e4e?: string;
  readonly directions: readonly string[];
  readonly amounts: readonly number[];
  readonly editability: boolean;
  readonly minutes?: number;
  readonly out: string;
  readonly host: HostName;
  readonly json?: boolean;
}

/** Names of methods with commas between them. */
function methods(text: string): Method[] {
  return words(text).map((word) => {
    const found = METHODS.find((method) => method === word);
    if (found) return found;
    throw new InvalidArgumentError(`"${word}" is no method: expected some of ${METHODS.join(', ')}.`);
  });
}

const more = (path: string, before: readonly string[]): readonly string[] => [...before, path];
const steps = integer(1, 100_000);

function parse(argv: string[]): Options {
  const command = program('compare', 'compare ways to invert on the same pictures')
    .requiredOption('--data <dir|clay>', 'a folder of pictures, or rendered clay portraits')
    .option('--methods <name,…>', `some of ${METHODS.join(', ')}`, methods, [...METHODS])
    .option('--pictures <n>', 'how many portraits, or at most so many of the folder', integer(1, 100_000))
    .option('--seed <n>', 'which clay portraits: those of evaluate --seed', integer(0, 2 ** 32 - 1), 1)
    .option('--align', 'find the largest face of each photo and cut it out as FFHQ does')
    .option('--centre', 'keep the middle square of each photo')
    .addOption(modelOption())
    .option('--t <n>', 'passes of the hypernetwork', integer(1, 100), 5)
    .option('--latent-steps <n>', 'steps of latent optimisation, of its own and before pivotal tuning', steps, 450)
    .option('--tune-steps <n>', 'steps of pivotal tuning', steps, 350)
    .option('--polish-steps <n>', "steps of pivotal tuning from HyperStyle's result", steps, 100)
    .option('--rate <r>', "rate of pivotal tuning; default: the model's, else 3e-4", rate)
    .option('--every <n>', 'steps between two measurements of what takes many', steps, 50)
    .option('--lpips <file>', "LPIPS's trunk and heads, or what convert made of them; repeatable", more, [])
    .option('--id <file>', 'the identity network, model_ir_se50.pth', more, [])
    .option('--moco <file>', "MoCo's network, moco_v2_800ep_pretrain.pth.tar", more, [])
    .option('--restyle <file|dir|url>', 'ReStyle-e4e, a checkpoint or converted')
    .option('--restyle-steps <n>', 'passes of the ReStyle encoder', integer(1, 100), 5)
    .option('--e4e <file|dir|url>', "e4e's encoder, a checkpoint or converted; without it, the model's W encoder: y_0")
    .option('--directions <name,…>', "directions of edits; default: the model's first two", words, [])
    .option('--amounts <n,…>', 'amounts of edits', finites, [-3, -1.5, 1.5, 3])
    .option('--no-editability', 'edit nobody')
    .option('--minutes <m>', 'stop after so long', integer(1, 100_000))
    .option('--out <dir>', 'folder for the report and pictures', 'out/comparison')
    .addOption(hostOption())
    .option('--json', 'print one JSON object and nothing else');
  command.parse(argv, { from: 'user' });
  return command.opts<Options>();
}

/** The pictures of `--data`, and how the job gets them. */
interface Data {
  readonly pictures: ComparedPictures;
  readonly names: readonly string[];
  readonly mounts: Readonly<Record<string, Mount>>;
}

/** Portraits of `--data clay` unless said otherwise. */
const CLAY_PORTRAITS = 16;

function dataOf({ data, pictures: wanted, seed, align, centre }: Options): Data {
  ensure(!(align && centre), 'option', '--align and --centre: a photo is cut by one of them');
  if (data === 'clay') {
    ensure(!align && !centre, 'option', '--align and --centre are for photos; clay portraits are aligned');
    const count = wanted ?? CLAY_PORTRAITS;
    return {
      pictures: { kind: 'clay', count, seed },
      names: Array.from({ length: count }, (_, i) => `portrait ${i}`),
      mounts: {},
    };
  }
  const files = pictureFiles([data]).slice(0, wanted);
  const names = files.map((path) => basename(path));
  const cut: Cut = align ? 'faces' : centre ? 'centre' : 'none';
  const decode = async (path: string): Promise<Uint8Array> => {
    const picture = await decodePicture(path, basename(path), cut === 'faces');
    const { data: pixels, width, height } = cut === 'centre' ? await middle(picture) : picture;
    return packPicture({ data: new Uint8ClampedArray(pixels), width, height });
  };
  const mounts = Object.fromEntries(files.map((path, i) => [`picture${i}`, () => decode(path)]));
  return { pictures: { kind: 'folder', names, cut }, names, mounts };
}

/** @throws `model` error for a model that has nothing to invert with, before a host is started */
function ensureInverts(folder: string): void {
  const { name, architecture } = manifestIn(folder);
  ensure(
    architecture.encoder && architecture.hypernetwork,
    'model',
    () => `${name}: has no W encoder and hypernetwork, which the methods are compared with; name another model`,
  );
}

/** The face models' folder, or why it cannot be had. */
async function facesOr(notes: string[], isNeeded: boolean): Promise<string | undefined> {
  try {
    return await faceFolder();
  } catch (error) {
    if (isNeeded) throw error;
    const why = error instanceof Error ? error.message : String(error);
    notes.push(`face (distance of face descriptors): the face models cannot be had (${why})`);
    return undefined;
  }
}

/** What is not measured for want of a file. */
const WANTING = {
  lpips: 'lpips: its network is not given; add --lpips FILE',
  id: 'id (IR-SE50): its network is not given; add --id FILE',
  restyle: 'restyle: needs its checkpoint; add --restyle FILE',
};

/** What the method e4e shows without a file of it. */
const OWN_ENCODER = "the model's own W encoder, y_0; --e4e FILE compares the published encoder";

/** The command. Exit code 1 when some of several pictures could not be used. */
export default async function compare(argv: string[]): Promise<void> {
  const o = parse(argv);
  const { host, json = false } = o;
  const out = resolve(o.out);
  const model = modelFolder(o.model);
  ensureInverts(model);
  const { pictures, names, mounts } = dataOf(o);
  const restyle = o.restyle === undefined ? undefined : encoderOption('restyle', o.restyle);
  const wanted = o.methods.filter((method) => method !== 'restyle' || restyle);
  const e4e = o.e4e === undefined || !wanted.includes('e4e') ? undefined : encoderOption('e4e', o.e4e);
  const notes = (['lpips', 'id'] as const).filter((loss) => o[loss].length === 0).map((loss) => WANTING[loss]);
  if (wanted.length < o.methods.length) notes.push(WANTING.restyle);
  ensure(wanted.length > 0, 'option', `--methods restyle: nothing is left to compare; ${WANTING.restyle}`);
  ensureWritable(out, '--out');
  const faces = await facesOr(notes, o.align ?? false);
  const lossFiles = FILE_LOSSES.flatMap((loss) => o[loss].map((path) => ({ loss, path })));
  const lossBytes = lossFiles.map(({ loss, path }) => readOption(`--${loss}`, path));
  const print = json ? () => undefined : (line: string) => say(line);
  const facts = {
    command: `compare ${argv.join(' ')}`,
    pictures: `${names.length} of ${o.data}`,
    ...(wanted.includes('e4e') && { 'e4e is': o.e4e === undefined ? OWN_ENCODER : `Encoder4Editing, ${o.e4e}` }),
  };
  const results = new CompareResults({ out, print, names, facts, notes });
  await runJob(host, {
    job: 'compare',
    params: {
      methods: wanted,
      pictures,
      steps: {
        passes: o.t,
        latents: o.latentSteps,
        tuning: o.tuneSteps,
        polish: o.polishSteps,
        every: o.every,
        rate: o.rate,
      },
      edits: o.editability ? { directions: o.directions, amounts: o.amounts, consistency: CONSISTENCY_AMOUNT } : null,
      lossFiles,
      faces: faces !== undefined,
      restyle: restyle ? { from: restyle.from, steps: o.restyleSteps } : null,
      e4e: e4e?.from ?? null,
    } satisfies CompareParams,
    mounts: {
      model,
      stop: stopping(o.minutes, 'stops; the report has what was done'),
      ...(faces && { faces }),
      ...mounts,
      ...restyle?.mounts,
      ...e4e?.mounts,
      ...Object.fromEntries(lossBytes.map((bytes, i) => [`loss${i}`, bytes])),
    },
    onEvent: (event) => results.take(event as CompareEvent),
    onFile: (name, bytes) => results.file(name, bytes),
  });
  const { failed, ended, isEmpty } = results;
  ensure(!isEmpty || failed.length === 0, 'image', () => `no picture can be used; the first: ${failed[0]?.message}`);
  if (json) say(JSON.stringify({ host, ended, ...results.comparison }));
  else say('', ...results.lines(), `${ended === 'stop' ? 'stopped' : 'done'}: ${join(out, 'report.html')}`);
  complainOfSome(failed, names.length, 'pictures could not be used');
}

/** How far an edit of the latent editing consistency goes, in e4e's script. */
const CONSISTENCY_AMOUNT = 3;
