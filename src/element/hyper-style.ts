/**
 * `<hyper-style src="me.jpg" model="/models/clay/" steps="5" edit="smile=1.5" align="auto">`: an image tag that
 * inverts. `attributes.ts` reads its words, `shared-models.ts` loads one model for all elements, `look.ts` is what it
 * looks like. Importing it where there is no DOM does nothing.
 */
import type { Edits } from '../api/edits.ts';
import type { PictureSource } from '../api/picture-source.ts';
import type { InversionStep, Model, Person } from '../api/public.ts';
import { HyperStyleError } from '../errors.ts';
import { DEFAULT_STEPS } from '../method/schedule.ts';
import { parseAlign, parseEdits, parseSteps, writeEdits } from './attributes.ts';
import { type Look, makeLook } from './look.ts';
import { type SharedModel, shareModel } from './shared-models.ts';

/** Where an element is: `idle` has no photo or no model, `failed` has an {@link HyperStyleElement.error}. */
export type ElementStatus = 'idle' | 'loading' | 'inverting' | 'ready' | 'failed';

/** Events of the element by name; none bubbles, as those of images do not. */
export interface HyperStyleEvents {
  /** The picture is there. */
  load: Event;
  /** `detail` is the error. */
  error: CustomEvent<HyperStyleError>;
  /** `detail` is how much of the model is loaded, from 0 to 1. */
  progress: CustomEvent<number>;
  /** `detail` is y_t with its error; the picture is shown already. */
  step: CustomEvent<Pick<InversionStep, 'index' | 'l2'>>;
  /** An edit is shown. */
  edit: Event;
}

/** Stands where there is no DOM, so that a server can import this. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** The element. Attributes are properties of the same names; `photo` and `loadedModel` take objects instead of addresses. */
export class HyperStyleElement extends Base {
  static readonly observedAttributes = ['src', 'model', 'steps', 'edit', 'align', 'alt'];
  readonly #internals = this.attachInternals();
  readonly #look: Look = makeLook(this.attachShadow({ mode: 'open' }));
  #photo: PictureSource | undefined;
  #given: Model | undefined;
  #shared: { readonly address: string; readonly share: SharedModel } | undefined;
  #person: Person | undefined;
  #error: HyperStyleError | undefined;
  #status: ElementStatus = 'idle';
  #running: AbortController | undefined;
  /** Whose pictures the canvas shows: it cannot be another's. */
  #drawn: Model | undefined;
  #wanted: 'nothing' | 'edit' | 'inversion' = 'nothing';

  /** The photo's address. */
  get src(): string {
    return this.getAttribute('src') ?? '';
  }
  set src(value: string) {
    this.setAttribute('src', value);
  }

  /** The address of the model's folder. */
  get model(): string {
    return this.getAttribute('model') ?? '';
  }
  set model(value: string) {
    this.setAttribute('model', value);
  }

  /** Passes of the hypernetwork, a whole number from 0; 5 when absent. */
  get steps(): number {
    return Number(this.getAttribute('steps') ?? DEFAULT_STEPS);
  }
  set steps(value: number) {
    this.setAttribute('steps', String(value));
  }

  /** `smile=1.5, yaw=-1`. */
  get edit(): string {
    return this.getAttribute('edit') ?? '';
  }
  set edit(value: string | Edits) {
    this.setAttribute('edit', typeof value === 'string' ? value : writeEdits(value));
  }

  /** `auto`, `centre` or `none`; null: the photo is taken as it is. */
  get align(): string | null {
    return this.getAttribute('align');
  }
  set align(value: string | null) {
    if (value === null) this.removeAttribute('align');
    else this.setAttribute('align', value);
  }

  /** What the picture shows, for who cannot see it. */
  get alt(): string {
    return this.getAttribute('alt') ?? '';
  }
  set alt(value: string) {
    this.setAttribute('alt', value);
  }

  /** A photo that has no address, in place of `src`: a file, canvas, bitmap or pixels. */
  get photo(): PictureSource | undefined {
    return this.#photo;
  }
  set photo(value: PictureSource | undefined) {
    this.#photo = value;
    this.#ask('inversion');
  }

  /** A model of the page's own, in place of `model`, also one in a worker; it stays the page's. */
  get loadedModel(): Model | undefined {
    return this.#given;
  }
  set loadedModel(value: Model | undefined) {
    this.#given = value;
    this.#ask('inversion');
  }

  /** The person who is shown; it ends with the next one. */
  get person(): Person | undefined {
    return this.#person;
  }

  /** Where the element is; also a state for CSS, `:state(loading)`. */
  get status(): ElementStatus {
    return this.#status;
  }

  /** Why it is `failed`. */
  get error(): HyperStyleError | undefined {
    return this.#error;
  }

