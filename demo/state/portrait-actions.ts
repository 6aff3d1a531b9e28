/** From a picture to a person: a photo is opened and its faces shown, a portrait inverted, nobody drawn, somebody restored. */
import { signal } from '@preact/signals';
import { proxy } from 'comlink';
import { type Crop, quadOf } from '../engine/crop.ts';
import type { StepFacts } from '../engine/facts.ts';
import type { Again, Desk } from './desk.ts';
import { humanSeconds, stepName } from './words.ts';

/** A picture that was chosen, for the address and the mark in the strip. */
export type Choice =
  | { readonly kind: 'sample'; readonly index: number }
  | { readonly kind: 'portrait'; readonly seed: number }
  | { readonly kind: 'own' }
  | null;

/** Opens, inverts, draws and restores. */
export class PortraitActions {
  /** What was chosen last. */
  readonly choice = signal<Choice>(null);
  readonly #desk: Desk;
  /** Called when a new person is there. */
  readonly #arrived: () => void;
  /** The open photo's file. */
  #file: Blob | null = null;
  /** The file that is being opened; another choice takes its place. */
  #opening: Blob | null = null;

  constructor(desk: Desk, arrived: () => void) {
    this.#desk = desk;
    this.#arrived = arrived;
  }

  /** A visitor's photo: it is shown with the faces that are found, and inverted when they say so. */
  async openPhoto(file: Blob): Promise<void> {
    if (!(await this.#opens(file, { kind: 'own' }))) return;
    this.#desk.stage.begin(null, 'crop');
    await this.#findFaces(file);
  }

  async #findFaces(file: Blob): Promise<void> {
    const { engine, model, notices, photo } = this.#desk;
    if (!model.facts.value?.faces) return;
    photo.search.value = 'searching';
    try {
      const { faces } = await engine.photo.findFaces();
      if (this.#file === file) photo.found(faces);
    } catch (error) {
      if (this.#file !== file) return;
      photo.search.value = 'failed';
      notices.report(error);
    }
  }

  /** A picture that has the model's form already: inverted at once. */
  async openPortrait(file: Blob, choice: Choice): Promise<void> {
    if (await this.#opens(file, choice)) await this.#invert(null);
  }

  /** Inverts the photo by the square that is drawn. */
  async invertPhoto(): Promise<void> {
    const { photo, model } = this.#desk;
    if (!photo.view.value) return;
    const own = this.choice.value?.kind === 'own' && model.facts.value?.faces;
    await this.#invert(own ? photo.crop.value : null);
  }

  /** Goes back to the square that is cut out. */
  showCrop(): void {
    const desk = this.#desk;
    const file = this.#file;
    if (!file) return;
    void desk.engine.cancel();
    desk.forgetPerson();
    desk.again = () => this.#reopen(file);
    desk.stage.begin(null, 'crop');
  }

  /** Draws a portrait of nobody; there is nothing to edit about it. */
  generate(seed: number, truncation: number, again?: Again): Promise<boolean> {
    const desk = this.#desk;
    this.#opening = null;
    return desk.notices.watch(async () => {
      const picture = await desk.engine.model.generate(seed, truncation);
      const own: Again = again ?? (() => this.generate(seed, truncation, own));
      desk.again = own;
      this.forget();
      desk.stage.begin(null, 'nobody');
      desk.stage.showAfter(picture, `Seed ${seed}`);
      desk.stage.status.value = 'Nobody: a person drawn from the generator alone';
    });
  }

  /** Goes on with a person from a file. */
  restore(file: Blob, again?: Again): Promise<boolean> {
    const desk = this.#desk;
    this.#opening = null;
    return desk.notices.watch(async () => {
      const facts = await desk.engine.person.restore(new Uint8Array(await file.arrayBuffer()));
      const own: Again = again ?? (() => this.restore(file, own));
      desk.again = own;
      this.forget();
      desk.stage.begin(null, 'person');
      desk.takePerson(facts, 'From the file');
      desk.stage.status.value = 'This person came from a file; edit away';
      this.#arrived();
    });
  }

  /** Opens a picture, or leaves all as it was. @returns whether it is open; not so when another was chosen meanwhile */
  async #opens(file: Blob, choice: Choice): Promise<boolean> {
    const desk = this.#desk;
    const { value: before } = this.choice;
    this.choice.value = choice;
    this.#opening = file;
    await desk.notices.watch(async () => {
      const facts = await desk.engine.photo.open(file);
      if (this.#opening !== file) return;
      this.#file = file;
      desk.notices.clear();
      desk.forgetPerson();
      desk.photo.take(file, facts);
      desk.again = () => this.#reopen(file);
    });
    if (this.#opening !== file) return false;
    this.#opening = null;
    if (this.#file !== file) this.choice.value = before;
    return this.#file === file;
  }

  /** Gives the engine the photo that is on the page. @returns whether it has it; not so while another is being opened */
  async #returns(file: Blob): Promise<boolean> {
    const { engine, notices } = this.#desk;
    return this.#opening === null && notices.watch(() => engine.photo.open(file));
  }

  /** As {@link #returns}, and looks for faces where that was not over. */
  async #reopen(file: Blob): Promise<boolean> {
    if (!(await this.#returns(file))) return false;
    if (this.#desk.photo.search.value !== 'done') await this.#findFaces(file);
    return true;
  }

  /** Nothing is chosen, and nobody is there. */
  forget(): void {
    this.choice.value = null;
    this.#file = null;
    this.#opening = null;
    this.#desk.photo.forget();
    this.#desk.forgetPerson();
  }

  /** @param again how this came about, when it is done again. @returns whether the person is there */
  async #invert(crop: Crop | null, again?: Again): Promise<boolean> {
    const desk = this.#desk;
    const file = this.#file;
    if (!file) return false;
    const steps = desk.steps.value;
    const own: Again = again ?? (async () => (await this.#returns(file)) && this.#invert(crop, own));
    desk.again = own;
    desk.forgetPerson();
    await desk.notices.watch(async () => {
      const part = await desk.engine.photo.cut(crop && quadOf(crop));
      desk.stage.begin(part, 'person');
      desk.stage.awaited.value = steps + 1;
    });
    const done = await desk.task('Looking at the picture', async (report) => {
      const began = performance.now();
      const onStep = (step: StepFacts): void => {
        if (desk.stage.awaited.value === 0) {
          step.picture.close(); // called off meanwhile
          return;
        }
        desk.stage.addStep(step);
        const { index, l2 } = step;
        const phase = 'Inverting';
        report({ phase, done: index, total: Math.max(1, steps), detail: `error ${l2.toFixed(4)}` });
        void copyOf(step.picture).then((copy) => desk.stage.showAfter(copy, `Step ${stepName(index)}`));
      };
      const facts = await desk.engine.photo.invert(steps, proxy(onStep));
      desk.takePerson(facts, 'Reconstruction');
      desk.stage.status.value = summary(desk.stage.steps.value, performance.now() - began);
    });
    desk.stage.awaited.value = 0;
    if (done && desk.person.value) this.#arrived();
    return done;
  }
}

const copyOf = (picture: ImageBitmap): Promise<ImageBitmap> => createImageBitmap(picture);

/** How far the error fell, and how long that took. */
export function summary(steps: readonly { readonly l2: number }[], milliseconds: number): string {
  const [first, last] = [steps[0]?.l2 ?? 0, steps.at(-1)?.l2 ?? 0];
  const change = first > 0 ? Math.round((1 - last / first) * 100) : 0;
  const sign = change >= 0 ? '−' : '+';
  const seconds = humanSeconds(milliseconds / 1000, true);
  return `Error ${first.toFixed(4)} → ${last.toFixed(4)} (${sign}${Math.abs(change)} %) in ${seconds}`;
}
