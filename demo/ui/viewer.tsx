/**
 * The big picture: before and after with a divider between them, magnified and moved by pointer, fingers, wheel and
 * keys. The divider is a range input that screen readers and keyboards meet; the pointer moves it on the canvas.
 */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from './context.ts';
import { paintCompare } from './paint-compare.ts';
import { useGestures } from './use-gestures.ts';
import { panned, type ViewWindow, WHOLE, zoomed } from './view-window.ts';

/** What one press of a zoom button or key does, and one of an arrow key with Shift. */
const [ZOOM_STEP, PAN_STEP] = [1.4, 0.1];

/** The viewer. */
export function Viewer() {
  const { stage, model } = useApp().desk;
  const canvas = useRef<HTMLCanvasElement>(null);
  const divider = useSignal(0.5);
  const view = useSignal<ViewWindow>(WHOLE);
  const before = stage.before.value;
  const after = stage.showsErrors.value && stage.errorMap.value ? stage.errorMap.value : stage.after.value;
  const both = before !== null && after !== null;
  const facts = model.facts.value;
  const form = facts ? facts.width / facts.height : 1;

  usePaintedCanvas(canvas, { before, after, divider: divider.value, view: view.value });
  const gestures = useGestures({ view, divider, both });
  const keys = (event: KeyboardEvent): void => {
    const next = keyed(view.value, event);
    if (!next) return;
    event.preventDefault();
    view.value = next;
  };
  return (
    <div
      id="compare"
      class={`compare ${both ? 'both' : ''} ${view.value.zoom > 1 ? 'magnified' : ''}`}
      style={{ '--divider': `${100 * divider.value}%`, '--form': form }}
    >
      <canvas
        ref={canvas}
        role="img"
        aria-label={labelOf(before !== null, after !== null, stage.afterTag.value)}
        {...gestures}
      />
      {both && (
        <>
          <span class="tag left" id="before-tag">
            {stage.beforeTag.value}
          </span>
          <span class="divider" aria-hidden="true" />
          <input
            id="divider"
            class="unseen"
            type="range"
            min="0"
            max="100"
            step="1"
            value={100 * divider.value}
            aria-label="How much of the picture before shows. Plus and minus magnify, Shift with arrow keys moves."
            aria-valuetext={`${Math.round(100 * divider.value)} percent`}
            onInput={(event) => {
              divider.value = event.currentTarget.valueAsNumber / 100;
            }}
            onKeyDown={keys}
          />
        </>
      )}
      {after && (
        <span class="tag right" id="after-tag">
          {stage.showsErrors.value ? 'Error map' : stage.afterTag.value}
        </span>
      )}
      {!before && !after && (
        <p class="hint">{facts ? 'Choose a portrait, or drop a photo here' : 'The model is on its way'}</p>
      )}
      {(before || after) && (
        <fieldset class="zoom">
          <legend class="unseen">Magnification</legend>
          <button type="button" aria-label="Magnify" onClick={() => (view.value = zoomed(view.value, ZOOM_STEP))}>
            +
          </button>
          <button
            type="button"
            aria-label={`${view.value.zoom.toFixed(1)}×: show all of it`}
            disabled={view.value.zoom === 1}
            onClick={() => (view.value = WHOLE)}
          >
            {view.value.zoom.toFixed(1)}×
          </button>
          <button
            type="button"
            aria-label="Smaller"
            disabled={view.value.zoom === 1}
            onClick={() => (view.value = zoomed(view.value, 1 / ZOOM_STEP))}
          >
            −
          </button>
        </fieldset>
      )}
    </div>
  );
}

function labelOf(before: boolean, after: boolean, tag: string): string {
  if (before && after) return `Before and after: ${tag}`;
  if (after) return tag;
  return before ? 'The photo' : 'No picture yet';
}

/** What a key does to the window; undefined for keys that are not its own. */
function keyed(view: ViewWindow, { key, shiftKey }: KeyboardEvent): ViewWindow | undefined {
  if (key === '+' || key === '=') return zoomed(view, ZOOM_STEP);
  if (key === '-') return zoomed(view, 1 / ZOOM_STEP);
  if (key === '0') return WHOLE;
  if (!shiftKey) return undefined;
  if (key === 'ArrowLeft') return panned(view, PAN_STEP, 0);
  if (key === 'ArrowRight') return panned(view, -PAN_STEP, 0);
  if (key === 'ArrowUp') return panned(view, 0, PAN_STEP);
  return key === 'ArrowDown' ? panned(view, 0, -PAN_STEP) : undefined;
}

/** Paints when something has changed, at the canvas's size on the screen. */
function usePaintedCanvas(
  ref: { readonly current: HTMLCanvasElement | null },
  comparison: Parameters<typeof paintCompare>[1],
): void {
  const newest = useRef(comparison);
  newest.current = comparison;
  const paint = useRef((): void => {
    const context = ref.current?.getContext('2d');
    if (context) paintCompare(context, newest.current);
  });
  useEffect(() => {
    const { current: canvas } = ref;
    if (!canvas) return;
    const observer = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {};
      const scale = Math.min(2, devicePixelRatio || 1);
      canvas.width = Math.max(1, Math.round(width * scale));
      canvas.height = Math.max(1, Math.round(height * scale));
      paint.current();
    });
    observer.observe(canvas);
    const again = (): void => paint.current();
    canvas.addEventListener('contextrestored', again); // one that the GPU held is empty when the GPU is back
    return () => {
      observer.disconnect();
      canvas.removeEventListener('contextrestored', again);
    };
  }, [ref]);
  const { before, after, divider, view } = comparison;
  useEffect(() => {
    const frame = requestAnimationFrame(paint.current);
    return () => cancelAnimationFrame(frame);
  }, [before, after, divider, view]);
}
