/** The engine's section for the person on the stage: shown with edits, tuned, saved, opened and put back into the photo. */
import { HyperStyleError, personKind, type TuningProgress } from '../../src/index.ts';
import { alignOf, referenceOf } from './cutting.ts';
import type { Look, MadeFile, OnProgress, PersonFacts } from './facts.ts';
import { bitmapOf, imageOf, pngOf } from './pictures.ts';
import type { Session, Shown } from './session.ts';

/** Steps of tuning at most: the picture has long settled. */
const TUNING_STEPS = 150;
/** Steps between two live pictures. */
const TUNING_EVERY = 5;

/** What the page is told of a person. */
export async function factsOf({ kind, person, photo }: Shown): Promise<PersonFacts> {
  const last = person.steps.at(-1);
  return {
    kind,
    lastStep: 'ended' in person ? 0 : (last?.index ?? 0),
    picture: await bitmapOf(person.picture),
    l2: last?.l2 ?? Number.NaN,
    pastes: photo !== null && person.cut !== undefined,
  };
}

/** Shows, tunes, saves and opens people. */
export class PersonPart {
  readonly #session: Session;
  #stop = new AbortController();

  constructor(session: Session) {
    this.#session = session;
  }

  /** The person as `look` says; no hypernetwork runs. */
  async show(look: Look): Promise<ImageBitmap> {
    return this.#session.after(async () => {
      const session = this.#session;
      const { person } = session.person;
      const { edits, strength, step, domain } = look;
      if ('ended' in person) {
        await person.edit(edits, { strength: strength.coarse });
        session.showOther(null);
      } else if (domain === null) {
        await person.edit(edits, { strength, step });
        session.showOther(null);
      } else {
        session.showOther(await person.in(domain, { edits, strength, step }));
      }
      return bitmapOf(session.picture);
    });
  }

  /** Where the picture on the stage differs from the photo; null without a photo. */
  async errorMap(): Promise<ImageBitmap | null> {
    return this.#session.after(async () => {
      const { photo } = this.#session.person;
      if (!photo) return null;
      const reference = await referenceOf(this.#session, photo);
      return reference.errorMap(await imageOf(this.#session.picture));
    });
  }

  /** Tunes the generator to the photo, from the inversion on, until {@link stopTuning} or its last step. */
  async tune(onProgress: OnProgress): Promise<PersonFacts> {
    return this.#session.job(async (signal) => {
      const session = this.#session;
      const { photo } = session.person;
      if (!photo) throw new HyperStyleError('option', 'tuning needs the photo: choose it again and invert it');
      this.#stop = new AbortController();
      const tuned = await session.model.pivot(photo.bitmap, {
        from: session.inversion,
        align: alignOf(session, photo),
        steps: TUNING_STEPS,
        every: TUNING_EVERY,
        signal,
        stop: this.#stop.signal,
        onProgress: tellTuning('Tuning the generator', onProgress),
      });
      session.showTuned({ kind: 'tuned', person: tuned, photo });
      return factsOf(session.person);
    });
  }

  /** Ends tuning early and keeps what it has found. */
  stopTuning(): void {
    this.#stop.abort();
  }

  /** Shows the inversion again that tuning began with. */
  async untune(): Promise<PersonFacts> {
    return this.#session.job(async () => {
      this.#session.goBack();
      return factsOf(this.#session.person);
    });
  }

  /** The picture on the stage as a PNG file of the model's own size. */
  async png(): Promise<MadeFile> {
    return this.#session.after(async () => ({
      blob: await pngOf(await imageOf(this.#session.picture)),
      name: 'portrait.png',
    }));
  }

  /** The photo with the picture on the stage put back, as a PNG file. */
  async pasted(): Promise<MadeFile> {
    return this.#session.after(async () => {
      const { person, photo } = this.#session.person;
      if (!photo) throw new HyperStyleError('option', 'the photo is not there any more: choose it again');
      const { data, width, height } = await person.pasteInto(photo.bitmap);
      const image = new ImageData(new Uint8ClampedArray(data), width, height);
      return { blob: await pngOf(image), name: 'photo.png' };
    });
  }

  /** Everything that was found out about the person, as a file. */
  async identity(): Promise<MadeFile> {
    return this.#session.after(async () => ({
      blob: new Blob([await this.#session.person.person.identity()]),
      name: 'portrait.identity',
    }));
  }

  /** Shows a tuned person from their file over the inversion they were made from, which is on the stage. */
  async retune(file: Uint8Array<ArrayBuffer>): Promise<PersonFacts> {
    return this.#session.job(async () => {
      const session = this.#session;
      const { cut } = session.inversion;
      const person = await session.model.restorePivot(file);
      person.cut = cut;
      session.showTuned({ kind: 'tuned', person, photo: session.person.photo });
      return factsOf(session.person);
    });
  }

  /** Goes on with a saved person, inverted or tuned. */
  async restore(file: Uint8Array<ArrayBuffer>): Promise<PersonFacts> {
    return this.#session.job(async () => {
      const { model } = this.#session;
      const tuned = (await personKind(file)) === 'tuned';
      const person = tuned ? await model.restorePivot(file) : await model.restore(file);
      this.#session.takePhoto(null);
      this.#session.show({ kind: tuned ? 'tuned' : 'restored', person, photo: null });
      return factsOf(this.#session.person);
    });
  }
}

/** A tuning's progress as the page is told. */
export function tellTuning(phase: string, onProgress: OnProgress) {
  return async ({ step, steps, losses, picture }: TuningProgress): Promise<void> => {
    const detail = losses.l2 === undefined ? {} : { detail: `error ${losses.l2.toFixed(4)}` };
    await onProgress({ phase, done: step, total: steps, ...detail, picture: await bitmapOf(picture) });
  };
}