  connectedCallback(): void {
    this.#ask('inversion');
  }

  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (!this.isConnected) this.#end();
    });
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (name === 'alt') this.#look.label(after ?? '');
    else if (before !== after) this.#ask(name === 'edit' ? 'edit' : 'inversion');
  }

  /** Several changes at once are one piece of work, which begins when the script that made them has ended. */
  #ask(wanted: 'edit' | 'inversion'): void {
    const asked = this.#wanted !== 'nothing';
    if (this.#wanted !== 'inversion') this.#wanted = wanted;
    if (asked) return;
    queueMicrotask(() => {
      const work = this.#wanted;
      this.#wanted = 'nothing';
      if (!this.isConnected) return;
      if (work === 'inversion') this.#start((signal) => this.#invert(signal));
      else if (this.#status === 'ready' || this.#person) this.#start((signal) => this.#showEdit(signal));
    });
  }

  #start(work: (signal: AbortSignal) => Promise<void>): void {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    work(running.signal).catch((cause: unknown) => {
      if (running.signal.aborted) return;
      const words = cause instanceof Error ? cause.message : String(cause);
      this.#error = cause instanceof HyperStyleError ? cause : new HyperStyleError('device', words, { cause });
      this.#become('failed', this.#error.message);
      this.dispatchEvent(new CustomEvent('error', { detail: this.#error }));
    });
  }

  async #invert(signal: AbortSignal): Promise<void> {
    this.#error = undefined;
    if (!(this.#photo || this.src) || !(this.#given || this.model)) return this.#end();
    const options = { steps: parseSteps(this.getAttribute('steps')), align: parseAlign(this.align) };
    const edits = parseEdits(this.edit);
    this.#become('loading', 'Loading');
    const model = await this.#loaded();
    const photo = this.#photo ?? (await fetchPhoto(new URL(this.src, this.baseURI), signal));
    if (signal.aborted) return;
    if (this.#drawn !== model) this.#look.clear();
    this.#drawn = model;
    this.#become('inverting', 'Inverting');
    const onStep = ({ index, l2, picture }: InversionStep): void => {
      if (signal.aborted) return;
      picture.draw(this.#look.canvas());
      this.#look.showPicture();
      this.dispatchEvent(new CustomEvent('step', { detail: { index, l2 } }));
    };
    const person = await model.invert(photo, { ...options, signal, onStep });
    if (signal.aborted) return person.dispose();
    this.#person?.dispose();
    this.#person = person;
    if (Object.keys(edits).length > 0) await person.edit(edits);
    if (signal.aborted) return;
    person.draw(this.#look.canvas());
    this.#become('ready', '');
    this.dispatchEvent(new Event('load'));
  }

  async #showEdit(signal: AbortSignal): Promise<void> {
    const person = this.#person;
    if (!person) return this.#invert(signal);
    await person.edit(parseEdits(this.edit));
    if (signal.aborted || this.#person !== person) return;
    this.#error = undefined;
    person.draw(this.#look.canvas());
    this.#become('ready', '');
    this.dispatchEvent(new Event('edit'));
  }

  async #loaded(): Promise<Model> {
    if (this.#given) return this.#given;
    const address = new URL(this.model, this.baseURI).href;
    if (this.#shared?.address !== address || this.#shared.share.ended) {
      const before = this.#shared;
      this.#person?.dispose();
      this.#person = undefined;
      const share = shareModel(address, (done) => {
        this.#look.progress(done);
        this.dispatchEvent(new CustomEvent('progress', { detail: done }));
      });
      this.#shared = { address, share };
      before?.share.release();
    }
    const asked = this.#shared;
    try {
      return await asked.share.model;
    } catch (error) {
      if (this.#shared === asked) this.#shared = undefined; // the next change tries again
      throw error;
    }
  }

  #become(status: ElementStatus, message: string): void {
    const { states } = this.#internals;
    states.delete(this.#status);
    states.add(status);
    this.#status = status;
    this.#internals.ariaBusy = String(status === 'loading' || status === 'inverting');
    this.#look.say(status, message);
  }

  /** Gives everything back. */
  #end(): void {
    this.#running?.abort();
    this.#person?.dispose();
    this.#person = undefined;
    this.#shared?.share.release();
    this.#shared = undefined;
    this.#look.clear();
    this.#become('idle', '');
  }
}

/** @throws `network` error naming the address */
async function fetchPhoto(address: URL, signal: AbortSignal): Promise<Blob> {
  let why: string;
  try {
    const response = await fetch(address, { signal });
    if (response.ok) return await response.blob();
    why = `${response.status} ${response.statusText}`.trim();
  } catch (cause) {
    why = cause instanceof Error ? cause.message : String(cause);
  }
  throw new HyperStyleError('network', `${address.href}: ${why}; check the address in src`);
}
