/** A person in the worker, as a page sees them. `client.ts` has their model. */
import type { Canvas } from '../api/canvas.ts';
import type { Edits } from '../api/edits.ts';
import type { PasteFaceOptions } from '../api/face-finder.ts';
import type { IdentityOptions } from '../api/identity.ts';
import type { PictureSource, RgbaPixels } from '../api/picture-source.ts';
import type { DomainOptions, EditOptions, InvertedPerson, Look, PersonValues, Picture, Pixels } from '../api/public.ts';
import { ensure, ensureOptions, HyperStyleError, inWords } from '../errors.ts';
import type { Connection, RemotePicture, RemoteStep } from './connection.ts';
import type { Handle, PersonFacts, PictureFacts, SentLook } from './messages.ts';
import { sendPicture } from './sending.ts';

/** A person in the worker. */
export class RemotePerson implements InvertedPerson {
  readonly steps: readonly RemoteStep[];
  readonly width: number;
  readonly height: number;
  readonly #connection: Connection;
  readonly #handle: Handle;
  readonly #layers: number;
  #shown: RemotePicture | undefined;

  /** @internal @param layers of the generator, for strengths by layer */
  constructor(connection: Connection, { handle, width, height, steps, picture }: PersonFacts, layers: number) {
    this.#connection = connection;
    this.#handle = handle;
    this.#layers = layers;
    this.width = width;
    this.height = height;
    this.steps = steps.map((step) => connection.step(step));
    this.#shown = connection.picture(picture);
  }

  get picture(): Picture {
    if (this.#shown) return this.#shown;
    throw new HyperStyleError('option', 'this inversion was disposed of: invert the photo again');
  }

  draw(canvas: Canvas): void {
    this.picture.draw(canvas);
  }

  async toImageData(): Promise<Pixels> {
    return this.picture.toImageData();
  }

  async edit(edits: Edits, options: EditOptions = {}): Promise<void> {
    this.#show(await this.#connection.call('edit', { of: this.#handle, edits, options }));
  }

  async show(given: Look): Promise<void> {
    ensureOptions('show', given);
    const { strength, ...look } = given;
    const each =
      typeof strength === 'function' ? Array.from({ length: this.#layers }, (_, i) => strength(i)) : strength;
    const sent: SentLook = { ...look, strength: each };
    this.#show(await this.#connection.call('show', { of: this.#handle, look: sent }));
  }

  async in(name: string, options: DomainOptions = {}): Promise<Picture> {
    return this.#connection.picture(await this.#connection.call('in', { of: this.#handle, domain: name, options }));
  }

  #show(facts: PictureFacts): void {
    const before = this.#shown;
    this.#shown = this.#connection.picture(facts);
    if (before && before !== this.#shown && !this.#isStep(before)) this.#connection.forget(before);
  }

  #isStep(picture: RemotePicture): boolean {
    return this.steps.some((step) => step.picture === picture);
  }

  async pasteInto(source: PictureSource, options: PasteFaceOptions = {}): Promise<RgbaPixels> {
    const { photo, transfer } = await sendPicture(source);
    return this.#connection.call('paste', { of: this.#handle, photo, options }, { transfer });
  }

  values(): Promise<PersonValues> {
    return this.#connection.call('values', { of: this.#handle });
  }

  identity(options: IdentityOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.#connection.call('identity', { of: this.#handle, options });
  }

  /** @internal What names `person` in the worker. @throws `option` error for anybody who is not of this connection */
  static handleOf(connection: Connection, what: string, person: unknown): Handle {
    const own = person instanceof RemotePerson && person.#connection === connection;
    ensure(own, 'option', () => `${what} is ${inWords(person)}, expected a person of this model in its worker`);
    ensure(person.#shown, 'option', () => `${what} was disposed of: invert the photo again`);
    return person.#handle;
  }

  dispose(): void {
    if (!this.#shown) return;
    for (const picture of [this.#shown, ...this.steps.map((step) => step.picture)]) this.#connection.forget(picture);
    this.#shown = undefined;
    this.#connection.tell('dispose', { of: this.#handle });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
