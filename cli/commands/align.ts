/** `align PICTURES…`: finds faces and writes an aligned picture of each, as FFHQ is cut. */
import { resolve } from 'node:path';
import { ensure } from '../../src/errors.ts';
import type { AlignEvent, AlignParams } from '../align/events.ts';
import { AlignResults } from '../align/results.ts';
import { hostOption, integer, program } from '../arguments.ts';
import { faceFolder } from '../face-folder.ts';
import { packPicture } from '../invert/events.ts';
import { outputNames, pictureFiles } from '../invert/inputs.ts';
import { ensureWritable } from '../invert/output-folder.ts';
import type { HostName } from '../job.ts';
import { runJob } from '../run-job.ts';
import { complainOfSome, say } from '../terminal.ts';

interface Options {
  readonly host: HostName;
  readonly out: string;
  readonly size: number;
  readonly largest?: boolean;
  readonly smallFaces?: boolean;
  readonly supersample?: boolean;
  readonly json?: boolean;
}

function parse(argv: string[]): { files: string[]; options: Options } {
  const command = program('align', 'find the faces of photos and cut each out as FFHQ does')
    .argument('<picture...>', 'photos, or folders of them')
    .option('--out <dir>', 'folder for the aligned pictures', 'out')
    .option('--size <n>', 'side of an aligned picture', integer(16, 4096), 1024)
    .option('--largest', 'only the largest face of each photo')
    .option('--small-faces', 'look for small faces, down to 1/25 of the longer side, beside large ones too')
    .option('--supersample', "draw four times as fine and filter down, as NVIDIA's script; HyperStyle's does not")
    .addOption(hostOption())
    .option('--json', 'print one JSON object and nothing else');
  command.parse(argv, { from: 'user' });
  return { files: pictureFiles(command.args), options: command.opts<Options>() };
}

/** The command. Exit code 1 when no face was found, or some of several pictures could not be used. */
export default async function align(argv: string[]): Promise<void> {
  const { files, options } = parse(argv);
  const { host, size, json = false } = options;
  const out = resolve(options.out);
  ensureWritable(out, '--out');
  const names = outputNames(files);
  const inputs = files.map((path, i) => ({ path, name: names[i] ?? 'picture' }));
  const print = json ? () => undefined : (line: string) => say(line);
  const results = new AlignResults(inputs, { out, size, print });
  if (files.length === 1) await results.decode(0); // the only one must be good before anything is started
  await runJob(host, {
    job: 'align',
    params: {
      size,
      supersample: options.supersample ?? false,
      all: !options.largest,
      small: options.smallFaces ? 'always' : 'auto',
      pictures: files.length,
    } satisfies AlignParams,
    mounts: {
      faces: await faceFolder(),
      ...Object.fromEntries(files.map((_, i) => [`picture${i}`, async () => packPicture(await results.decode(i))])),
    },
    onAdapter: (name) => print(`${name} (${host})`),
    onFile: (name, bytes) => results.save(name, bytes),
    onEvent: (event) => results.take(event as AlignEvent),
  });
  const { pictures, failed } = results;
  const [failure] = failed;
  ensure(files.length > 1 || !failure, 'image', () => failure?.message ?? '');
  if (json) say(JSON.stringify({ pictures, failed }));
  complainOfSome(failed, files.length, 'pictures could not be used');
  if (pictures.every(({ faces }) => faces.length === 0)) process.exitCode = 1;
}
