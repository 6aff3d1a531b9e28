/**
 * The page's state: one model, at most one picture that goes in, at most one inversion. GPU work is strictly one after
 * the other; picking another picture aborts the run before it.
 */
import type { HyperStyle, Inversion } from '../src/index.ts';
import type { Compare } from './compare.ts';
import { byId, download } from './dom.ts';
import type { EditPanel } from './edits.ts';
import type { Drawable } from './picture-view.ts';
import type { StepRow } from './steps.ts';

/** What of the result can be kept. */
interface Shown extends Drawable {
  dispose(): void;
}

/** The parts of the page the studio draws into. */
export interface StudioParts {
  readonly compare: Compare;
  readonly steps: StepRow;
  readonly edits: EditPanel;
  readonly status: (text: string) => void;
}

/** Runs inversions and edits, and owns every GPU object the page makes. */
export class Studio {
  readonly #parts: StudioParts;
  #model: HyperStyle | null = null;
  #picture: ImageBitmap | null = null;
  #first: ImageBitmap | null = null;
  #shown: Shown | null = null;
  #inversion: Inversion | null = null;
  #abort = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: StudioParts) {
    this.#parts = parts;
  }

  /** Puts `model` in the place of the one before, which is disposed of. */
  async use(model: HyperStyle): Promise<void> {
    await this.#alone(async () => {
      this.#forget();
      this.#parts.steps.clear();
      this.#model?.dispose();
      this.#model = model;
      this.#parts.edits.build(model.directions);
      byId('generate-button', HTMLButtonElement).disabled = false;
    });
    if (this.#picture) await this.invert(this.#picture);
  }

  /** Shows `picture` and, as soon as there is a model, inverts it. */
  async invert(picture: ImageBitmap): Promise<void> {
    await this.#alone(async (signal) => {
      this.#forget();
      this.#picture = picture;
      this.#parts.compare.showInput(picture);
      if (this.#model) await this.#invert(this.#model, picture, signal);
    });
  }

  async #invert(model: HyperStyle, picture: ImageBitmap, signal: AbortSignal): Promise<void> {
    const { compare, steps, edits, status } = this.#parts;
    const side = model.architecture.size;
    const count = byId('step-count', HTMLInputElement).valueAsNumber;
    const began = performance.now();
    const errors: number[] = [];
    steps.begin(Number.isInteger(count) && count > 0 ? count : 0);
    status('Looking at the picture …');
    try {
      const inversion = await model.invert(model.architecture.cropRows ? picture : await middleSquare(picture), {
        steps: count,
        signal,
        onStep: async (step) => {
          await steps.show(step.index, step, side, step.l2);
          await compare.showAfter(step, side, `Step ${step.index}`);
          if (step.index === 0) this.#first = await bitmapOf(step);
          errors.push(step.l2);
          status(`Step ${step.index} of ${count}: error ${step.l2.toFixed(4)}`);
        },
      });
      this.#inversion = inversion;
      this.#shown = inversion;
      await compare.showAfter(inversion, side, 'Reconstruction');
    } finally {
      steps.stop();
    }
    status(summary(errors, performance.now() - began));
    edits.enable(true);
    this.#keepable(true);
  }

  /** Redraws the inversion with its latent moved; nothing moves without one. */
  async edit(amounts: Readonly<Record<string, number>>): Promise<void> {
    const { compare, status } = this.#parts;
    const [inversion, model] = [this.#inversion, this.#model];
    if (!inversion || !model) return;
    const began = performance.now();
    await inversion.edit(amounts);
    await compare.showAfter(
      inversion,
      model.architecture.size,
      Object.keys(amounts).length > 0 ? 'Edited' : 'Reconstruction',
    );
    status(`Drawn in ${(performance.now() - began).toFixed(0)} ms`);
  }

  /** Shows the portrait of a seed; there is nothing to edit about it. */
  async generate(seed: number, truncation: number): Promise<void> {
    await this.#alone(async () => {
      if (!this.#model) return;
      this.#forget();
      this.#picture = null;
      this.#parts.steps.clear();
      const picture = await this.#model.generate({ seed, truncation });
      this.#shown = picture;
      await this.#parts.compare.showAlone(picture, this.#model.architecture.size, `Seed ${seed}`);
      this.#parts.status('Nobody: a person drawn from the generator alone');
      byId('download', HTMLButtonElement).disabled = false;
    });
  }

  /** Goes on with a saved identity; its picture is not part of it. */
  async restore(identity: Uint8Array): Promise<void> {
    await this.#alone(async () => {
      if (!this.#model) return;
      const inversion = await this.#model.restore(identity);
      this.#forget();
      this.#picture = null;
      this.#parts.steps.clear();
      this.#inversion = inversion;
      this.#shown = inversion;
      await this.#parts.compare.showAlone(inversion, this.#model.architecture.size, 'From the identity file');
      this.#parts.status('Identity loaded; edit away');
      this.#parts.edits.enable(true);
      this.#keepable(true);
    });
  }

  /** Left side of the comparison, as the user has it. */
  showBefore(): void {
    const { compare } = this.#parts;
    const source = compare.choice === 'first' ? this.#first : this.#picture;
    if (source) compare.showBefore(source, compare.choice);
  }

  /** Downloads the picture on the right at the model's own size. */
  async savePicture(): Promise<void> {
    if (!this.#shown) return;
    const { data, width, height } = await this.#shown.toImageData();
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(data), width, height), 0, 0);
    download(await canvas.convertToBlob({ type: 'image/png' }), 'portrait.png');
  }

  /** Downloads the identity file of the inversion. */
  async saveIdentity(): Promise<void> {
    if (!this.#inversion) return;
    download(new Blob([new Uint8Array(await this.#inversion.identity())]), 'portrait.identity');
  }

  /** Runs `work` when what runs now has been called off and is over. */
  async #alone(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#abort.abort();
    const own = new AbortController();
    this.#abort = own;
    const turn = this.#last.catch(() => {}).then(() => (own.signal.aborted ? undefined : work(own.signal)));
    this.#last = turn;
    await turn;
  }

  #forget(): void {
    this.#shown?.dispose();
    this.#shown = null;
    this.#inversion = null;
    this.#first = null;
    this.#parts.edits.toZero();
    this.#parts.edits.enable(false);
    this.#keepable(false);
  }

  #keepable(on: boolean): void {
    for (const id of ['download', 'save-identity']) byId(id, HTMLButtonElement).disabled = !on;
  }
}

/** Faces are read as squares; a wider or higher picture is cut, not squeezed. */
async function middleSquare(picture: ImageBitmap): Promise<ImageBitmap> {
  const side = Math.min(picture.width, picture.height);
  if (picture.width === picture.height) return picture;
  return createImageBitmap(picture, (picture.width - side) >> 1, (picture.height - side) >> 1, side, side);
}

async function bitmapOf(picture: Drawable): Promise<ImageBitmap> {
  const { data, width, height } = await picture.toImageData();
  return createImageBitmap(new ImageData(new Uint8ClampedArray(data), width, height));
}

function summary(errors: readonly number[], milliseconds: number): string {
  const [first, last] = [errors[0], errors.at(-1)];
  if (first === undefined || last === undefined) return '';
  const change = Math.round((1 - last / first) * 100);
  return `Error ${first.toFixed(4)} → ${last.toFixed(4)} (${change >= 0 ? '−' : '+'}${Math.abs(change)}%) in ${(milliseconds / 1000).toFixed(1)} s`;
}
