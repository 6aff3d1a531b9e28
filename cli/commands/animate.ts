/** `animate [IMAGE|IDENTITY…]`: from person to person, or one person's edits to and fro, as a GIF or a sequence of PNG files. */
import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DEFAULT_FPS } from '../../src/animation/formats.ts';
import { checkFrames, timingOf } from '../../src/animation/timeline.ts';
import { ensure, HyperStyleError } from '../../src/errors.ts';
import type { Timeline } from '../../src/index.ts';
import type { AnimateEvent, AnimateParams } from '../animate/events.ts';
import { hostOption, integer, program } from '../arguments.ts';
import { addEditOptions, type EditOptionValues, editRequest, readOption } from '../edit-options.ts';
import { ensureWritable } from '../invert/output-folder.ts';
import { asModelReads, encodePng } from '../invert/pictures.ts';
import type { HostName } from '../job.ts';
import { modelFolder, modelOption } from '../model-folder.ts';
import { DEFAULT_MODEL } from '../paths.ts';
import { peopleInputs, pictureOf } from '../people/inputs.ts';
import { runJob } from '../run-job.ts';
import { say } from '../terminal.ts';

interface Options extends EditOptionValues {
  readonly host: HostName;
  readonly model: string;
  readonly out: string;
  readonly frames: number;
  readonly fps: number;
  readonly hold: number;
  readonly move: number;
  readonly steps: number;
  readonly scale: number;
  readonly wipe?: boolean;
  readonly keyframes?: string;
}

/** Two samples with accessories. */
const DEFAULT_PEOPLE = [1, 4].map((n) => join(DEFAULT_MODEL, 'samples', `portrait-${n}.png`));
/** Frames between two reports. */
const REPORT_EVERY = 10;
/** Digits in the name of a PNG frame. */
const DIGITS = 5;

function parse(argv: string[]): { args: string[]; options: Options } {
  const command = program('animate', 'people into one another, or the edits of one to and fro, as a GIF or PNG files')
    .argument('[person...]', 'portraits, folders of them, or identity files; without one two sample portraits')
    .option('--out <file|dir>', 'a .gif file, or a folder for 00000.png, 00001.png, …', 'out/animation.gif')
    .option('--frames <n>', "length of one person's loop", (text) => Number(text), 60)
    .option('--hold <n>', 'frames that stand still before and after each way', integer(0, 1000), 5)
    .option('--move <n>', 'frames from person to person', integer(2, 1000), 25)
    .option('--fps <n>', 'frames a second', (text) => Number(text), DEFAULT_FPS)
    .option('--keyframes <file>', 'a timeline as JSON, its people numbered from 0, instead of the options above')
    .option('--wipe', 'show the pictures that went in beside the frames, wiping from one to the next')
    .option('--scale <n>', 'make each pixel so large', integer(1, 16), 1)
    .option('--steps <n>', 'passes of the hypernetwork', integer(1, 100), 5)
    .addOption(modelOption())
    .addOption(hostOption());
  addEditOptions(command, {
    edit: 'of one person: how far it swings; of several: held all the way; repeatable',
    domain:
      "show all of it in another domain, or make it known to --keyframes: the model's own by name, or a generator",
  });
  command.parse(argv, { from: 'user' });
  return { args: command.args.length > 0 ? command.args : DEFAULT_PEOPLE, options: command.opts<Options>() };
}

/** A timeline from a file, checked. @throws `file` error for what is no JSON, `option` for what is no timeline */
function readTimeline(file: string): Timeline<number> {
  const bytes = readOption('--keyframes', file);
  let timeline: Timeline<number>;
  try {
    timeline = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HyperStyleError('file', `--keyframes "${file}": cannot be read as JSON (${why})`, { cause });
  }
  timingOf(timeline);
  return timeline;
}

/** Writes what the job sends. */
class Output {
  readonly path: string;
  readonly format: 'gif' | 'png';
  readonly #draft: string;
  /** Sizes of the model's pictures. */
  pictures = { width: 0, height: 0 };
  #size = { width: 0, height: 0 };

  constructor(path: string) {
    this.path = resolve(path);
    this.format = /\.gif$/i.test(path) ? 'gif' : 'png';
    this.#draft = `${this.path}.${process.pid}.part`;
    ensure(
      !/\.(mp4|webm|mov|avi|png)$/i.test(path),
      'option',
      () => `--out "${path}": expected a .gif file or a folder`,
    );
    ensureWritable(this.format === 'gif' ? dirname(this.path) : this.path, '--out');
  }

  take(event: AnimateEvent): void {
    if (event.kind === 'pictures') this.pictures = event;
    if (event.kind === 'size') this.#size = event;
  }

  async save(name: string, bytes: Uint8Array): Promise<void> {
    if (name === 'gif') return appendFileSync(this.#draft, bytes);
    const number = name.replace('frame/', '').padStart(DIGITS, '0');
    mkdirSync(this.path, { recursive: true });
    writeFileSync(join(this.path, `${number}.png`), await encodePng({ data: bytes, ...this.#size }));
  }

  finish(): void {
    if (this.format === 'gif') renameSync(this.#draft, this.path);
  }

  /** Leaves nothing half-written. */
  forget(): void {
    if (existsSync(this.#draft)) rmSync(this.#draft);
  }
}

/** The command. */
export default async function animate(argv: string[]): Promise<void> {
  const { args, options } = parse(argv);
  const { host, frames, fps, hold, move, steps, scale, wipe = false } = options;
  const folder = modelFolder(options.model);
  const { files, people, mounts } = peopleInputs(args);
  const timeline = options.keyframes === undefined ? null : readTimeline(options.keyframes);
  const { request, mounts: editMounts } = editRequest(options);
  checkFrames('--frames', timeline || files.length > 1 ? 1 : frames);
  timingOf({ keyframes: [{ at: 0 }], fps }); // the rate
  ensure(
    timeline || files.length > 1 || Object.keys(request.edits).length > 0,
    'option',
    'one person and nothing that moves: add --edit NAME=AMOUNT, or name a second person',
  );
  ensure(!wipe || (!timeline && files.length > 1), 'option', '--wipe shows the way between people: name at least two');
  const output = new Output(options.out);
  const input = (file: string) => async () => {
    const { width, height } = output.pictures;
    return new Uint8Array((await asModelReads(await pictureOf(file), width, height)).data);
  };
  try {
    await runJob(host, {
      job: 'animate',
      params: {
        people,
        steps,
        request,
        frames,
        hold,
        move,
        fps,
        timeline,
        format: output.format,
        scale,
        wipe,
      } satisfies AnimateParams,
      mounts: {
        model: folder,
        ...mounts,
        ...editMounts,
        ...(wipe ? Object.fromEntries(files.map((file, n) => [`input${n}`, input(file)])) : {}),
      },
      onEvent: (event) => {
        const message = event as AnimateEvent;
        output.take(message);
        if (message.kind === 'person') say(`${files[message.person]} is ready`);
        if (message.kind === 'frame' && (message.done % REPORT_EVERY === 0 || message.done === message.frames))
          say(`frame ${message.done} of ${message.frames}`);
      },
      onFile: (name, bytes) => output.save(name, bytes),
    });
    output.finish();
  } finally {
    output.forget();
  }
  say(`written: ${output.path}`);
}
