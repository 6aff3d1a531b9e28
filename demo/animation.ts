/**
 * The panel that animates: with one person the edits swing to and fro, with several who were remembered the way goes from one to the
 * next. Played on the stage, or exported as a GIF or a video.
 */
import {
  type Animation,
  type HyperStyle,
  type Inversion,
  type Picture,
  type Strength,
  swing,
  type Timeline,
  travel,
} from '../src/index.ts';
import { byId, download, handler } from './dom.ts';

/** What there is to animate at the moment. */
export interface Scene {
  readonly model: HyperStyle;
  readonly inversion: Inversion;
  /** Amounts of the sliders that were moved. */
  readonly amounts: Readonly<Record<string, number>>;
  readonly strength: Strength;
  /** Null for the model's own generator. */
  readonly domain: string | null;
}

/** Parts of the page that the panel uses. */
export interface AnimationParts {
  /** Null while there is no inversion. */
  readonly scene: () => Scene | null;
  readonly show: (picture: Picture) => Promise<void>;
  /** Puts the picture back that was on the stage before. */
  readonly played: () => void;
  readonly status: (text: string) => void;
  readonly report: (error: unknown) => void;
}

/** Shown when no slider was moved: every model's first direction, this far. */
const SWING = 2;
/** Pixels of a file for one of the picture: the shipped model's are small. */
const VIDEO_SCALE = 4;

/** The panel `#animate`. */
export class AnimationPanel {
  readonly #parts: AnimationParts;
  readonly #play = byId('animation-play', HTMLButtonElement);
  readonly #others = ['animation-remember', 'animation-gif', 'animation-video'].map((id) =>
    byId(id, HTMLButtonElement),
  );
  readonly #progress = byId('animation-progress', HTMLProgressElement);
  /** Identities of remembered people. */
  #cast: Uint8Array[] = [];
  #running: AbortController | undefined;
  #playing = false;
  /** Settles when nothing runs any more. */
  #over: Promise<void> = Promise.resolve();

  constructor(parts: AnimationParts) {
    this.#parts = parts;
    const on = (id: string, work: () => Promise<void>): void =>
      byId(id, HTMLButtonElement).addEventListener('click', handler(parts.report, work));
    on('animation-remember', () => this.#remember());
    on('animation-play', () => (this.#running ? this.stop() : this.#start((a, signal) => this.#onStage(a, signal))));
    on('animation-gif', () => this.#start((a, signal) => this.#export(a, signal, 'gif')));
    on('animation-video', () => this.#start((a, signal) => this.#export(a, signal, 'video')));
    this.enable(false);
  }

  /** Buttons answer only while there is an inversion. */
  enable(on: boolean): void {
    this.#play.disabled = !on;
    for (const button of this.#others) button.disabled = !on || this.#running !== undefined;
  }

  /** Stops what plays or is exported, and waits until it draws no more. */
  async stop(): Promise<void> {
    this.#running?.abort();
    await this.#over;
  }

  /** Stops what plays on the stage; an export goes on. */
  async clearStage(): Promise<void> {
    if (this.#playing) await this.stop();
  }

  /** Nobody is remembered any more: the model is another one. */
  forget(): void {
    this.#cast = [];
    this.#tellCast();
  }

  async #remember(): Promise<void> {
    const scene = this.#parts.scene();
    if (!scene) return;
    this.#cast.push(await scene.inversion.identity());
    this.#tellCast();
  }

  #tellCast(): void {
    const count = this.#cast.length;
    byId('cast', HTMLParagraphElement).textContent =
      count < 2
        ? `The edits above swing to and fro. ${count === 1 ? 'One person is remembered: remember another' : 'Remember two people or more'} to travel between them.`
        : `${count} people are remembered: the way goes from one to the next and round again.`;
  }

  /** Runs `work` where nothing runs; its errors are the caller's, not those of who waits for its end. */
  async #start(work: (animation: Animation, signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#running) return;
    const run = this.#run(work);
    this.#over = run.catch(() => undefined);
    await run;
  }

  /** One animation at a time, disposed of when `work` is over. */
  async #run(work: (animation: Animation, signal: AbortSignal) => Promise<void>): Promise<void> {
    const scene = this.#parts.scene();
    if (!scene) return;
    const own = new AbortController();
    this.#running = own;
    this.#play.textContent = 'Stop';
    this.enable(true);
    const people: Inversion[] = [];
    try {
      if (this.#cast.length >= 2) for (const saved of this.#cast) people.push(await scene.model.restore(saved));
      const animation = await scene.model.animate(asShown(people.length > 0 ? travel(people) : swingOf(scene), scene));
      try {
        await work(animation, own.signal);
      } finally {
        animation.dispose();
      }
    } catch (error) {
      if (!own.signal.aborted) throw error; // stopped, or another picture was picked meanwhile
    } finally {
      for (const person of people) person.dispose();
      this.#running = undefined;
      this.#progress.hidden = true;
      this.#play.textContent = 'Play';
      this.enable(this.#parts.scene() !== null);
    }
  }

  async #onStage(animation: Animation, signal: AbortSignal): Promise<void> {
    this.#parts.status(`Playing ${animation.frames} frames, ${animation.fps} a second`);
    this.#playing = true;
    try {
      await animation.play((picture) => this.#parts.show(picture), { signal });
    } finally {
      this.#playing = false;
      this.#parts.played();
    }
  }

  async #export(animation: Animation, signal: AbortSignal, kind: 'gif' | 'video'): Promise<void> {
    this.#progress.hidden = false;
    const onProgress = ({ done, frames }: { readonly done: number; readonly frames: number }): void => {
      this.#progress.value = done / frames;
      this.#parts.status(`Frame ${done} of ${frames}`);
    };
    const file =
      kind === 'gif'
        ? await animation.toGif({ signal, onProgress })
        : await animation.toVideo({ signal, onProgress, scale: VIDEO_SCALE });
    download(file, kind === 'gif' ? 'portrait.gif' : 'portrait.mp4');
    this.#parts.status(`Exported ${animation.frames} frames`);
  }
}

/** The sliders' edits to and fro, or the model's first direction while none was moved. */
function swingOf({ model, inversion, amounts }: Scene) {
  const [first] = model.directions;
  const moved = Object.keys(amounts).length > 0;
  return swing(inversion, moved || first === undefined ? amounts : { [first]: SWING });
}

/** `timeline` in the domain and with the strength that the panel above is set to, which its keyframes leave alone. */
function asShown(timeline: Timeline<Inversion>, { strength, domain }: Scene): Timeline<Inversion> {
  const [first, ...rest] = timeline.keyframes;
  return first ? { ...timeline, keyframes: [{ ...first, strength, domain }, ...rest] } : timeline;
}
