/**
 * A person of a model that outlives its GPU (`recovering.ts`): their values are on the host too, and how they are shown
 * is known.
 */
import { ensure, inWords } from '../errors.ts';
import type { Canvas } from './canvas.ts';
import type { Edits } from './edits.ts';
import type { PasteFaceOptions } from './face-finder.ts';
import type { HyperStyle } from './hyperstyle.ts';
import type { IdentityOptions } from './identity.ts';
import type { Inversion } from './inversion.ts';
import type { PictureSource, RgbaPixels } from './picture-source.ts';
import type {
  DomainOptions,
  EditOptions,
  InversionStep,
  InvertedPerson,
  Look,
  PersonValues,
  Picture,
  Pixels,
} from './public.ts';

/** What people need of their model. */
export interface Keeper {
  with<T>(work: (hs: HyperStyle) => Promise<T>): Promise<T>;
  leave(person: RecoveredPerson): void;
}

/** What a person shows now, whoever computes it: the same object before and after a loss. */
class ShownPicture implements Picture {
  readonly #shown: () => Picture;
  readonly #again: <T>(work: (picture: Picture) => Promise<T>) => Promise<T>;

  constructor(shown: () => Picture, again: <T>(work: (picture: Picture) => Promise<T>) => Promise<T>) {
    this.#shown = shown;
    this.#again = again;
  }

  get width(): number {
    return this.#shown().width;
  }

  get height(): number {
    return this.#shown().height;
  }

  draw(canvas: Canvas): void {
    this.#shown().draw(canvas);
  }

  toImageData(): Promise<Pixels> {
    return this.#again((picture) => picture.toImageData());
  }

  toFloats(): Promise<Float32Array> {
    return this.#again((picture) => picture.toFloats());
  }

  /** It is the person's and ends with them. */
  dispose(): void {}

  [Symbol.dispose](): void {}
}

/** A person who is put back after a loss. Between loss and recovery `draw` throws a `device` error; everything else waits. */
export class RecoveredPerson implements InvertedPerson {
  readonly width: number;
  readonly height: number;
  readonly picture: Picture;
  readonly #keeper: Keeper;
  readonly #values: PersonValues;
  #steps: readonly InversionStep[];
  #at: HyperStyle;
  #inversion: Inversion;
  #show: (inversion: Inversion) => Promise<void> = async () => undefined;
  #disposed = false;

  /** @internal */
  constructor(keeper: Keeper, at: HyperStyle, inversion: Inversion, values: PersonValues) {
    this.#keeper = keeper;
    this.#at = at;
    this.#inversion = inversion;
    this.#values = values;
    this.#steps = inversion.steps;
    this.width = inversion.width;
    this.height = inversion.height;
    this.picture = new ShownPicture(
      () => this.#inversion.picture,
      (work) => this.#with((now) => work(now.picture)),
    );
  }

  /** y_0 … y_T; after a loss only the last one, since the pictures of the others are gone: `show({ step })` draws them again. */
  get steps(): readonly InversionStep[] {
    return this.#steps;
  }

  /** @internal Puts them into a model that was opened again, shown as they were. */
  async moveTo(hs: HyperStyle): Promise<void> {
    if (this.#at === hs) return;
    const { cut } = this.#inversion;
    const again = await hs.restore(this.#values);
    again.cut = cut;
    await this.#show(again);
    const last = this.#steps.at(-1);
    this.#steps = again.steps.map((step) => ({ ...step, l2: last?.l2 ?? step.l2 }));
    [this.#at, this.#inversion] = [hs, again];
    if (this.#disposed) again.dispose();
  }

  /** @internal The person as `hs` has them, moved there where they are not yet. @throws `option` error after `dispose` */
  async inversionIn(hs: HyperStyle): Promise<Inversion> {
    ensure(!this.#disposed, 'option', 'this person was disposed of: invert the photo again');
    await this.moveTo(hs);
    return this.#inversion;
  }

  #with<T>(work: (inversion: Inversion) => Promise<T>): Promise<T> {
    return this.#keeper.with(async (hs) => work(await this.inversionIn(hs)));
  }

  draw(canvas: Canvas): void {
    this.#inversion.draw(canvas);
  }

  toImageData(): Promise<Pixels> {
    return this.#with((inversion) => inversion.toImageData());
  }

  async edit(edits: Edits, options: EditOptions = {}): Promise<void> {
    await this.#shown((inversion) => inversion.edit(edits, options));
  }

  async show(look: Look): Promise<void> {
    await this.#shown((inversion) => inversion.show(look));
  }

  in(name: string, options: DomainOptions = {}): Promise<Picture> {
    return this.#with((inversion) => inversion.in(name, options));
  }

  /** Shows them, and keeps in mind how when that was possible. */
  async #shown(show: (inversion: Inversion) => Promise<void>): Promise<void> {
    await this.#with(show);
    this.#show = show;
  }

  pasteInto(photo: PictureSource, options: PasteFaceOptions = {}): Promise<RgbaPixels> {
    return this.#with((inversion) => inversion.pasteInto(photo, options));
  }

  async values(): Promise<PersonValues> {
    ensure(!this.#disposed, 'option', 'this person was disposed of: invert the photo again');
    return this.#values;
  }

  identity(options: IdentityOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.#with((inversion) => inversion.identity(options));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#keeper.leave(this);
    this.#inversion.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** A recovered person as `hs` has them. @param what they are called in errors @throws `option` error for anybody else */
export function inversionOf(hs: HyperStyle, what: string, person: unknown): Promise<Inversion> {
  ensure(
    person instanceof RecoveredPerson,
    'option',
    () => `${what} is ${inWords(person)}, expected a person of this model`,
  );
  return person.inversionIn(hs);
}
