/** Collects what the `invert` job sends, prints it as it comes and writes each picture's folder when it is complete. */
import { basename, join, relative, resolve } from 'node:path';
import { montage, type Tile } from '../samples/montage.ts';
import type { Bar } from '../terminal.ts';
import type { InvertEvent } from './events.ts';
import { writeFiles, writeFileWhole } from './output-folder.ts';
import { asModelReads, type DecodedPicture, decodePicture, encodePng, resized } from './pictures.ts';
import { type InputFile, markBegun, markDone } from './sources.ts';

/** One row of the table. */
export interface StepResult {
  readonly index: number;
  readonly l2: number;
  readonly seconds: number;
}

/** One inverted picture, as `--json` shows it. */
export interface PictureResult {
  readonly file: string;
  readonly steps: readonly StepResult[];
  /** Absolute paths of what was written. */
  readonly outputs: readonly string[];
  readonly identityBytes: number;
}

/** Where results go. */
export interface Destination {
  readonly out: string;
  /** The only picture's identity file, where it shall not lie in its folder. */
  readonly identityOut: string | undefined;
  /** Whether each photo is written with its results put back, after them. */
  readonly paste: boolean;
  /** Whether photos are read at their full size, because parts are cut out of them, or scaled down to what a texture holds. */
  readonly fullSize: boolean;
  /** Prints a line for people. */
  readonly print: (line: string) => void;
  /** Shows how many pictures are done; undefined where nobody watches. */
  readonly bar?: Bar | undefined;
}

/** Name of the identity in a picture's folder. */
export const IDENTITY = 'identity.safetensors';
/** Least width of a tile of the montage in pixels: pictures of small models are enlarged to be seen. */
const MONTAGE_TILE = 192;

/** `42 s`, `7 min`, `3.5 h`: how long something takes, about. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Results of one run. */
export class Results {
  model = '';
  loadSeconds = 0;
  adapter = '';
  readonly pictures: PictureResult[] = [];
  /** Photos with their results put back. */
  readonly pasted: string[] = [];
  /** Pictures that could not be used. */
  readonly failed: { readonly file: string; readonly message: string }[] = [];
  readonly #inputs: readonly InputFile[];
  readonly #to: Destination;
  /** The picture that is being inverted, and its pixels. */
  #input: InputFile = { path: '', name: '' };
  #decoded: DecodedPicture | undefined;
  #steps: StepResult[] = [];
  #files = new Map<string, Uint8Array>();
  /** When the first picture began, in milliseconds. */
  #start = 0;

  constructor(inputs: readonly InputFile[], to: Destination) {
    this.#inputs = inputs;
    this.#to = to;
  }

  /** Decodes picture `index`, whose turn it is now: none is in memory before or after. @throws `file` or `image` error */
  async decode(index: number): Promise<DecodedPicture> {
    this.#forget();
    this.#input = this.#inputs[index] ?? this.#input;
    const { path, name } = this.#input;
    this.#decoded = await decodePicture(path, name, this.#to.fullSize);
    return this.#decoded;
  }

  /** Keeps a file of the picture that is being inverted; `N/NAME`. */
  save(path: string, bytes: Uint8Array): void {
    this.#files.set(path.replace(/^\d+\//, ''), bytes);
  }

  /** Takes one event. */
  async take(event: InvertEvent): Promise<void> {
    const { print } = this.#to;
    if (event.kind === 'download') {
      const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
      print(`loading ${mib(event.loadedBytes)} of ${mib(event.totalBytes)} MiB`);
    } else if (event.kind === 'loaded') {
      this.model = event.model;
      this.adapter = event.adapter;
      this.loadSeconds = event.seconds;
      print(`model ${event.model}, ${event.width} px, on ${event.adapter}, loaded in ${event.seconds.toFixed(1)} s`);
      this.#start = performance.now();
    } else if (event.kind === 'step') this.#takeStep(event);
    else if (event.kind === 'failed') {
      const count = this.#count(); // before it is one of those that are done
      this.failed.push({ file: this.#inputs[event.picture]?.path ?? '', message: event.message });
      if (this.#many) print(`${count}not inverted: ${event.message}`); // of one picture the command says so
      this.#forget();
      this.#showBar('');
    } else if (event.kind === 'faces') {
      if (!this.#many) print('');
      print(`${this.#decoded?.file}: ${event.faces} face${event.faces === 1 ? '' : 's'}`);
      for (const warning of event.warnings) print(`  ${warning}`);
    } else if (event.kind === 'pasted') await this.#paste();
    else await this.#finish(event);
  }

  /** Of one picture a table, of many what the bar says. */
  #takeStep({ index, l2, seconds }: Extract<InvertEvent, { kind: 'step' }>): void {
    const { print } = this.#to;
    const picture = this.#decoded;
    this.#steps.push({ index, l2, seconds });
    if (this.#many) {
      this.#showBar(`${basename(picture?.file ?? '')} y${index}`);
      return;
    }
    if (index === 0) {
      print('');
      print(`${picture?.file} (${picture?.width}×${picture?.height})`);
      print('step         L2      time');
    }
    print(`${`y${index}`.padEnd(5)}  ${l2.toFixed(6).padStart(8)}  ${seconds.toFixed(2).padStart(6)} s`);
  }

  get #many(): boolean {
    return this.#inputs.length > 1;
  }

  /** How many pictures are behind: a photo of several faces is one. */
  get #done(): number {
    return new Set([...this.pictures, ...this.failed].map(({ file }) => resolve(file))).size;
  }

  /** The picture that is being inverted among all: `[3 of 40] `. */
  #count(): string {
    const again = this.pictures.at(-1)?.file === this.#decoded?.file; // another face of the same photo
    const number = this.#done + (again && this.#decoded ? 0 : 1);
    return this.#many ? `[${number} of ${this.#inputs.length}] ` : '';
  }

