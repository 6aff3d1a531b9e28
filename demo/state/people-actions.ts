/** Several people: remembered, mixed, and travelled between; one person's edits swing to and fro. */
import { signal } from '@preact/signals';
import { proxy } from 'comlink';
import type { AnimationFormat, AnimationOrder, MixShare, Motion, Progress } from '../engine/facts.ts';
import type { Again, Desk } from './desk.ts';
import { Newest } from './pictures.ts';

/** Mixes and animates. */
export class PeopleActions {
  readonly motion = signal<Motion>('swing');
  readonly #desk: Desk;
  readonly #redraw: () => Promise<void>;
  readonly #mixes = new Newest<readonly MixShare[]>(async (shares) => void (await this.#mix(shares)));

  constructor(desk: Desk, redraw: () => Promise<void>) {
    this.#desk = desk;
    this.#redraw = redraw;
  }

  /** Remembers the person on the stage. */
  async remember(): Promise<void> {
    const { engine, cast, notices } = this.#desk;
    await notices.watch(async () => cast.add(await engine.people.remember()));
  }

  /** Forgets one. */
  forget(id: number): void {
    this.#desk.cast.remove(id);
    void this.#desk.engine.people.forget(id);
    if (this.#desk.cast.mixing.value) void this.mix();
  }

  /** Shows the mix of everybody who is remembered; it follows their sliders from then on. */
  async mix(): Promise<void> {
    const { cast } = this.#desk;
    if (cast.members.value.length < 2) return;
    cast.mixing.value = true;
    await this.#mixes.ask(cast.shares.value);
  }

  /** @param again how this came about, when it is done again. @returns whether the mix is on the stage */
  async #mix(shares: readonly MixShare[], again?: Again): Promise<boolean> {
    const desk = this.#desk;
    const { engine, notices, stage, look, photo } = desk;
    try {
      const first = desk.person.value?.kind !== 'mixed';
      const facts = await engine.people.mix(shares);
      if (first) {
        photo.forget();
        look.reset();
        stage.begin(null, 'person');
      }
      const own: Again = again ?? (() => this.#mix(shares, own));
      desk.again = own;
      desk.takePerson(facts, 'Mix');
      if (look.changed.value) await this.#redraw();
      else stage.status.value = `A mix of ${shares.length} people; edit away`;
      return true;
    } catch (error) {
      notices.report(error);
      return false;
    }
  }

  /** Plays on the stage, or stops. */
  async togglePlay(): Promise<void> {
    const { playing, engine, notices, stage } = this.#desk;
    if (playing.value) {
      playing.value = false;
      await engine.cancel();
      return this.#redraw();
    }
    playing.value = true;
    const onFrame = (frame: ImageBitmap): void => {
      if (playing.value) stage.showAfter(frame, 'Animation');
      else frame.close();
    };
    await notices.watch(() => engine.people.play(this.#order(), proxy(onFrame)));
    if (!playing.value) return;
    playing.value = false;
    await this.#redraw();
  }

  /** Writes the animation as a file. */
  async exportAs(format: AnimationFormat): Promise<void> {
    const { engine, deliver } = this.#desk;
    await this.#desk.task('Preparing the animation', async (report) => {
      const onProgress = (progress: Progress): void => report(progress);
      deliver(await engine.people.exportAs(format, this.#order(), proxy(onProgress)));
    });
  }

  #order(): AnimationOrder {
    const { cast, look } = this.#desk;
    const motion = cast.members.value.length >= 2 ? this.motion.value : 'swing';
    return { motion, look: look.look.value, ids: cast.ids.value };
  }
}
