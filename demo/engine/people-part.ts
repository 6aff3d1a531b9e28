/**
 * The engine's section for several people: whoever is remembered can be mixed with others and travelled to. They
 * are kept as small files in memory, not on the GPU.
 */
import { type Inversion, swing, type Timeline, travel } from '../../src/index.ts';
import { exportAnimation } from './animation-files.ts';
import type {
  AnimationFormat,
  AnimationOrder,
  CastMember,
  Look,
  MadeFile,
  MixShare,
  OnProgress,
  PersonFacts,
} from './facts.ts';
import { factsOf } from './person-part.ts';
import { bitmapOf, imageOf } from './pictures.ts';
import type { Session } from './session.ts';

/** How far the model's first direction swings while no slider was moved. */
const SWING = 2;

/** Remembers, mixes and animates people. */
export class PeoplePart {
  readonly #session: Session;
  readonly #cast = new Map<number, Uint8Array>();
  #next = 1;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Remembers the person on the stage. */
  async remember(): Promise<CastMember> {
    return this.#session.after(async () => {
      const { inversion } = this.#session;
      const saved = await inversion.identity();
      const id = this.#next++;
      this.#cast.set(id, saved);
      const unedited = inversion.steps.at(-1)?.picture ?? inversion.picture;
      // by its pixels: a bitmap that was drawn is gone when the GPU is lost, and remembered people stay
      return { id, picture: await createImageBitmap(await imageOf(unedited)) };
    });
  }

  /** Forgets one, or all of them. */
  forget(id?: number): void {
    if (id === undefined) this.#cast.clear();
    else this.#cast.delete(id);
  }

  /** Mixes people into one who is shown and edited like any other. @throws `option` error when all weights are 0 */
  async mix(shares: readonly MixShare[]): Promise<PersonFacts> {
    return this.#session.job(async () => {
      const { model } = this.#session;
      const people = await this.#restore(shares.map(({ id }) => id));
      try {
        const total = shares.reduce((sum, { weight }) => sum + weight, 0);
        const parts = shares.flatMap(({ weight, strength }, i) => {
          const person = people[i];
          return person ? [{ person, weight: total > 0 ? weight / total : 1 / shares.length, strength }] : [];
        });
        const mixed = await model.mix(parts);
        if (this.#session.shown?.kind !== 'mixed') this.#session.takePhoto(null);
        this.#session.show({ kind: 'mixed', person: mixed, photo: null });
        return factsOf(this.#session.person);
      } finally {
        for (const person of people) person.dispose();
      }
    });
  }

  /** Plays until the job is called off; `onFrame` is given each frame. */
  async play(
    order: AnimationOrder,
    onFrame: (frame: ImageBitmap, index: number) => void | Promise<void>,
  ): Promise<void> {
    await this.#session.job((signal) =>
      this.#animated(order, async (timeline) => {
        using animation = await this.#session.model.animate(timeline);
        let index = 0;
        await animation.play(async (picture) => onFrame(await bitmapOf(picture), index++), { signal });
      }),
    );
  }

  /** Writes an animation as a file; frames stream, whatever the length. */
  async exportAs(format: AnimationFormat, order: AnimationOrder, onProgress: OnProgress): Promise<MadeFile> {
    return this.#session.job((signal) =>
      this.#animated(order, async (timeline) => {
        using animation = await this.#session.model.animate(timeline);
        return await exportAnimation(animation, format, { signal, onProgress });
      }),
    );
  }

  /** Runs `work` with the timeline of an order; the people it needs live as long. */
  async #animated<T>(
    { motion, look, ids }: AnimationOrder,
    work: (timeline: Timeline<Inversion>) => Promise<T>,
  ): Promise<T> {
    if (motion === 'swing') return work(withLook(swing(this.#session.inversion, this.#swung(look)), look));
    const people = await this.#restore(ids);
    try {
      return await work(withLook(travel(people), look));
    } finally {
      for (const person of people) person.dispose();
    }
  }

  #swung({ edits }: Look): Look['edits'] {
    const [first] = this.#session.model.directions;
    return Object.keys(edits).length > 0 || first === undefined ? edits : { [first]: SWING };
  }

  async #restore(ids: readonly number[]): Promise<Inversion[]> {
    const people: Inversion[] = [];
    for (const id of ids) {
      const saved = this.#cast.get(id);
      if (saved) people.push(await this.#session.model.restore(saved));
    }
    return people;
  }
}

/** `timeline` in the domain and with the strength of `look`, which its keyframes leave alone. */
function withLook(timeline: Timeline<Inversion>, { strength, domain }: Look): Timeline<Inversion> {
  const [first, ...rest] = timeline.keyframes;
  return first ? { ...timeline, keyframes: [{ ...first, strength, domain }, ...rest] } : timeline;
}
