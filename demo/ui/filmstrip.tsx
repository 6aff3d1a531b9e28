/** y_0 … y_T beside the stage, each with its error; a press shows the person after that step. */
import { useEffect, useRef } from 'preact/hooks';
import { stepName } from '../state/words.ts';
import { BitmapView } from './bitmap-view.tsx';
import { useApp } from './context.ts';

/** Side of a step's picture in CSS pixels at most. */
const SIDE = 72;

/** The strip. */
export function Filmstrip() {
  const app = useApp();
  const { stage, look, ready } = app.desk;
  const steps = stage.steps.value;
  const worst = Math.max(1e-9, ...steps.map(({ l2 }) => l2));
  const chosen = look.step.value ?? steps.length - 1;
  const rest = Array.from({ length: stage.awaited.value }, (_, i) => steps.length + i);
  const strip = useRef<HTMLOListElement>(null);
  // where the strip is shorter than its steps, the newest is in view
  useEffect(() => {
    const { current } = strip;
    current?.scrollTo({ left: current.scrollWidth, top: current.scrollHeight });
  }, [steps.length]);
  return (
    <ol id="steps" class="filmstrip" ref={strip} aria-label="Steps of the inversion">
      {steps.map(({ index, l2, picture }) => (
        <li key={index}>
          <button
            type="button"
            aria-pressed={ready.value && chosen === index}
            disabled={!ready.value || app.desk.person.value?.kind !== 'inverted'}
            onClick={() => {
              look.step.value = index === steps.length - 1 ? undefined : index;
              void app.person.redraw();
            }}
          >
            <BitmapView picture={picture} label="" side={SIDE} />
            <span class="name">{stepName(index)}</span>
            <span class="value">{l2.toFixed(4)}</span>
            <span class="bar" style={{ '--share': l2 / worst }} />
          </button>
        </li>
      ))}
      {rest.map((index) => (
        <li key={index} class="awaited" aria-hidden="true">
          <span class="frame" />
          <span class="name">{stepName(index)}</span>
        </li>
      ))}
    </ol>
  );
}
