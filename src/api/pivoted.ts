/**
 * A person with a generator of their own, from pivotal tuning. It is edited like any other; what moved is on
 * the host, and comes to the device when this person is shown after another one.
 */

import { ensure, ensureOptions, inWords } from '../errors.ts';
import type { Losses } from '../method/losses.ts';
import type { Tuner } from '../method/tuner.ts';
import { writeMoved } from '../models/moved.ts';
import { byteLength } from '../tensor.ts';
import { fromHalf } from '../weights/half.ts';
import type { Canvas } from './canvas.ts';
import { type Edits, editVectors, needsLatents } from './edits.ts';
import type { CutPicture, PasteFaceOptions } from './face-finder.ts';
import { checkLook, UNCHANGED } from './look.ts';
import type { InversionContext } from './model-context.ts';
import { ensureSameModel } from './model-mark.ts';
import { pasteBack } from './paste-back.ts';
import { withoutOffsets } from './person-steps.ts';
import type { PictureSource, RgbaPixels } from './picture-source.ts';
import { encodePivot, type PivotModel, type PivotValues } from './pivot-file.ts';
import type { EditOptions, InversionStep, Look, Person, PersonValues, Picture, Pixels } from './public.ts';

/** What every tuned person of a model shares. */
export interface PivotContext {
  readonly context: InversionContext;
  readonly tuner: Tuner;
  readonly model: PivotModel;
  /** Whose weights the device shows. */
  holder: PivotedPerson | undefined;
}

/** Why a run of tuning ended: all its steps were done, the loss was small enough, or the caller stopped it. */
export type PivotEnding = 'steps' | 'loss' | 'stop';

/** A tuned person. Made by `HyperStyle.pivot` and `HyperStyle.restorePivot`. */
export class PivotedPerson implements Person {
  /** The tuned picture alone. */
  readonly steps: readonly InversionStep[];
  /** The last losses by name, each without its weight, and their weighted sum as `total`; empty for a restored person. */
  readonly losses: Losses;
  /** Why tuning ended; undefined for a restored person. */
  readonly ended: PivotEnding | undefined;
  /** Where in its photo the picture belongs, when the person that tuning began with was cut out of one. */
  cut: CutPicture | undefined;
  readonly #shared: PivotContext;
  readonly #values: PivotValues;
  #edited: Picture | undefined;
  #disposed = false;

  private constructor(
    shared: PivotContext,
    values: PivotValues,
    picture: Picture,
    told: { readonly losses: Losses; readonly ended: PivotEnding | undefined },
  ) {
    this.#shared = shared;
    this.#values = values;
    this.losses = told.losses;
    this.ended = told.ended;
    this.steps = [{ index: values.steps, l2: told.losses.l2 ?? Number.NaN, picture }];
  }

  /** @internal Shows a person for the first time. Runs inside the engine's `exclusive`. */
  static async show(
    shared: PivotContext,
    values: PivotValues,
    told: { readonly losses: Losses; readonly ended: PivotEnding | undefined } = { losses: {}, ended: undefined },
  ): Promise<PivotedPerson> {
    shared.holder = undefined;
    const picture = await draw(shared, values, UNCHANGED, true);
    const person = new PivotedPerson(shared, values, picture, told);
    shared.holder = person;
    return person;
  }

  /** @internal @throws `model` error when the person is of another model than the one with this context */
  ensureOf({ mark }: InversionContext, what: string): void {
    const { name: model, mark: made } = this.#shared.model;
    ensureSameModel(what, { model, ...made }, mark);
  }

  /** Width in pixels of the pictures. */
  get width(): number {
    return this.#shared.context.pictures.width;
  }

  /** Height in pixels of the pictures. */
  get height(): number {
    return this.#shared.context.pictures.height;
  }

