/** The ways to invert a photo side by side, and what is known of the inversion on the stage: errors a step, layers that moved. */

import { METHODS } from '../engine/facts.ts';
import { METHOD_NAMES } from '../engine/method-names.ts';
import { humanSeconds } from '../state/words.ts';
import { BitmapView } from './bitmap-view.tsx';
import { LayerChart, StepChart } from './charts.tsx';
import { useApp } from './context.ts';
import { Slider } from './slider.tsx';

/** The panel. */
export function MethodsPanel() {
  const app = useApp();
  const { stage, ready, photo, person } = app.desk;
  const { moves } = app.insight;
  return (
    <>
      <section class="group">
        <h2>Errors by step</h2>
        {stage.steps.value.length > 1 ? (
          <StepChart steps={stage.steps.value} />
        ) : (
          <p class="muted">Invert a photo to see how its errors fall.</p>
        )}
      </section>
      <section class="group">
        <h2>Which layers moved</h2>
        {moves.value && <LayerChart moves={moves.value} />}
        <div class="buttons">
          <button
            type="button"
            id="read-moves"
            disabled={!ready.value || person.value?.kind === 'tuned'}
            onClick={() => app.insight.readMoves()}
          >
            {moves.value ? 'Measure again' : 'Measure the layers'}
          </button>
        </div>
      </section>
      <section class="group">
        <h2>Compare methods on this photo</h2>
        <Results />
        <Slider
          id="effort"
          label="Tuning steps"
          value={app.insight.effort.value}
          min={5}
          max={300}
          step={5}
          origin={0}
          text={String(app.insight.effort.value)}
          onChange={(value) => {
            app.insight.effort.value = value;
          }}
        />
        <div class="buttons">
          <button
            type="button"
            id="compare-methods"
            class="primary"
            disabled={!ready.value || !photo.view.value}
            onClick={() => app.insight.compareMethods()}
          >
            Compare
          </button>
        </div>
      </section>
    </>
  );
}

function Results() {
  const { insight } = useApp();
  const results = insight.results.value;
  if (results.length === 0) {
    return (
      <p class="muted">
        W inversion, latent optimisation, pivotal tuning, HyperStyle, and HyperStyle then tuning, one after another,
        each with its time and error.
      </p>
    );
  }
  return (
    <ul class="results">
      {METHODS.map((method) => {
        const result = results.find((found) => found.method === method);
        return (
          <li key={method} class={result ? '' : 'awaited'}>
            {result ? (
              <BitmapView picture={result.picture} label={METHOD_NAMES[method]} side={104} />
            ) : (
              <span class="frame" />
            )}
            <strong>{METHOD_NAMES[method]}</strong>
            {result && (
              <span class="muted">
                {humanSeconds(result.seconds, true)} · L2 {result.l2.toFixed(4)}
                {result.similarity === null ? '' : ` · MS-SSIM ${result.similarity.toFixed(3)}`}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
