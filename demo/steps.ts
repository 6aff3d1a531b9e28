/** The row of steps: the picture, then y_0 … y_T as they are computed, each with its squared error and a bar. */
import type { InversionStep } from '../src/index.ts';
import { byId, make } from './dom.ts';
import { type Drawable, PictureView } from './picture-view.ts';

interface Cell {
  readonly item: HTMLLIElement;
  readonly view: PictureView;
  readonly value: HTMLElement;
  readonly bar: HTMLElement;
}

const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉';

/** `y₅` for 5. */
export function stepName(index: number): string {
  return `y${[...String(index)].map((digit) => SUBSCRIPTS[Number(digit)] ?? digit).join('')}`;
}

/** The list `#steps`. */
export class StepRow {
  readonly #list = byId('steps', HTMLOListElement);
  #cells: Cell[] = [];
  #worst = 0;

  /** Empties the row and makes room for y_0 … y_`steps`. */
  begin(steps: number): void {
    this.#worst = 0;
    this.#cells = Array.from({ length: steps + 1 }, (_, index) => makeCell(stepName(index)));
    this.#list.replaceChildren(...this.#cells.map((cell) => cell.item));
    this.#cells[0]?.item.classList.add('working');
  }

  /** Fills in y_`index`; `l2` is the mean squared error in [-1, 1]. */
  async show(index: number, picture: Drawable, l2: number): Promise<void> {
    const cell = this.#cells[index];
    if (!cell) return;
    await cell.view.show(picture);
    this.#worst = Math.max(this.#worst, l2);
    cell.value.textContent = l2.toFixed(4);
    cell.bar.style.setProperty('--share', String(this.#worst > 0 ? l2 / this.#worst : 0));
    cell.item.classList.remove('working');
    cell.item.classList.add('done');
    this.#cells[index + 1]?.item.classList.add('working');
  }

  /** Takes away the marks of a run that ended early. */
  stop(): void {
    for (const cell of this.#cells) cell.item.classList.remove('working');
  }

  /** Removes all steps. */
  clear(): void {
    this.#cells = [];
    this.#list.replaceChildren();
  }
}

function makeCell(name: string): Cell {
  const frame = make('div', { className: 'frame' });
  const value = make(
    'span',
    { className: 'value', title: 'Mean squared error in [-1, 1] at the size the model reads' },
    '–',
  );
  const bar = make('span', { className: 'bar' });
  const item = make('li', {}, frame, make('span', { className: 'name' }, name), value, bar);
  return { item, view: new PictureView(frame, `Step ${name}`), value, bar };
}

/** How far the error fell, and how long that took. */
export function summary(steps: readonly InversionStep[], milliseconds: number): string {
  const [first, last] = [steps[0]?.l2 ?? 0, steps.at(-1)?.l2 ?? 0];
  const change = Math.round((1 - last / first) * 100);
  const sign = change >= 0 ? '−' : '+';
  const seconds = (milliseconds / 1000).toFixed(1);
  return `Error ${first.toFixed(4)} → ${last.toFixed(4)} (${sign}${Math.abs(change)}%) in ${seconds} s`;
}
