/** From a picture to a person: a photo is opened and its faces shown, a portrait inverted, nobody drawn, somebody restored. */
import { signal } from '@preact/signals';
import { proxy } from 'comlink';
import { type Crop, quadOf } from '../engine/crop.ts';
import type { StepFacts } from '../engine/facts.ts';
import type { Desk } from './desk.ts';
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
  #file: Blob | null = null;

  constructor(desk: Desk, arrived: () => void) {
    this.#desk = desk;
    this.#arrived = arrived;
  }

  /** A visitor's photo: it is shown with the faces that are found, and inverted when they say so. */
  async openPhoto(file: Blob): Promise<void> {
    const desk = this.#desk;
    this.choice.value = { kind: 'own' };
    const opened = await desk.notices.watch(() => this.#open(file));
    if (!opened || this.#file !== file) return;
    desk.stage.begin(null, 'crop');
    if (!desk.model.facts.value?.faces) return;
    desk.photo.search.value = 'searching';
    try {
      const { faces } = await desk.engine.photo.findFaces();
      if (this.#file === file) desk.photo.found(faces);
    } catch (error) {
      if (this.#file !== file) return;
      desk.photo.search.value = 'failed';
      desk.notices.report(error);
    }
  }

  /** A picture that has the model's form already: inverted at once. */
  async openPortrait(file: Blob, choice: Choice): Promise<void> {
    this.choice.value = choice;
    const opened = await this.#desk.notices.watch(() => this.#open(file));
    if (opened && this.#file === file) await this.#invert(null);
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
    const { stage, engine, look } = this.#desk;
    void engine.cancel();
    this.#desk.forgetPerson();
    look.reset();
    stage.begin(null, 'crop');
  }

  /** Draws a portrait of nobody; there is nothing to edit about it. */
  async generate(seed: number, truncation: number): Promise<void> {
    const desk = this.#desk;
    desk.again = () => this.generate(seed, truncation);
    await desk.notices.watch(async () => {
      const picture = await desk.engine.model.generate(seed, truncation);
      this.choice.value = null;
      this.#file = null;
      desk.photo.forget();
      desk.forgetPerson();
      desk.stage.begin(null, 'nobody');
      desk.stage.showAfter(picture, `Seed ${seed}`);
      desk.stage.status.value = 'Nobody: a person drawn from the generator alone';
    });
  }

  /** Goes on with a person from a file. */
  async restore(file: Blob): Promise<void> {
    const desk = this.#desk;
    desk.again = () => this.restore(file);
    await desk.notices.watch(async () => {
      const facts = await desk.engine.person.restore(new Uint8Array(await file.arrayBuffer()));
      this.choice.value = null;
      this.#file = null;
      desk.photo.forget();
      desk.forgetPerson();
      desk.stage.begin(null, 'person');
      desk.takePerson(facts, 'From the file');
      desk.stage.status.value = 'This person came from a file; edit away';
      this.#arrived();
    });
  }

  async #open(file: Blob): Promise<void> {
    const desk = this.#desk;
    this.#file = file;
    const facts = await desk.engine.photo.open(file);
    if (this.#file !== file) return;
    desk.notices.clear();
    desk.forgetPerson();
    desk.photo.take(file, facts);
  }

  async #invert(crop: Crop | null): Promise<void> {
    const desk = this.#desk;
    const file = this.#file;
    if (!file) return;
    const steps = desk.steps.value;
    desk.again = async () => {
      await desk.engine.photo.open(file);
      await this.#invert(crop);
    };
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
