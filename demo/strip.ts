/** The strip of portraits to choose from: the model's samples, and as many fresh ones as anybody wants. */
import { randomPortrait } from '../portraits/random.ts';
import { renderPortrait } from '../portraits/render.ts';
import { byId, handler, make } from './dom.ts';

/** Side of a rendered portrait; larger than the model reads, as a photo would be. */
const PORTRAIT_SIDE = 256;
/** Rendered portraits kept in the strip; the oldest leaves first. */
const KEPT = 12;

/** The strip `#strip`. */
export class Strip {
  readonly #strip = byId('strip', HTMLDivElement);
  readonly #newButton = byId('random', HTMLButtonElement);
  readonly #pick: (picture: ImageBitmap) => Promise<void>;
  readonly #report: (error: unknown) => void;
  readonly #random: HTMLElement[] = [];
  #samples: HTMLElement[] = [];

  constructor(pick: (picture: ImageBitmap) => Promise<void>, report: (error: unknown) => void) {
    this.#pick = pick;
    this.#report = report;
    this.#newButton.addEventListener(
      'click',
      handler(report, () => this.addRandom()),
    );
  }

  /** Shows the model's own samples in place of the last model's. */
  setSamples(urls: readonly string[]): void {
    for (const tile of this.#samples) tile.remove();
    this.#samples = urls.map((url, index) => {
      // The page is isolated (COEP): it shows pictures of other origins only when they are asked for with CORS.
      const crossOrigin = 'anonymous';
      const image = make('img', { crossOrigin, src: url, alt: `Sample portrait ${index + 1}`, width: 72, height: 72 });
      return this.#tile(image, async () => createImageBitmap(await (await fetch(url)).blob()));
    });
    this.#strip.append(...this.#samples);
  }

  /** Renders a portrait nobody has seen, puts it first and picks it. */
  async addRandom(): Promise<void> {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const { attributes, accessories } = randomPortrait(seed, { accessories: true });
    const { data, width, height } = renderPortrait(attributes, accessories, PORTRAIT_SIDE);
    const picture = new ImageData(data, width, height);
    const canvas = make('canvas', { width, height });
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `Rendered portrait, seed ${seed}`);
    canvas.getContext('2d')?.putImageData(picture, 0, 0);
    const tile = this.#tile(canvas, () => createImageBitmap(picture));
    this.#newButton.after(tile);
    this.#random.push(tile);
    if (this.#random.length > KEPT) this.#random.shift()?.remove();
    this.#strip.scrollTo({ left: 0 });
    this.#mark(tile);
    await this.#pick(await createImageBitmap(picture));
  }

  /** Picks the first sample, as if it had been clicked; does nothing where there is none. */
  pickFirst(): void {
    this.#samples[1]?.click(); // the very first is the plain one, and accessories are what the method is about
  }

  /** Takes the mark off: the picture came from elsewhere. */
  unmark(): void {
    this.#mark(null);
  }

  #tile(content: HTMLElement, open: () => Promise<ImageBitmap>): HTMLElement {
    const tile = make('button', { type: 'button', className: 'tile' }, content);
    const choose = async (): Promise<void> => {
      this.#mark(tile);
      await this.#pick(await open());
    };
    tile.addEventListener('click', handler(this.#report, choose));
    return tile;
  }

  #mark(chosen: HTMLElement | null): void {
    for (const tile of this.#strip.querySelectorAll('button.tile')) {
      if (tile !== this.#newButton) tile.setAttribute('aria-pressed', String(tile === chosen));
    }
  }
}
