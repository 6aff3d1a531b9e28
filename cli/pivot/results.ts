/** Prints what the `pivot` job tells as it comes, and writes each picture's folder when it is complete. */
import { join, relative } from 'node:path';
import { writeFiles } from '../invert/output-folder.ts';
import { asModelReads, type DecodedPicture, decodePicture, encodePng } from '../invert/pictures.ts';
import type { InputFile } from '../invert/sources.ts';
import { montage, type Tile } from '../samples/montage.ts';
import type { PivotEvent } from './events.ts';

/** One line of the table. */
export interface StepLosses {
  readonly phase: string;
  readonly step: number;
  readonly losses: Readonly<Record<string, number>>;
}

/** One tuned picture, as `--json` shows it. */
export interface TunedResult {
  readonly file: string;
  readonly ended: string;
  readonly steps: readonly StepLosses[];
  /** Absolute paths of what was written. */
  readonly outputs: readonly string[];
}

/** Name of the person in a picture's folder. */
const PERSON = 'person.safetensors';

/** Results of one run. */
export class PivotResults {
  adapter = '';
  model = '';
  readonly tuned: TunedResult[] = [];
  /** Pictures that could not be used. */
  readonly failed: { readonly file: string; readonly message: string }[] = [];
  readonly #inputs: readonly InputFile[];
  readonly #out: string;
  readonly #print: (line: string) => void;
  #decoded: DecodedPicture | undefined;
  #steps: StepLosses[] = [];
  #files = new Map<string, Uint8Array>();

  constructor(inputs: readonly InputFile[], out: string, print: (line: string) => void) {
    this.#inputs = inputs;
    this.#out = out;
    this.#print = print;
  }

  /** Decodes picture `index`, whose turn it is now. @throws `file` or `image` error */
  async decode(index: number): Promise<DecodedPicture> {
    this.#forget();
    const { path, name } = this.#inputs[index] ?? { path: '', name: '' };
    this.#decoded = await decodePicture(path, name);
    return this.#decoded;
  }

  /** Keeps a file of the picture that is being tuned; `N/NAME`. */
  save(path: string, bytes: Uint8Array): void {
    this.#files.set(path.replace(/^\d+\//, ''), bytes);
  }

  /** Takes one event. */
  async take(event: PivotEvent): Promise<void> {
    if (event.kind === 'loaded') {
      this.model = event.model;
      this.adapter = event.adapter;
      this.#print(`model ${event.model} on ${event.adapter}`);
    } else if (event.kind === 'step') this.#step(event);
    else if (event.kind === 'failed') {
      this.failed.push({ file: this.#inputs[event.picture]?.path ?? '', message: event.message });
      if (this.#inputs.length > 1) this.#print(`not tuned: ${event.message}`); // of one picture the command says so
      this.#forget();
    } else await this.#finish(event);
  }

  #step({ phase, step, losses, seconds }: Extract<PivotEvent, { kind: 'step' }>): void {
    if (this.#steps.length === 0) {
      this.#print('');
      this.#print(this.#decoded?.file ?? '');
    }
    this.#steps.push({ phase, step, losses });
    const shown = Object.entries(losses).map(([name, value]) => `${name} ${value.toFixed(6)}`);
    this.#print(`${phase.padEnd(7)} ${String(step).padStart(4)}  ${shown.join('  ')}  ${seconds.toFixed(1)} s`);
  }

  async #finish({ width, height, ended }: Extract<PivotEvent, { kind: 'tuned' }>): Promise<void> {
    const photo = this.#decoded;
    if (!photo) return;
    const folder = join(this.#out, photo.name);
    const person = this.#files.get('person') ?? new Uint8Array();
    this.#files.delete('person');
    const shown: [string, Tile][] = [...this.#files].map(([name, data]) => [name, { data, width, height }]);
    const files = new Map<string, Uint8Array>([[PERSON, person]]);
    for (const [name, tile] of shown) files.set(`${name}.png`, await encodePng(tile));
    const row = [await asModelReads(photo, width, height), ...shown.map(([, tile]) => tile)];
    files.set('montage.png', await encodePng(montage([row])));
    writeFiles(folder, files);
    const outputs = [...files.keys()].map((name) => join(folder, name));
    this.tuned.push({ file: photo.file, ended, steps: this.#steps, outputs });
    const place = relative(process.cwd(), folder) || folder;
    this.#print(`written: ${place}/montage.png and each picture; ${PERSON} (${(person.length / 1024).toFixed(0)} KiB)`);
    this.#forget();
  }

  #forget(): void {
    this.#decoded = undefined;
    this.#steps = [];
    this.#files = new Map();
  }
}
