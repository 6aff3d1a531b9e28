/** `invert [IMAGE…]`: pictures in, their inversions out: y_0 … y_T, a montage, an edit, the person as a small file. */
import { join, resolve } from 'node:path';
import { ensure } from '../../src/errors.ts';
import { hostOption, integer, program } from '../arguments.ts';
import { addEditOptions, type EditOptionValues, editRequest } from '../edit-options.ts';
import { faceFolder } from '../face-folder.ts';
import { type InvertEvent, type InvertParams, packPicture } from '../invert/events.ts';
import { pictureFiles } from '../invert/inputs.ts';
import { ensureWritable } from '../invert/output-folder.ts';
import { Results } from '../invert/results.ts';
import { parseShard, type Shard, shareOf } from '../invert/shards.ts';
import { isDone, withFolders } from '../invert/sources.ts';
import type { HostName } from '../job.ts';
import {
  addKernelOptions,
  type KernelOptionValues,
  keepTuning,
  kernelOptions,
  TUNING,
  tuningFolder,
} from '../kernel-options.ts';
import { modelOption, modelPlace } from '../model-folder.ts';
import { DEFAULT_MODEL } from '../paths.ts';
import { runJob } from '../run-job.ts';
import { complainOfSome, say, terminalBar } from '../terminal.ts';

interface Options extends EditOptionValues, KernelOptionValues {
  readonly host: HostName;
  readonly model: string;
  readonly steps: number;
  readonly out: string;
  readonly identityOut?: string;
  readonly json?: boolean;
  readonly align?: boolean;
  readonly centre?: boolean;
  readonly paste?: boolean;
  readonly resume?: boolean;
  readonly shard?: Shard;
}

/** A sample whose accessories the W inversion loses and the hypernetwork brings back. */
const DEFAULT_PICTURE = join(DEFAULT_MODEL, 'samples', 'portrait-4.png');

function parse(argv: string[]): { args: string[]; options: Options } {
  const command = program('invert', 'invert portraits: W inversion, then T passes of the hypernetwork')
    .argument(
      '[image...]',
      "portraits, folders of them or patterns ('photos/**/*.jpg'), aligned as the model expects; without one a sample portrait",
    )
    .addOption(modelOption('dir|url'))
    .option('--steps <n>', 'passes of the hypernetwork', integer(1, 100), 5)
    .option('--out <dir>', 'folder for the results', 'out')
    .option('--identity-out <file>', 'where to write the identity of the only picture')
    .option(
      '--align',
      'photos as people have them: find their faces, align and invert each (models of cars: the centre)',
    )
    .option('--centre', "photos of other things than faces: invert their centre, in the model's form")
    .option('--paste', 'with --align or --centre: also write each photo with its results put back')
    .option('--shard <i/n>', 'only the I-th of N shares of the pictures, counted from 0, for job systems', parseShard)
    .option('--resume', 'leave out pictures whose results are in --out already')
    .addOption(hostOption())
    .option('--json', 'print one JSON object and nothing else');
  addEditOptions(command);
  addKernelOptions(command);
  command.parse(argv, { from: 'user' });
  return { args: command.args.length > 0 ? command.args : [DEFAULT_PICTURE], options: command.opts<Options>() };
}

/** The command. Exit code 1 when some of several pictures could not be inverted. */
export default async function invert(argv: string[]): Promise<void> {
  const { args, options } = parse(argv);
  const { host, steps, json = false } = options;
  const out = resolve(options.out);
  const named = withFolders(pictureFiles(args), out); // before the shares are given, so that they can write into one folder
  const share = shareOf(named, options.shard ?? { index: 0, count: 1 });
  const inputs = options.resume ? share.filter((input) => !isDone(out, input)) : share;
  const files = inputs.map(({ path }) => path);
  const identityOut = options.identityOut === undefined ? undefined : resolve(options.identityOut);
  ensure(
    identityOut === undefined || files.length === 1,
    'option',
    () =>
      `--identity-out names one file, but there are ${files.length} pictures: leave it out, each folder gets its own`,
  );
  const { align = false, centre = false, paste = false } = options;
  const { request, mounts } = editRequest(options);
  ensure(
    (options.step ?? 0) <= steps,
    'option',
    () => `--step ${options.step}: there are ${steps} steps; raise --steps`,
  );
  ensure(!align || !centre, 'option', '--align looks for faces, --centre does not: leave one out');
  ensure(align || centre || !paste, 'option', '--paste puts back what was cut out: add --align or --centre');
  ensure(
    !align || identityOut === undefined,
    'option',
    '--identity-out names one file, --align finds any number of faces: leave one out',
  );
  ensureWritable(out, '--out');
  const place = modelPlace(options.model);
  const print = json ? () => undefined : (line: string) => say(line);
  if (inputs.length < named.length) {
    print(`${inputs.length} of ${named.length} pictures: the others are other shares' or done`);
    if (inputs.length === 0) return json ? say(JSON.stringify({ pictures: [], failed: [] })) : undefined;
  }
  const bar = json || files.length === 1 ? undefined : terminalBar(files.length);
  const results = new Results(inputs, { out, identityOut, print, bar, paste, fullSize: align || centre });
  if (files.length === 1) await results.decode(0); // the only one must be good before anything is started
  const start = performance.now();
  await runJob(host, {
    job: 'invert',
    params: {
      model: 'address' in place ? place.address : null,
      steps,
      request,
      kernels: kernelOptions(options),
      cut: align ? 'faces' : centre ? 'centre' : null,
      paste,
      pictures: files.length,
    } satisfies InvertParams,
    mounts: {
      ...mounts,
      ...('folder' in place ? { model: place.folder } : {}),
      ...(align ? { faces: await faceFolder() } : {}),
      ...(options.tune ? { [TUNING]: tuningFolder() } : {}),
      ...Object.fromEntries(files.map((_, i) => [`picture${i}`, async () => packPicture(await results.decode(i))])),
    },
    onEvent: (event) => results.take(event as InvertEvent),
    onFile: (name, bytes) => {
      if (!keepTuning(name, bytes)) results.save(name, bytes);
    },
  }).finally(() => bar?.end());
  const seconds = (performance.now() - start) / 1000;
  const { model, adapter, loadSeconds, pictures, pasted, failed } = results;
  const folder = 'address' in place ? place.address : place.folder;
  const [failure] = failed;
  ensure(files.length > 1 || !failure, 'image', () => failure?.message ?? '');
  const more = paste ? { pasted, failed } : { failed };
  if (json) say(JSON.stringify({ host, adapter, model, folder, steps, loadSeconds, seconds, pictures, ...more }));
  else {
    print('');
    print(
      `${pictures.length === 1 ? 'one picture' : `${pictures.length} pictures`}, ${steps} steps each, ${seconds.toFixed(1)} s in all`,
    );
  }
  complainOfSome(failed, files.length, 'pictures could not be inverted');
}
