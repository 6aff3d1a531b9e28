/**
 * One person: the latents and the summed codes that re-tune the generator, and the pictures of each step. It stays
 * editable: when another inversion has used the engine meanwhile, its state is put back before the next edit.
 */
import { checkLatents } from '../editing/edit-space.ts';
import { strengths } from '../editing/layer-groups.ts';
import { ensure, ensureOptions, imported, inWords } from '../errors.ts';
import type { GivenDeltas } from '../method/given-offsets.ts';
import type { OffsetsSource } from '../method/shared-offsets.ts';
import type { Canvas } from './canvas.ts';
import { type Edits, editVectors, needsLatents } from './edits.ts';
import type { CutPicture, PasteFaceOptions } from './face-finder.ts';
import type { IdentityOptions } from './identity.ts';
import type { KeptState } from './kept-state.ts';
import { type CheckedLook, checkLook, firstRowThatMoves, sameStrength, UNCHANGED } from './look.ts';
import type { InversionContext } from './model-context.ts';
import { ensureSameModel } from './model-mark.ts';

import { pasteBack } from './paste-back.ts';
import { checkStep } from './person-steps.ts';
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

/** What a person is besides the state that the engine holds. */
export interface KeptPerson {
  readonly stepCount: number;
  /** A copy of their state; it belongs to the person from then on. */
  readonly state: KeptState;
  readonly given?: GivenDeltas | undefined;
  /** What ReStyle-e4e found in the photo `[latentCount, styleDim]`, for {@link Inversion.in}. */
  readonly restyled?: Float32Array | undefined;
}

/** An inverted photo. Made by `HyperStyle.invert` and `HyperStyle.restore`. */
export class Inversion implements InvertedPerson {
  /** y_0 … y_T; only the last one for a restored identity. */
  readonly steps: readonly InversionStep[];
  /** What was inverted and where in its photo that belongs, when `invert` cut it out. */
  cut: CutPicture | undefined;
  readonly #context: InversionContext;
  readonly #state: KeptState;
  readonly #stepCount: number;
  /** ΣΔ of a person whose offsets were imported and have no codes. */
  readonly #given: GivenDeltas | undefined;
  /** Stands for this person in what others keep of them, without keeping them. */
  readonly #token = Symbol('person');
  #edited: Picture | undefined;
  /** How the engine showed this person last, while its state is theirs. */
  #shown: CheckedLook | undefined;
  /** Read once: they never change. */
  #values: Promise<PersonValues> | undefined;
  readonly #restyled: Float32Array | undefined;
  #disposed = false;

  private constructor(
    context: InversionContext,
    steps: readonly InversionStep[],
    { stepCount, state, given, restyled }: KeptPerson,
  ) {
    this.#context = context;
    this.steps = steps;
    this.#state = state;
    this.#stepCount = stepCount;
    this.#given = given;
    this.#restyled = restyled;
  }

  /** @internal The person that the engine holds, as inverted. */
  static of(context: InversionContext, steps: readonly InversionStep[], person: KeptPerson): Inversion {
    const inversion = new Inversion(context, steps, person);
    context.current = inversion;
    inversion.#shown = checkLook(context.engine.network, UNCHANGED);
    return inversion;
  }

  /**
   * @internal Checks that `person` is one whom a model can use: of this model, or of another conversion of its checkpoint.
   * @param what the person is called in errors
   * @throws `option` error for what is no inversion, `model` for a person of another model
   */
  static ensureOf({ mark }: InversionContext, what: string, person: unknown): asserts person is Inversion {
    ensure(
      person instanceof Inversion,
      'option',
      () => `${what} is ${inWords(person)}, expected an inversion of this model`,
    );
    const { modelName: model, mark: made } = person.#context;
    ensureSameModel(what, { model, ...made }, mark);
  }

  /** Width in pixels of the pictures. */
  get width(): number {
    return this.#context.pictures.width;
  }

  /** Height in pixels of the pictures. */
  get height(): number {
    return this.#context.pictures.height;
  }

  /** The picture that `draw` shows: the last edit, or the last step. */
  get picture(): Picture {
    const picture = this.#edited ?? this.steps.at(-1)?.picture;
    this.#ensureLive();
    ensure(picture, 'option', 'this inversion has no picture: invert the photo again');
    return picture;
  }

