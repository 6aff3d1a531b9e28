/** How much of a person's weight offsets is shown, a slider each layer group: 1 as inverted, 0 the generator as everybody has it. */
import { LAYER_GROUPS, type LayerGroup, type Strength } from '../src/index.ts';
import { byId, make } from './dom.ts';

/** What the groups paint, for people. */
const NAMES: Readonly<Record<LayerGroup, string>> = {
  coarse: 'Shape',
  medium: 'Features',
  fine: 'Details',
  rgb: 'Colours',
};
/** Beyond 1 exaggerates. */
const [STRONGEST, AS_INVERTED] = [1.5, 1];

/** The panel `#strengths`. */
export class StrengthPanel {
  readonly #sliders: ReadonlyMap<LayerGroup, HTMLInputElement>;

  /** `onChange` redraws the picture with {@link value}. */
  constructor(onChange: () => void) {
    const rows = LAYER_GROUPS.map((group) => strengthRow(group, onChange));
    this.#sliders = new Map(rows.map(({ group, slider }) => [group, slider]));
    byId('strengths', HTMLDivElement).replaceChildren(...rows.map(({ row }) => row));
    this.enable(false);
  }

  /** The factors that are set. */
  get value(): Strength {
    return Object.fromEntries([...this.#sliders].map(([group, slider]) => [group, slider.valueAsNumber]));
  }

  /** Sliders answer only while there is an inversion. */
  enable(on: boolean): void {
    for (const slider of this.#sliders.values()) slider.disabled = !on;
  }

  /** Everything as inverted, without drawing. */
  reset(): void {
    for (const slider of this.#sliders.values()) {
      slider.value = String(AS_INVERTED);
      tell(slider);
    }
  }
}

function strengthRow(group: LayerGroup, onChange: () => void) {
  const slider = make('input', {
    type: 'range',
    min: '0',
    max: String(STRONGEST),
    step: '0.05',
    value: String(AS_INVERTED),
    id: `strength-${group}`,
  });
  const output = make('output');
  output.setAttribute('for', slider.id);
  slider.addEventListener('input', () => {
    tell(slider);
    onChange();
  });
  const row = make('div', { className: 'edit' }, make('label', { htmlFor: slider.id }, NAMES[group]), output, slider);
  tell(slider);
  return { group, slider, row };
}

function tell(slider: HTMLInputElement): void {
  const at = (100 * slider.valueAsNumber) / STRONGEST;
  slider.style.setProperty('--low', '0%');
  slider.style.setProperty('--high', `${at}%`);
  const output = slider.parentElement?.querySelector('output');
  if (output) output.textContent = slider.valueAsNumber.toFixed(2);
}
