/** One slider for each of the model's directions. Moves are merged: while one edit draws, only the newest is kept. */
import { byId, humanName, make, signed } from './dom.ts';

/** Edits that show most come first; every other direction follows under "More". */
const FIRST = ['smile', 'yaw', 'hair_length', 'hair_color', 'mouth_open', 'eye_open', 'skin_tone', 'light'];

/** Standard deviations either way. */
const REACH = 3;

/** The panel `#edits`. */
export class EditPanel {
  readonly #host = byId('edits', HTMLDivElement);
  readonly #reset = byId('reset', HTMLButtonElement);
  readonly #apply: (amounts: Readonly<Record<string, number>>) => Promise<void>;
  readonly #sliders = new Map<string, HTMLInputElement>();
  #running: Promise<void> | null = null;
  #stale = false;

  /** `apply` redraws the picture with the given amounts, in standard deviations; it reports its own errors. */
  constructor(apply: (amounts: Readonly<Record<string, number>>) => Promise<void>) {
    this.#apply = apply;
    this.#reset.addEventListener('click', () => {
      this.toZero();
      this.#changed();
    });
  }

  /** Builds the sliders of a model. */
  build(directions: readonly string[]): void {
    this.#sliders.clear();
    const first = FIRST.filter((name) => directions.includes(name));
    const lead = first.length > 0 ? first : directions.slice(0, 8);
    const rest = directions.filter((name) => !lead.includes(name));
    this.#host.replaceChildren(...lead.map((name) => this.#row(name)));
    if (rest.length > 0) {
      const more = make(
        'details',
        {},
        make('summary', {}, `${rest.length} more`),
        ...rest.map((name) => this.#row(name)),
      );
      this.#host.append(more);
    }
    if (directions.length === 0)
      this.#host.append(make('p', { className: 'muted' }, 'This model has no edit directions.'));
    this.enable(false);
  }

  /** Sliders answer only while there is an inversion. */
  enable(on: boolean): void {
    for (const slider of this.#sliders.values()) slider.disabled = !on;
    this.#reset.disabled = !on;
  }

  /** Moves every slider to its middle without drawing. */
  toZero(): void {
    for (const slider of this.#sliders.values()) {
      slider.value = '0';
      showValue(slider);
    }
  }

  /** Amounts that are not zero, by name. */
  get amounts(): Record<string, number> {
    const all = [...this.#sliders].map(([name, slider]) => [name, slider.valueAsNumber] as const);
    return Object.fromEntries(all.filter(([, amount]) => amount !== 0));
  }

  #row(name: string): HTMLElement {
    const slider = make('input', {
      type: 'range',
      min: String(-REACH),
      max: String(REACH),
      step: '0.1',
      value: '0',
      id: `edit-${name}`,
      name,
    });
    const output = make('output', {}, '0');
    output.setAttribute('for', slider.id);
    this.#sliders.set(name, slider);
    slider.addEventListener('input', () => {
      showValue(slider);
      this.#changed();
    });
    return make('div', { className: 'edit' }, make('label', { htmlFor: slider.id }, humanName(name)), output, slider);
  }

  /** Draws with the amounts as they are, when something else of the picture has changed. */
  redraw(): void {
    this.#changed();
  }

  #changed(): void {
    this.#stale = true;
    this.#running ??= this.#drain().finally(() => {
      this.#running = null;
    });
  }

  async #drain(): Promise<void> {
    while (this.#stale) {
      this.#stale = false;
      await this.#apply(this.amounts);
    }
  }
}

function showValue(slider: HTMLInputElement): void {
  const amount = slider.valueAsNumber;
  const output = slider.parentElement?.querySelector('output');
  const at = 50 + (amount / REACH) * 50;
  slider.style.setProperty('--low', `${Math.min(50, at)}%`);
  slider.style.setProperty('--high', `${Math.max(50, at)}%`);
  if (output) output.textContent = signed(amount);
}
