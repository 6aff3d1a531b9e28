/**
 * The page's state: one model, at most one picture that goes in, at most one inversion. GPU work is strictly one after
 * the other; picking another picture aborts the run before it.
 */
import type { HyperStyle, Inversion, InversionStep, Picture } from '../src/index.ts';
import type { AnimationPanel, Scene } from './animation.ts';
import type { Compare } from './compare.ts';
import { byId, download, humanName, signed } from './dom.ts';
import type { EditPanel } from './edits.ts';
import type { Drawable } from './picture-view.ts';
import type { StepRow } from './steps.ts';
import type { StrengthPanel } from './strength.ts';
import type { VersionPanel } from './version.ts';

/** What of the result can be kept. */
interface Shown extends Drawable {
  dispose(): void;
}

/** The parts of the page the studio draws into. */
export interface StudioParts {
  readonly compare: Compare;
  readonly steps: StepRow;
  readonly edits: EditPanel;
  readonly strength: StrengthPanel;
  readonly version: VersionPanel;
  readonly animation: AnimationPanel;
  readonly status: (text: string) => void;
}

/** Runs inversions and edits, and owns every GPU object the page makes. */
export class Studio {
  readonly #parts: StudioParts;
  #model: HyperStyle | null = null;
  #picture: ImageBitmap | null = null;
  #shown: Shown | null = null;
  /** The inversion in another domain, while that is what the stage shows. */
  #elsewhere: Picture | null = null;
  #inversion: Inversion | null = null;
  #abort = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: StudioParts) {
    this.#parts = parts;
  }

  /** Puts `model` in the place of the one before, which is disposed of. */
  async use(model: HyperStyle): Promise<void> {
    const take = async (): Promise<void> => {
      await this.#forget();
      this.#parts.animation.forget();
      this.#parts.steps.clear();
      this.#parts.compare.clear();
      this.#parts.status('');
      this.#model?.dispose();
      this.#model = model;
      this.#parts.edits.build(model.directions);
      this.#parts.version.build(model.domains);
      byId('generate-button', HTMLButtonElement).disabled = false;
    };
    await this.#alone(take, { always: true });
    if (this.#picture) await this.invert(this.#picture);
  }

  /** What can be animated now. */
  get scene(): Scene | null {
    const [model, inversion] = [this.#model, this.#inversion];
    if (!model || !inversion) return null;
    const { edits, strength, version } = this.#parts;
    return { model, inversion, amounts: edits.amounts, strength: strength.value, domain: version.domain };
  }

  /** Adds directions from files to the sliders. */
  async addDirections(files: readonly File[]): Promise<void> {
    if (!this.#model) return;
    const names = await this.#model.addDirections(files);
    this.#parts.edits.build(this.#model.directions);
    this.#parts.edits.enable(this.#inversion !== null);
    this.#parts.status(`New directions: ${names.map((name) => humanName(name).toLowerCase()).join(', ')}`);
  }

  /** Shows `picture` and, as soon as there is a model, inverts it. The picture is the studio's from now on, which closes it. */
  async invert(picture: ImageBitmap): Promise<void> {
    const work = async (signal: AbortSignal): Promise<void> => {
      await this.#forget();
      const shown = this.#model?.architecture.cropRows ? picture : await middleSquare(picture);
      this.#take(shown);
      this.#parts.compare.showInput(shown);
      if (this.#model) await this.#invert(this.#model, shown, signal);
    };
    try {
      await this.#alone(work);
    } finally {
      if (picture !== this.#picture) picture.close(); // cut to a square, called off, or replaced meanwhile
    }
  }

  async #invert(model: HyperStyle, picture: ImageBitmap, signal: AbortSignal): Promise<void> {
    const { compare, steps, status } = this.#parts;
    const count = byId('step-count', HTMLInputElement).valueAsNumber;
    const began = performance.now();
    steps.begin(count > 0 ? Math.min(count, 100) : 0);
    status('Looking at the picture …');
    const onStep = async ({ index, l2, picture: drawn }: InversionStep): Promise<void> => {
      await steps.show(index, drawn, l2);
      await compare.showAfter(drawn, `Step ${index}`);
      status(`Step ${index} of ${count}: error ${l2.toFixed(4)}`);
    };
    try {
      const inversion = await model.invert(picture, { steps: count, signal, onStep });
      this.#keep(inversion);
      await compare.showAfter(inversion, 'Reconstruction');
      status(summary(inversion.steps, performance.now() - began));
      await this.showBefore();
    } finally {
      steps.stop();
    }
  }

  /** Redraws the inversion with its latent moved, as strong and in the domain that was chosen; does nothing without one. */
  async edit(amounts: Readonly<Record<string, number>>): Promise<void> {
    const { animation, compare, status, version } = this.#parts;
    await animation.clearStage();
    const inversion = this.#inversion;
    if (!inversion) return;
    const { domain } = version;
    try {
      const picture = await this.#look(inversion, domain, amounts);
      if (this.#inversion !== inversion) return picture?.dispose();
      this.#elsewhere?.dispose();
      this.#elsewhere = picture;
      const changes = Object.entries(amounts).map(
        ([name, amount]) => `${humanName(name).toLowerCase()} ${signed(amount)}`,
      );
      const tag = changes.length > 0 ? 'Edited' : 'Reconstruction';
      await compare.showAfter(picture ?? inversion, domain === null ? tag : humanName(domain));
      status(changes.length > 0 ? `Edited: ${changes.join(', ')}` : 'As inverted, no edits');
    } catch (error) {
      if (this.#inversion === inversion) throw error; // another picture was picked meanwhile: nobody waits for this one
    }
  }

  /** The picture in another domain, or null when the inversion itself shows it. */
  async #look(
    inversion: Inversion,
    domain: string | null,
    edits: Readonly<Record<string, number>>,
  ): Promise<Picture | null> {
    const { strength, version } = this.#parts;
    const options = { strength: strength.value, step: version.step };
    if (domain !== null) return inversion.in(domain, { ...options, edits });
    await inversion.edit(edits, options);
    return null;
  }

  /** Shows the portrait of a seed; there is nothing to edit about it. */
  async generate(seed: number, truncation: number): Promise<void> {
    await this.#alone(async () => {
      if (!this.#model) return;
      const picture = await this.#model.generate({ seed, truncation });
      await this.#forget();
      this.#take(null);
      this.#parts.steps.clear();
      this.#shown = picture;
      byId('download', HTMLButtonElement).disabled = false;
      await this.#parts.compare.showAlone(picture, `Seed ${seed}`);
      this.#parts.status('Nobody: a person drawn from the generator alone');
    });
  }

  /** Goes on with a saved identity; the picture it was made from is not part of it. */
  async restore(identity: Uint8Array): Promise<void> {
    await this.#alone(async () => {
      if (!this.#model) return;
      const inversion = await this.#model.restore(identity);
      await this.#forget();
      this.#take(null);
      this.#parts.steps.clear();
      this.#keep(inversion);
      await this.#parts.compare.showAlone(inversion, 'From the identity file');
      this.#parts.status('Identity loaded; edit away');
    });
  }

  /** Left side of the comparison, as the user wants it. */
  async showBefore(): Promise<void> {
    const { compare } = this.#parts;
    const first = this.#inversion?.steps[0]?.picture;
    if (compare.choice === 'first' && first) await compare.showFirstBefore(first);
    else if (this.#picture) compare.showPictureBefore(this.#picture);
  }

  /** Downloads the picture on the right at the model's own size. */
  async savePicture(): Promise<void> {
    if (!this.#shown) return;
    const { data, width, height } = await (this.#elsewhere ?? this.#shown).toImageData();
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
    download(await canvas.convertToBlob({ type: 'image/png' }), 'portrait.png');
  }

  /** Downloads the identity file of the inversion. */
  async saveIdentity(): Promise<void> {
    if (this.#inversion) download(new Blob([await this.#inversion.identity()]), 'portrait.identity');
  }

  /** Runs `work` once whatever runs now has been called off and is over; not at all when it is called off itself, unless `always`. */
  async #alone(work: (signal: AbortSignal) => Promise<void>, { always = false } = {}): Promise<void> {
    this.#abort.abort();
    const own = new AbortController();
    this.#abort = own;
    const before = this.#last.catch(() => undefined); // its own caller reports what went wrong
    const turn = before.then(() => (own.signal.aborted && !always ? undefined : work(own.signal)));
    this.#last = turn;
    await turn;
  }

  /** Keeps the picture that is shown, and frees the one before: bitmaps hold their memory until they are closed. */
  #take(picture: ImageBitmap | null): void {
    if (this.#picture !== picture) this.#picture?.close();
    this.#picture = picture;
  }

  #keep(inversion: Inversion): void {
    this.#inversion = inversion;
    this.#shown = inversion;
    this.#parts.version.offerSteps(inversion.steps.length - 1);
    this.#answer(true);
  }

  async #forget(): Promise<void> {
    await this.#parts.animation.stop();
    this.#elsewhere?.dispose();
    this.#elsewhere = null;
    this.#shown?.dispose();
    this.#shown = null;
    this.#inversion = null;
    this.#parts.edits.toZero();
    this.#parts.strength.reset();
    this.#parts.version.reset();
    this.#answer(false);
  }

  /** Whether the controls that need an inversion answer. */
  #answer(on: boolean): void {
    const { edits, strength, version, animation } = this.#parts;
    for (const panel of [edits, strength, version, animation]) panel.enable(on);
    this.#keepable(on);
  }

  #keepable(on: boolean): void {
    for (const id of ['download', 'save-identity']) byId(id, HTMLButtonElement).disabled = !on;
  }
}

/** Faces are read as squares; a wider or higher picture is cut, not squeezed. */
async function middleSquare(picture: ImageBitmap): Promise<ImageBitmap> {
  const { width, height } = picture;
  const side = Math.min(width, height);
  return width === height ? picture : createImageBitmap(picture, (width - side) >> 1, (height - side) >> 1, side, side);
}

function summary(steps: readonly InversionStep[], milliseconds: number): string {
  const [first, last] = [steps[0]?.l2 ?? 0, steps.at(-1)?.l2 ?? 0];
  const change = Math.round((1 - last / first) * 100);
  const sign = change >= 0 ? '−' : '+';
  const seconds = (milliseconds / 1000).toFixed(1);
  return `Error ${first.toFixed(4)} → ${last.toFixed(4)} (${sign}${Math.abs(change)}%) in ${seconds} s`;
}