  /** The picture that `draw` shows: the last edit, or the tuned picture. */
  get picture(): Picture {
    this.#ensureLive();
    const picture = this.#edited ?? this.steps[0]?.picture;
    ensure(picture, 'option', 'this person has no picture: tune the photo again');
    return picture;
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
   * Shows the person with edits, their weights kept; `{}` goes back to the tuned picture. `strength` is how
   * much of what moved counts: 1 as tuned, 0 the checkpoint's generator at the same latents.
   * @throws `option` error when a name is unknown, an amount or the strength no finite number, or a step is
   *   given; `device`, `memory`
   */
  async edit(edits: Edits, options: EditOptions = {}): Promise<void> {
    ensureOptions('edit', options);
    const { space, directions } = this.#shared.context;
    const base = needsLatents(directions, edits) ? this.#values.latents : undefined;
    const strength = checkStrength(options.strength);
    await this.show({ ...editVectors(space, directions, edits, base), strength, step: options.step });
  }

  /**
   * Shows the person with any sum of edits; see {@link edit} for the strength.
   * @throws `option` error when a length is wrong or a number not finite; `device`, `memory`
   */
  async show(look: Look): Promise<void> {
    this.#ensureLive();
    const { context } = this.#shared;
    await context.engine.exclusive(async () => {
      this.#ensureLive();
      const other = this.#shared.holder !== this;
      this.#shared.holder = undefined; // until all of it is submitted
      const shown = await draw(this.#shared, this.#values, look, other);
      this.#shared.holder = this;
      this.#edited?.dispose();
      this.#edited = shown;
      if (!this.#disposed) return;
      shown.dispose();
      this.#ensureLive();
    });
  }

  /**
   * A photo with the current picture put back, when the person that tuning began with was cut out of it. Errors
   * as `Inversion.pasteInto`.
   */
  pasteInto(photo: PictureSource, options: PasteFaceOptions = {}): Promise<RgbaPixels> {
    return pasteBack(this, this.cut, photo, options);
  }

  /** The latents, without offsets of a hypernetwork: what moved is in {@link identity}. */
  async values(): Promise<PersonValues> {
    this.#ensureLive();
    return withoutOffsets(this.#shared.context.engine.network, this.#values.latents.slice());
  }

  /**
   * δ by checkpoint key, each as long as the tensor, in the checkpoint's order; only what moved.
   * `HyperStyle.exchange` writes it into a generator. @throws `option` error for a strength that is no finite
   * number or a person that was disposed of
   */
  weightsMoved({ strength }: EditOptions = {}): ReadonlyMap<string, Float32Array> {
    this.#ensureLive();
    const factor = checkStrength(strength);
    return new Map([...this.#values.moved].map(([key, halves]) => [key, fromHalf(halves).map((v) => factor * v)]));
  }

  /** The person as a file for `HyperStyle.restorePivot`: latents, and what moved in f16. It is exactly what is shown. */
  async identity(): Promise<Uint8Array<ArrayBuffer>> {
    this.#ensureLive();
    return encodePivot(this.#shared.model, this.#values);
  }

  /** Gives its pictures' memory back. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const { picture } of this.steps) picture.dispose();
    this.#edited?.dispose();
    if (this.#shared.holder === this) this.#shared.holder = undefined;
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #ensureLive(): void {
    ensure(!this.#disposed, 'option', 'this person was disposed of: tune the photo again, or restore their file');
  }
}

function checkStrength(strength: unknown = 1): number {
  ensure(
    typeof strength === 'number' && Number.isFinite(strength),
    'option',
    () => `the strength of a tuned person is ${inWords(strength)}, expected one number: its weights moved together`,
  );
  return strength;
}

/** A picture of tuned weights. @param newcomer whether the device holds another person's */
async function draw(
  { context, tuner }: PivotContext,
  values: PivotValues,
  look: Look,
  newcomer: boolean,
): Promise<Picture> {
  const strength = checkStrength(look.strength);
  ensure(
    look.step === undefined,
    'option',
    () => `step is ${inWords(look.step)}, but a tuned person has no steps of the hypernetwork: leave it out`,
  );
  const { engine, pictures } = context;
  const { offset, styleOffset } = checkLook(engine.network, { ...look, strength: 1 });
  const { state, plan } = tuner.tuned;
  const mounted = await tuner.shown();
  if (newcomer) {
    writeMoved(plan, values.moved, (tensor, moved) => mounted.write(tensor, moved));
    mounted.write(state.base, values.latents);
  }
  mounted.write(state.strength, Float32Array.of(strength));
  mounted.write(state.offset, offset);
  mounted.write(state.styleOffset, styleOffset);
  mounted.run('apply', 'style', 'demodulate', 'synthesize');
  context.current = undefined; // its picture gives way
  const { y } = engine.network.state;
  engine.runtime.copy(engine.buffers.of(state.y), engine.buffers.of(y), byteLength(y));
  return pictures.capture();
}
