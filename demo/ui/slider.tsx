/** A slider with its name and value; filled from where its zero lies. */

/** What a slider is. */
interface SliderProps {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Where the coloured part of the line begins. */
  readonly origin: number;
  readonly text: string;
  readonly disabled?: boolean;
  readonly onChange: (value: number) => void;
}

/** A row with a slider. */
export function Slider({ id, label, value, min, max, step, origin, text, disabled = false, onChange }: SliderProps) {
  const at = (x: number): number => (100 * (x - min)) / (max - min);
  const [low, high] = [Math.min(at(origin), at(value)), Math.max(at(origin), at(value))];
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        disabled={disabled}
        aria-valuetext={text}
        style={{ '--low': `${low}%`, '--high': `${high}%` }}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
        onDblClick={() => onChange(origin)}
      />
      <output for={id}>{text}</output>
    </div>
  );
}
