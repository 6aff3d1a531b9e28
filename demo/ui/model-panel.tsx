/** The model in use and how to bring another; portraits of nobody; what runs on the GPU, for the curious. */
import { useSignal } from '@preact/signals';
import { humanBytes } from '../state/words.ts';
import { useApp } from './context.ts';
import { FileButton } from './file-button.tsx';
import { Slider } from './slider.tsx';

/** The panel. */
export function ModelPanel() {
  return (
    <>
      <Facts />
      <Nobody />
      <OwnModel />
      <Curious />
    </>
  );
}

function Facts() {
  const facts = useApp().desk.model.facts.value;
  if (!facts) return <p class="muted">No model is loaded.</p>;
  const rows: [string, string][] = [
    ['Name', facts.name],
    ['Draws', `${facts.width} × ${facts.height} px`],
    ['Reads', `${facts.inputSize} × ${facts.inputSize} px`],
    ['Sliders', String(facts.directions.length)],
    ['Domains', facts.domains.join(', ') || 'its own'],
    ['GPU memory', humanBytes(facts.memory)],
    ['Adapter', facts.adapter],
  ];
  return (
    <section class="group">
      <h2>Model</h2>
      <dl id="model" class="facts">
        {rows.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Nobody() {
  const app = useApp();
  const seed = useSignal(1);
  const truncation = useSignal(0.7);
  return (
    <section class="group">
      <h2>Somebody who never was</h2>
      <form
        class="generate"
        onSubmit={(event) => {
          event.preventDefault();
          void app.portraits.generate(seed.value, truncation.value);
        }}
      >
        <label>
          Seed{' '}
          <input
            id="seed"
            type="number"
            min="0"
            max="4294967295"
            step="1"
            required
            value={seed.value}
            onInput={(event) => {
              seed.value = event.currentTarget.valueAsNumber;
            }}
          />
        </label>
        <button type="submit" id="generate" disabled={app.desk.model.facts.value === null}>
          Draw
        </button>
      </form>
      <Slider
        id="truncation"
        label="Truncation"
        value={truncation.value}
        min={0}
        max={1.2}
        step={0.05}
        origin={0}
        text={truncation.value.toFixed(2)}
        onChange={(value) => {
          truncation.value = value;
        }}
      />
    </section>
  );
}

function OwnModel() {
  const app = useApp();
  const address = useSignal('');
  return (
    <section class="group">
      <h2>Your own model</h2>
      <form
        class="generate"
        onSubmit={(event) => {
          event.preventDefault();
          void app.openModel(address.value);
        }}
      >
        <label>
          Address of its folder{' '}
          <input
            id="model-address"
            type="url"
            required
            placeholder="https://…/my-model/"
            value={address.value}
            onInput={(event) => {
              address.value = event.currentTarget.value;
            }}
          />
        </label>
        <button type="submit">Load</button>
      </form>
      <div class="buttons">
        <FileButton id="folder" folder onFiles={(files) => app.openModel(files)}>
          Open a model folder
        </FileButton>
        <button type="button" onClick={() => app.openModel(null)}>
          The one that ships
        </button>
      </div>
    </section>
  );
}

function Curious() {
  const app = useApp();
  const { plan } = app.insight;
  return (
    <details
      class="more"
      onToggle={(event) => {
        if (event.currentTarget.open && plan.value === null) void app.insight.readPlan();
      }}
    >
      <summary>What runs on the GPU</summary>
      {plan.value === null ? (
        <p class="muted">Opens when a model is loaded.</p>
      ) : (
        <textarea id="plan" readOnly aria-label="Every dispatch of every graph" value={plan.value} rows={16} />
      )}
    </details>
  );
}
