/** The big picture with its before/after divider: a range input lies over two stacked layers and clips the upper one. */
import { byId } from './dom.ts';
import { type Drawable, PictureView } from './picture-view.ts';

/** What the left side shows: the picture that went in, or y_0. */
export type BeforeChoice = 'picture' | 'first';

/** The stage. */
export class Compare {
  readonly #box = byId('compare', HTMLDivElement);
  readonly #divider = byId('divider', HTMLInputElement);
  readonly #choice = byId('before-choice', HTMLFieldSetElement);
  readonly #beforeTag = byId('before-tag', HTMLSpanElement);
  readonly #afterTag = byId('after-tag', HTMLSpanElement);
  readonly #before = new PictureView(byId('before', HTMLDivElement), 'Before');
  readonly #after = new PictureView(byId('after', HTMLDivElement), 'After');

  constructor(onChoice: (choice: BeforeChoice) => void) {
    const move = (): void => this.#box.style.setProperty('--divider', `${this.#divider.value}%`);
    this.#divider.addEventListener('input', move);
    this.#choice.addEventListener('change', () => onChoice(this.choice));
    move();
  }

  /** What the user compares with. */
  get choice(): BeforeChoice {
    return this.#choice.querySelector<HTMLInputElement>('input:checked')?.value === 'first' ? 'first' : 'picture';
  }

  /** The picture that goes in, alone until there is an inversion. */
  showInput(source: ImageBitmap): void {
    this.showPictureBefore(source);
    this.#after.clear();
    this.#set({ before: true, after: false });
    this.#fit(source);
  }

  /** Left side: the picture that went in. */
  showPictureBefore(source: ImageBitmap): void {
    this.#before.showSource(source);
    this.#beforeTag.textContent = 'Picture';
  }

  /** Left side: y_0. */
  async showFirstBefore(first: Drawable): Promise<void> {
    await this.#before.show(first);
    this.#beforeTag.textContent = 'First guess y₀';
  }

  /** Right side: the newest step or the edited picture. */
  async showAfter(picture: Drawable, tag: string): Promise<void> {
    await this.#after.show(picture);
    this.#afterTag.textContent = tag;
    this.#set({ before: this.#box.classList.contains('has-before'), after: true });
    this.#fit(picture);
  }

  /** A picture with nothing to compare it to. */
  async showAlone(picture: Drawable, tag: string): Promise<void> {
    this.#before.clear();
    this.#box.classList.remove('has-before');
    await this.showAfter(picture, tag);
  }

  /** Nothing to show: the invitation to pick a picture comes back. */
  clear(): void {
    this.#before.clear();
    this.#after.clear();
    this.#set({ before: false, after: false });
    this.#box.classList.add('empty');
  }

  #fit({ width, height }: { readonly width: number; readonly height: number }): void {
    this.#box.style.setProperty('aspect-ratio', `${width} / ${height}`);
  }

  #set({ before, after }: { before: boolean; after: boolean }): void {
    this.#box.classList.remove('empty');
    this.#box.classList.toggle('has-before', before);
    this.#box.classList.toggle('has-after', after);
    this.#divider.disabled = !(before && after);
    this.#choice.hidden = !(before && after);
  }
}
