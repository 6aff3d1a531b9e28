/**
 * What all sections of the engine work with: the model, the photo and the person of the moment, and one job at a
 * time. Whoever begins a job calls the one before it off and waits for its end, so that GPU work never runs twice.
 */
import { type HyperStyle, HyperStyleError, type Inversion, type Picture, type PivotedPerson } from '../../src/index.ts';
import type { CropQuad } from './crop.ts';
import type { PersonKind } from './facts.ts';

/** A photo that was opened. */
export interface Photo {
  readonly bitmap: ImageBitmap;
  /** Where it is cut; null takes the largest centred part of the model's form. */
  quad: CropQuad | null;
}

/** The person that is shown. */
export interface Shown {
  readonly kind: PersonKind;
  readonly person: Inversion | PivotedPerson;
  /** The photo they were made from, cut to what the model reads. */
  readonly photo: Photo | null;
}

/** The engine's state. */
export class Session {
  /** What inversions begin with. */
  encoder: 'w' | 'e4e' = 'w';
  #model: HyperStyle | null = null;
  #ownDirections: ReadonlySet<string> = new Set();
  #shown: Shown | null = null;
  /** Adds to a model that is loaded again what was added to the one in use, but for directions, which are saved. */
  readonly additions: ((model: HyperStyle) => Promise<unknown>)[] = [];
  #photo: Photo | null = null;
  #claims = 0;
  /** The inversion that a tuned person was made from, to go back to. */
  #before: Shown | null = null;
  /** The picture on the stage where no person shows it: another domain's, or nobody's. */
  #other: Picture | null = null;
  #abort = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  /** @throws `option` error before a model was loaded */
  get model(): HyperStyle {
    if (!this.#model) throw new HyperStyleError('option', 'there is no model yet: wait until it is loaded');
    return this.#model;
  }

  /** Whether `model` is the one in use. */
  has(model: HyperStyle): boolean {
    return this.#model === model;
  }

  get photo(): Photo | null {
    return this.#photo;
  }

  get shown(): Shown | null {
    return this.#shown;
  }

  /** @throws `option` error without a person */
  get person(): Shown {
    if (!this.#shown) throw new HyperStyleError('option', 'there is nobody yet: choose a portrait first');
    return this.#shown;
  }

  /** An inverted person, whose offsets can be mixed and moved to other domains. @throws `option` error for a tuned one */
  get inversion(): Inversion {
    const { person } = this.person;
    if ('ended' in person) {
      throw new HyperStyleError(
        'option',
        'this person was tuned and has no codes to mix: go back to the inversion first',
      );
    }
    return person;
  }

  /** The picture on the stage. @throws `option` error when there is none */
  get picture(): Picture {
    return this.#other ?? this.person.person.picture;
  }

  /** Ends everything that runs. */
  cancel(): void {
    this.#abort.abort();
  }

  /**
   * Runs `work` once whatever runs now has been called off and is over.
   * @throws `aborted` when the next job has begun meanwhile
   */
  async job<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#abort.abort();
    const own = new AbortController();
    this.#abort = own;
    const before = this.#last.catch(() => undefined); // its own caller is told
    const turn = before.then(() => {
      if (own.signal.aborted) throw new HyperStyleError('aborted', 'another task has taken its place');
      return work(own.signal);
    });
    this.#last = turn;
    return turn;
  }

  /** Runs `work` after whatever runs now, without calling it off. */
  async after<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.catch(() => undefined).then(work);
    this.#last = turn;
    return turn;
  }

  /** The directions that the model did not bring. */
  get addedDirections(): readonly string[] {
    return this.model.directions.filter((name) => !this.#ownDirections.has(name));
  }

  /** Adds to `model` what was added to the one in use: directions are on the host and outlive its GPU. */
  async addAgain(model: HyperStyle): Promise<void> {
    const added = this.#model ? this.addedDirections : [];
    if (added.length > 0)
      await model.addDirections([new File([this.model.discovery.save(added)], 'added.safetensors')]);
    for (const add of this.additions) await add(model);
  }

  /**
   * Puts `model` in the place of the one before, and forgets that one's people.
   * @param options.again it is the same model on another GPU, with everything that was added
   */
  takeModel(model: HyperStyle, { again }: { readonly again: boolean }): void {
    this.forget();
    this.#model?.dispose();
    this.#model = model;
    if (again) return;
    this.#ownDirections = new Set(model.directions);
    this.additions.length = 0;
    this.encoder = 'w';
  }

  /** For a photo that is still to be decoded. @returns whether no other was chosen since */
  claimPhoto(): () => boolean {
    const own = ++this.#claims;
    return () => own === this.#claims;
  }

  /** Keeps `photo`; the one before is closed. */
  takePhoto(photo: Photo | null): void {
    this.#claims++;
    this.forget();
    this.#photo?.bitmap.close();
    this.#photo = photo;
  }

  /** Shows `person` in the place of the one before. */
  show(shown: Shown): void {
    this.forget();
    this.#shown = shown;
  }

  /** Shows a tuned person; the inversion stays, for {@link goBack}. */
  showTuned(shown: Shown): void {
    const { person: before } = this;
    this.showOther(null);
    this.#before = before;
    this.#shown = shown;
  }

  /** Shows the inversion again that a tuned person was made from. */
  goBack(): boolean {
    if (!this.#before) return false;
    this.#shown?.person.dispose();
    this.#shown = this.#before;
    this.#before = null;
    this.showOther(null);
    return true;
  }

  /** A picture in the place of the person's own, or null to take it away. */
  showOther(picture: Picture | null): void {
    this.#other?.dispose();
    this.#other = picture;
  }

  /** Nobody is shown any more. */
  forget(): void {
    this.showOther(null);
    this.#before?.person.dispose();
    this.#before = null;
    this.#shown?.person.dispose();
    this.#shown = null;
  }
}