  #showBar(doing: string): void {
    const total = this.#inputs.length;
    const done = this.#done;
    const left = ((performance.now() - this.#start) / 1000 / done) * (total - done);
    const time = done > 0 && done < total ? `, ${duration(left)} left` : '';
    const failures = this.failed.length > 0 ? `, ${this.failed.length} failed` : '';
    this.#to.bar?.show(done, `${done} of ${total}${failures}${time}  ${doing}`);
  }

  async #paste(): Promise<void> {
    const source = this.#decoded;
    const data = this.#files.get('pasted');
    this.#forget();
    if (!source || !data) return;
    const path = join(this.#to.out, source.name, 'pasted.png');
    writeFileWhole(path, await encodePng({ data, width: source.width, height: source.height }), '--out');
    this.pasted.push(path);
    markDone(this.#to.out, this.#input, source.bytes);
    this.#to.print(`written: ${relative(process.cwd(), path) || path}, the photo with its results put back`);
  }

  async #finish({ width, height, of }: Extract<InvertEvent, { kind: 'inverted' }>): Promise<void> {
    const photo = this.#decoded;
    if (!photo) return;
    const aligned = this.#files.get('input');
    this.#files.delete('input');
    const source = aligned && of ? { ...photo, data: aligned, width: of.width, height: of.height } : photo;
    const folder = join(this.#to.out, source.name, of && of.parts > 1 ? `face-${of.part + 1}` : '');
    const identity = this.#files.get('identity') ?? new Uint8Array();
    this.#files.delete('identity');
    const shown: [string, Tile][] = [...this.#files].map(([name, data]) => [name, { data, width, height }]);
    const files = new Map<string, Uint8Array>([['input.png', await encodePng(source)]]);
    for (const [name, tile] of shown) files.set(`${name}.png`, await encodePng(tile));
    const scale = Math.max(1, Math.ceil(MONTAGE_TILE / width));
    const enlarged = shown.map(([, tile]) => resized(tile, scale * width, scale * height));
    const row = await Promise.all([asModelReads(source, scale * width, scale * height), ...enlarged]);
    files.set('montage.png', await encodePng(montage([row])));
    const { identityOut, out, paste } = this.#to;
    if (!identityOut) files.set(IDENTITY, identity);
    markBegun(out, this.#input);
    writeFiles(folder, files);
    if (identityOut) writeFileWhole(identityOut, identity, '--identity-out');
    const outputs = [...[...files.keys()].map((name) => join(folder, name)), ...(identityOut ? [identityOut] : [])];
    const isLast = !of || of.part === of.parts - 1;
    if (isLast && !paste && !identityOut) markDone(out, this.#input, photo.bytes); // without its identity a folder does not have all
    this.#summary(folder, identityOut ?? join(folder, IDENTITY), identity.length);
    this.pictures.push({ file: source.file, steps: this.#steps, outputs, identityBytes: identity.length });
    this.#forget();
    if (of) this.#decoded = photo; // its other parts follow, and itself
  }

  #forget(): void {
    this.#decoded = undefined;
    this.#steps = [];
    this.#files = new Map();
  }

  #summary(folder: string, identity: string, bytes: number): void {
    const [first, last] = [this.#steps[0], this.#steps.at(-1)];
    if (!first || !last) return;
    const change = (100 * (last.l2 - first.l2)) / first.l2;
    const time = this.#steps.reduce((sum, { seconds }) => sum + seconds, 0);
    const short = (path: string): string => relative(process.cwd(), path) || path;
    const sign = change > 0 ? '+' : '';
    const errors = `L2 ${first.l2.toFixed(6)} → ${last.l2.toFixed(6)} (${sign}${change.toFixed(1)}%) in ${time.toFixed(1)} s`;
    if (this.#many) {
      this.#to.print(`${this.#count()}${short(folder)}: ${errors}`);
      return;
    }
    this.#to.print(errors);
    this.#to.print(
      `written: ${short(folder)}/montage.png and each step; ${short(identity)} (${(bytes / 1024).toFixed(1)} KiB)`,
    );
  }
}
