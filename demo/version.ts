/** Which version of the person is shown: in which domain, and after which step of the inversion. */
import { byId, humanName, make } from './dom.ts';

/** Value of the choice that stands for the model's own generator. */
const OWN = '';

/** The two choices above the strength sliders. */
export class VersionPanel {
  readonly #domain = byId('domain', HTMLSelectElement);
  readonly #step = byId('shown-step', HTMLSelectElement);

  /** `onChange` redraws the picture with {@link domain} and {@link step}. */
  constructor(onChange: () => void) {
    for (const choice of [this.#domain, this.#step]) choice.addEventListener('change', onChange);
  }

  /** Offers the domains of a model; without any the choice is hidden. */
  build(domains: readonly string[]): void {
    this.#domain.replaceChildren(
      make('option', { value: OWN }, 'Its own'),
      ...domains.map((name) => make('option', { value: name }, humanName(name))),
    );
    hideRow(this.#domain, domains.length === 0);
    this.offerSteps(0);
    this.enable(false);
  }

  /** Offers y_0 to y_`last`, the last one chosen; a person without steps of their own has no choice. */
  offerSteps(last: number): void {
    const options = Array.from({ length: last + 1 }, (_, step) =>
      make('option', { value: String(step) }, step === last ? `${step}, the last` : String(step)),
    );
    this.#step.replaceChildren(...options);
    this.#step.value = String(last);
    hideRow(this.#step, last === 0);
  }

  /** The chosen domain; null for the model's own generator. */
  get domain(): string | null {
    return this.#domain.value === OWN ? null : this.#domain.value;
  }

  /** The chosen step; undefined for a person's last one. */
  get step(): number | undefined {
    const { value, selectedIndex, length } = this.#step;
    return selectedIndex === length - 1 ? undefined : Number(value);
  }

  /** The choices answer only while there is an inversion. */
  enable(on: boolean): void {
    for (const choice of [this.#domain, this.#step]) choice.disabled = !on;
  }

  /** The person's own domain and last step, without drawing. */
  reset(): void {
    this.#domain.value = OWN;
    this.#step.selectedIndex = this.#step.length - 1;
  }
}

function hideRow(choice: HTMLSelectElement, hidden: boolean): void {
  const row = choice.parentElement;
  if (row) row.hidden = hidden;
}