  #ensureLive(): void {
    ensure(!this.#disposed, 'option', 'this inversion was disposed of: invert the photo again');
  }

  /** Draws the current picture into a canvas; nothing is read back. @throws `device` error when the GPU is lost */
  draw(canvas: Canvas): void {
    this.picture.draw(canvas);
  }

  /** RGBA bytes of the current picture. */
  toImageData(): Promise<Pixels> {
    return this.picture.toImageData();
  }

  /**
   * The photo with the current picture put back where `align` cut it out, at the photo's full resolution; the
   * rest of it stays bit for bit.
   * @throws `option` error when `invert` cut nothing out, `image` for another photo than the one that was inverted
   */
  pasteInto(photo: PictureSource, options: PasteFaceOptions = {}): Promise<RgbaPixels> {
    return pasteBack(this, this.cut, photo, options);
  }

  /**
   * Shows the person with edits, the re-tuned weights kept: amounts of directions by name (the model's own and those of
   * `HyperStyle.addDirections`). Only styles and synthesis run, and one retune when `strength` has changed. `{}` goes back to the
   * unedited picture.
   * @throws `option` error when a name is unknown, an amount not finite or the inversion disposed of; `device`, `memory`
   */
  async edit(edits: Edits, options: EditOptions = {}): Promise<void> {
    ensureOptions('edit', options);
    const { space, directions } = this.#context;
    const factors = strengths(space.layers, options.strength);
    const base = needsLatents(directions, edits) ? (await this.values()).base : undefined;
    const vectors = editVectors(space, directions, edits, base);
    await this.show({ ...vectors, strength: (layer) => factors[layer] ?? 1, step: options.step });
  }

