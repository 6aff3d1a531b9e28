/** `align PICTURES…`: finds faces and writes an aligned picture of each, as FFHQ is cut. */
import { join, resolve } from 'node:path';
import type { AlignEvent, AlignParams, FaceRow } from '../align/events.ts';
import { hostOption, integer, program } from '../arguments.ts';
import { faceFolder } from '../face-folder.ts';
import { distinctNames, outputNames, pictureFiles } from '../invert/inputs.ts';
import { ensureWritable, writeFileWhole } from '../invert/output-folder.ts';
import { decodePicture, encodePng } from '../invert/pictures.ts';
import type { HostName } from '../job.ts';
import { runJob } from '../run-job.ts';
import { say } from '../terminal.ts';

interface Options {
  readonly host: HostName;
  readonly out: string;
  readonly size: number;
  readonly largest?: boolean;
  readonly smallFaces?: boolean;
  readonly supersample?: boolean;
  readonly json?: boolean;
}

/** One picture of the JSON form. */
interface PictureRow {
  readonly file: string;
  readonly faces: readonly FaceRow[];
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

/** The command. */
export default async function align(argv: string[]): Promise<void> {
  const { files, options } = parse(argv);
  const { host, size, json = false } = options;
  const out = resolve(options.out);
  ensureWritable(out, '--out');
  const names = outputNames(files);
  const decoded = await Promise.all(files.map((file, i) => decodePicture(file, names[i] ?? 'picture')));
  const print = json ? () => undefined : (line: string) => say(line);
  const give = distinctNames();
  const rows: PictureRow[] = [];
  const drawn = new Map<string, Uint8Array>();
  await runJob(host, {
    job: 'align',
    params: {
      size,
      supersample: options.supersample ?? false,
      all: !options.largest,
      small: options.smallFaces ? 'always' : 'auto',
      pictures: decoded.map(({ width, height }) => ({ width, height })),
    } satisfies AlignParams,
    mounts: { faces: faceFolder(), ...Object.fromEntries(decoded.map(({ data }, i) => [`picture${i}`, data])) },
    onAdapter: (name) => print(`${name} (${host})`),
    onFile: (name, bytes) => {
      drawn.set(name, bytes);
    },
    onEvent: async (event) => {
      const { picture, faces, warnings, findSeconds, alignSeconds } = event as AlignEvent;
      const source = decoded[picture];
      if (!source) return;
      rows.push({ file: source.file, faces });
      const times = `found in ${findSeconds.toFixed(2)} s, aligned in ${alignSeconds.toFixed(2)} s`;
      print('');
      print(`${source.file} (${source.width}×${source.height}): ${counted(faces.length)}, ${times}`);
      for (const warning of warnings) print(`  ${warning}`);
      for (const [i, face] of faces.entries()) {
        const data = drawn.get(`${picture}/${i}`) ?? new Uint8Array();
        const name = faces.length === 1 ? source.name : `${source.name}-${i + 1}`;
        const path = join(out, `${give(name)}.png`);
        writeFileWhole(path, await encodePng({ data, width: size, height: size }), '--out');
        print(`  ${path}  score ${face.score.toFixed(2)}, side ${side(face).toFixed(0)} px`);
      }
    },
  });
  if (json) say(JSON.stringify({ pictures: rows }));
  if (rows.every(({ faces }) => faces.length === 0)) process.exitCode = 1;
}

const counted = (faces: number): string =>
  faces === 0
    ? 'no face found: is it upright and at least 1/25 of the longer side? A square of your own can be given through the API'
    : `${faces} face${faces === 1 ? '' : 's'}`;

const side = ({ quad: [topLeft, , , topRight] }: FaceRow): number =>
  Math.hypot(topRight[0] - topLeft[0], topRight[1] - topLeft[1]);
