/**
 * The page's state: one model, at most one picture that goes in, at most one inversion. GPU work is strictly one after
 * the other; picking another picture aborts the run before it.
 */
import {
  type HyperStyle,
  type Inversion,
  type InversionStep,
  type Picture,
  type PivotedPerson,
  personKind,
} from '../src/index.ts';
import type { AnimationPanel, Scene } from './animation.ts';
import type { Compare } from './compare.ts';
import { byId, download, humanName, signed } from './dom.ts';
import type { EditPanel } from './edits.ts';
import { middleSquare } from './picture-view.ts';
import { type StepRow, summary } from './steps.ts';
import type { StrengthPanel } from './strength.ts';
import type { TuningPanel } from './tuning.ts';
import type { VersionPanel } from './version.ts';

/** The parts of the page the studio draws into. */
export interface StudioParts {
  readonly compare: Compare;
  readonly steps: StepRow;
  readonly edits: EditPanel;
  readonly strength: StrengthPanel;
  readonly version: VersionPanel;
  readonly tuning: TuningPanel;
  readonly animation: AnimationPanel;
  readonly status: (text: string) => void;
}

/** Runs inversions and edits, and owns every GPU object the page makes. */
export class Studio {
  readonly #parts: StudioParts;
  #model: HyperStyle | null = null;
  #picture: ImageBitmap | null = null;
  /** The inversion in another domain, while that is what the stage shows. */
  #elsewhere: Picture | null = null;
  #inversion: Inversion | null = null;
  /** The generator tuned to the picture, shown in the place of the inversion while it is there. */
  #tuned: PivotedPerson | null = null;
  /** A portrait of nobody, when that is what the stage shows. */
  #nobody: Picture | null = null;
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
    if (!model || !inversion || this.#tuned) return null;
    const { edits, strength, version } = this.#parts;
    return { model, inversion, amounts: edits.amounts, strength: strength.value, domain: version.domain };
  }