  /**
   * The person in another domain: their offsets on a generator that came with the model or of `HyperStyle.addDomain`.
   * @returns a picture, the caller's to dispose of
   * @throws `option` error for an unknown domain or a layer that is not tuned, `tensor` for latents of another
   *   size; `device`, `memory`
   */
  async in(name: string, options: DomainOptions = {}): Promise<Picture> {
    ensureOptions('in', options);
    const { engine, pictures, domains, directions, space } = this.#context;
    const { strength, edits = {}, layers, latents = this.#restyled } = options;
    const step = this.#stepOf(options.step);
    const domain = await domains.get(name);
    if (latents) checkLatents(`latents for domain "${name}"`, latents, space);
    const factors = strengths(space.layers, strength);
    const base = latents ?? (await this.values()).base;
    const vectors = editVectors(space, directions, edits, base);
    return engine.exclusive(async () => {
      this.#ensureLive();
      await domain.retune(this.#offsets(step, factors), step > 0 ? layers : []);
      domain.show({ latents: base, ...vectors });
      return pictures.capture(domain.network.state.y);
    });
  }

  /** ΣΔ after a step as other generators ask for it. @param factors of each layer */
  #offsets(step: number, factors: Float32Array): OffsetsSource {
    const { engine, given, domains } = this.#context;
    const key = [this.#token, step, ...factors];
    const weight = (layer: number): number => factors[layer] ?? 1;
    const own = this.#given;
    if (own && given) return { key, deltas: async () => given.write(own, weight) };
    const activate = (): void => engine.activate([{ sums: this.#state.sumsAt(step), weight }]);
    return { key, deltas: (layers) => domains.offsets.of(key, layers, activate) };
  }

  /**
   * Shows the person with a sum of edits of latents and styles and with more or less of the weight offsets.
   * Only what has changed is computed again: latents and styles from the first layer that moves on, weights
   * where the strength is another.
   * @throws `option` error when a length is wrong, a number not finite or the inversion disposed of; `device`, `memory`
   */
  async show(look: Look): Promise<void> {
    const { engine, pictures } = this.#context;
    const wanted = checkLook(engine.network, look);
    this.#stepOf(wanted.step);
    await engine.exclusive(async () => {
      this.#compute(wanted);
      const shown = await pictures.capture();
      this.#edited?.dispose();
      this.#edited = shown;
      if (!this.#disposed) return;
      shown.dispose(); // disposed of during the capture
      this.#ensureLive();
    });
  }

  /** Leaves the picture of `look` in the engine; this person's state is put back when the engine holds another's. */
  #compute(look: CheckedLook): void {
    this.#ensureLive();
    const context = this.#context;
    const { engine } = context;
    const { state, generator } = engine.network;
    const before = context.current === this ? this.#shown : undefined;
    this.#shown = undefined; // until all of it is submitted
    context.current = this;
    if (!before) this.#state.restoreLatents();
    const sameWeights = before !== undefined && sameStrength(look, before);
    if (!sameWeights) this.#tune(look);
    engine.write(state.offset, look.offset);
    engine.write(state.styleOffset, look.styleOffset);
    engine.show(sameWeights ? firstRowThatMoves(generator, look, before) : 0);
    this.#shown = look;
  }

  /** Re-tunes the model's generator to this person. */
  #tune({ strength, step: wanted }: Pick<CheckedLook, 'strength' | 'step'>): void {
    const { engine, given } = this.#context;
    const step = this.#stepOf(wanted);
    if (this.#given && given) {
      given.write(this.#given, (layer) => (step > 0 ? strength(layer) : 0));
      given.retune();
      return;
    }
    engine.activate([{ sums: this.#state.sumsAt(step), weight: strength }]);
    engine.run(step > 0 ? 'retune' : 'untune');
  }

  #stepOf(wanted: number | undefined): number {
    return checkStep(wanted, { steps: this.#stepCount, earlier: this.#state.earlier });
  }

  /** @internal @param what wants codes @throws `option` error for a person whose offsets were imported */
  ensureCodes(what: string): void {
    ensure(
      !this.#given,
      'option',
      () => `${what}: this person's offsets were imported and have no codes: invert the photo with this model`,
    );
  }

  /**
   * ΣΔ by index of the layer in hypernetwork order, each `[O, I, k, k]`; what `HyperStyle.exchange` writes into files.
   * @throws `option` error for a step that was not kept or an inversion that was disposed of; `device`, `memory`
   */
  async weightOffsets(options: EditOptions = {}): Promise<ReadonlyMap<number, Float32Array>> {
    ensureOptions('weightOffsets', options);
    const { engine, space } = this.#context;
    const factors = strengths(space.layers, options.strength);
    const step = this.#stepOf(options.step);
    if (step === 0) return new Map();
    if (this.#given) return new Map([...this.#given].map(([i, delta]) => [i, delta.map((v) => v * (factors[i] ?? 1))]));
    return engine.exclusive(async () => {
      const { readOffsets } = await imported(import('../method/given-offsets.ts'));
      this.#ensureLive();
      this.#context.current = undefined;
      engine.activate([{ sums: this.#state.sumsAt(step), weight: (layer) => factors[layer] ?? 1 }]);
      return readOffsets(engine);
    });
  }

  /** The person's values: latents and summed codes. @throws `option` error when the inversion was disposed of, `device` */
  values(): Promise<PersonValues> {
    this.#values ??= this.#read().catch((error) => {
      this.#values = undefined;
      throw error;
    });
    const values = this.#values;
    return values.then((read) => {
      this.#ensureLive();
      return read;
    });
  }

  async #read(): Promise<PersonValues> {
    return this.#context.engine.exclusive(async () => {
      this.#ensureLive();
      const values = await this.#state.read(() => this.#ensureLive());
      return this.#restyled ? { ...values, restyled: this.#restyled } : values;
    });
  }

  /** The person as a small file for `HyperStyle.restore`; edits are not part of it. Errors as {@link values}. */
  async identity(options: IdentityOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    ensureOptions('identity', options);
    const { engine, modelName, mark } = this.#context;
    this.ensureCodes('identity');
    const [{ encodeIdentity }, values] = await Promise.all([imported(import('./identity.ts')), this.values()]);
    return encodeIdentity(engine.network, modelName, mark, values, options);
  }

  /** Gives the GPU memory of its pictures and state back; a little of it is kept for the model's next inversion. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const { picture } of this.steps) picture.dispose();
    this.#edited?.dispose();
    this.#state.giveUp();
    if (this.#context.current === this) this.#context.current = undefined;
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