  /** Adds directions from files to the sliders. */
  async addDirections(files: readonly File[]): Promise<void> {
    if (!this.#model) return;
    const names = await this.#model.addDirections(files);
    this.#parts.edits.build(this.#model.directions);
    this.#parts.edits.enable(this.#person !== null);
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
    const person = this.#person;
    if (!person) return;
    const { domain } = version;
    try {
      const picture = await this.#look(person, domain, amounts);
      if (this.#person !== person) return picture?.dispose();
      this.#elsewhere?.dispose();
      this.#elsewhere = picture;
      const changes = Object.entries(amounts).map(
        ([name, amount]) => `${humanName(name).toLowerCase()} ${signed(amount)}`,
      );
      const asItWas = this.#tuned ? 'Tuned' : 'Reconstruction';
      const tag = changes.length > 0 ? 'Edited' : asItWas;
      await compare.showAfter(picture ?? person, domain === null ? tag : humanName(domain));
      const unedited = `As ${this.#tuned ? 'tuned' : 'inverted'}, no edits`;
      status(changes.length > 0 ? `Edited: ${changes.join(', ')}` : unedited);
    } catch (error) {
      if (this.#person === person) throw error; // another picture was picked meanwhile: nobody waits for this one
    }
  }

  /** The picture in another domain, or null when the person itself shows it. A tuned person has weights that no domain or step has. */
  async #look(
    person: Inversion | PivotedPerson,
    domain: string | null,
    edits: Readonly<Record<string, number>>,
  ): Promise<Picture | null> {
    const { strength, version } = this.#parts;
    const options = { strength: strength.value, step: version.step };
    if (person === this.#tuned) await person.edit(edits);
    else if (domain !== null && person === this.#inversion) return this.#inversion.in(domain, { ...options, edits });
    else await person.edit(edits, options);
    return null;
  }

  /** Tunes the generator to the picture, from the inversion on; the inversion stays, to go back to. */
  async tune(): Promise<void> {
    await this.#alone(async (signal) => {
      const [model, inversion, photo] = [this.#model, this.#inversion, this.#picture];
      if (!model || !inversion || !photo || this.#tuned) return;
      const { animation, compare, status, tuning } = this.#parts;
      await animation.stop();
      this.#asInverted();
      this.#answer(false);
      try {
        const show = (picture: Picture, tag: string): Promise<void> => compare.showAfter(picture, tag);
        this.#tuned = await tuning.run({ model, inversion, photo, signal, show, status });
        await compare.showAfter(this.#tuned, 'Tuned');
        const [last] = this.#tuned.steps;
        status(`Tuned in ${last?.index} steps to an error of ${last?.l2.toFixed(4)}; edit away`);
      } finally {
        this.#answer(true);
      }
    });
  }

  /** Shows the inversion again, and forgets the tuned weights. */
  async untune(): Promise<void> {
    await this.#alone(async () => {
      if (!this.#inversion) return;
      this.#tuned?.dispose();
      this.#tuned = null;
      this.#parts.edits.toZero();
      this.#answer(true);
    });
    this.#parts.edits.redraw();
  }

  /** Shows the portrait of a seed; there is nothing to edit about it. */
  async generate(seed: number, truncation: number): Promise<void> {
    await this.#alone(async () => {
      if (!this.#model) return;
      const picture = await this.#model.generate({ seed, truncation });
      await this.#forget();
      this.#take(null);
      this.#parts.steps.clear();
      this.#nobody = picture;
      byId('download', HTMLButtonElement).disabled = false;
      await this.#parts.compare.showAlone(picture, `Seed ${seed}`);
      this.#parts.status('Nobody: a person drawn from the generator alone');
    });
  }

  /** Goes on with a saved person, inverted or tuned; the picture they were made from is not part of the file. */
  async restore(file: Uint8Array): Promise<void> {
    await this.#alone(async () => {
      if (!this.#model) return;
      const tuned = (await personKind(file)) === 'tuned';
      const person = tuned ? await this.#model.restorePivot(file) : await this.#model.restore(file);
      await this.#forget();
      this.#take(null);
      this.#parts.steps.clear();
      this.#keep(person);
      await this.#parts.compare.showAlone(person, 'From the file');
      this.#parts.status(tuned ? 'Tuned person loaded; edit away' : 'Identity loaded; edit away');
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
    const shown = this.#elsewhere ?? this.#person ?? this.#nobody;
    if (!shown) return;
    const { data, width, height } = await shown.toImageData();
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
    download(await canvas.convertToBlob({ type: 'image/png' }), 'portrait.png');
  }

  /** Downloads the file of the person, inverted or tuned. */
  async saveIdentity(): Promise<void> {
    if (this.#person) download(new Blob([await this.#person.identity()]), 'portrait.identity');
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

  /** Whom edits move. */
  get #person(): Inversion | PivotedPerson | null {
    return this.#tuned ?? this.#inversion;
  }

  #keep(person: Inversion | PivotedPerson): void {
    if ('ended' in person) this.#tuned = person;
    else this.#inversion = person;
    this.#parts.version.offerSteps(person.steps.length - 1);
    this.#answer(true);
  }

  async #forget(): Promise<void> {
    await this.#parts.animation.stop();
    this.#elsewhere?.dispose();
    this.#elsewhere = null;
    this.#nobody?.dispose();
    this.#nobody = null;
    this.#tuned?.dispose();
    this.#tuned = null;
    this.#inversion?.dispose();
    this.#inversion = null;
    this.#asInverted();
    this.#answer(false);
  }

  /** Every control as an inversion leaves it, without drawing. */
  #asInverted(): void {
    this.#parts.edits.toZero();
    this.#parts.strength.reset();
    this.#parts.version.reset();
  }

  /** Whether the controls that need a person answer; those of offsets and domains need one who is not tuned. */
  #answer(on: boolean): void {
    const { edits, strength, version, animation, tuning } = this.#parts;
    edits.enable(on);
    for (const panel of [strength, version, animation]) panel.enable(on && !this.#tuned);
    const back = this.#tuned && this.#inversion ? 'back' : null;
    const tune = this.#inversion && !this.#tuned && this.#picture ? 'tune' : null;
    tuning.offer(on ? (back ?? tune) : null);
    for (const id of ['download', 'save-identity']) byId(id, HTMLButtonElement).disabled = !on;
  }
}
