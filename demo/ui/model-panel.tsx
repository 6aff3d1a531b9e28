/** The model in use and how to bring another; portraits of nobody; what runs on the GPU, for the curious. */
import { useSignal } from '@preact/signals';
import { OWN } from '../engine/facts.ts';
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
        <FileButton
          id="checkpoints"
          accept=".pt,.pth,.pkl,.bin,.safetensors"
          multiple
          onFiles={(files) => app.openFiles(files)}
        >
          Open two checkpoints
        </FileButton>
        <FileButton id="folder" folder onFiles={(files) => app.openModel(files)}>
          Open a model folder
        </FileButton>
        <button type="button" onClick={() => app.openModel(null)}>
          The one that ships
        </button>
      </div>
      <p class="muted">
        HyperStyle's checkpoint and its W encoder's, chosen or dropped together, are converted here and kept on this
        machine for the next visit.
      </p>
      <ul class="kept">
        {app.desk.model.own.value.map((name) => (
          <li key={name}>
            <button type="button" onClick={() => app.openModel(OWN + name)}>
              {name}
            </button>
            <button
              type="button"
              class="quiet"
              aria-label={`Forget ${name}`}
              onClick={() => app.desk.model.forgetOwn(name)}
            >
              ✕
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Curious() {
  const app = useApp();
  const { plan, timings } = app.insight;
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
        <>
          <textarea id="plan" readOnly aria-label="Every dispatch of every graph" value={plan.value} rows={16} />
          <Timings />
          <div class="buttons">
            <button
              type="button"
              id="read-timings"
              disabled={app.desk.tasks.current.value !== null}
              onClick={() => app.insight.readTimings()}
            >
              {timings.value ? 'Time the kernels again' : 'Time the kernels'}
            </button>
          </div>
        </>
      )}
    </details>
  );
}

/** Rows that are shown: the rest takes no time. */
const SLOWEST = 12;

/** Which kernels take how long, or why nobody can tell. */
function Timings() {
  const timings = useApp().insight.timings.value;
  if (timings === undefined) return null;
  if (timings === null) {
    return (
      <p id="timings" class="muted">
        This browser has no timestamp queries, so its GPU's own times cannot be read.
      </p>
    );
  }
  const all = timings.reduce((sum, { microseconds }) => sum + microseconds, 0);
  const slowest = [...timings].sort((a, b) => b.microseconds - a.microseconds).slice(0, SLOWEST);
  const share = (microseconds: number): string => `${(all > 0 ? (100 * microseconds) / all : 0).toFixed(0)} %`;
  return (
    <table id="timings">
      <caption>
        {timings.length} dispatches, {(all / 1000).toFixed(1)} ms by the GPU's clock; the slowest:
      </caption>
      <tbody>
        {slowest.map(({ graph, op, label, microseconds }, row) => (
          <tr key={String(row)}>
            <th scope="row">
              {op} <span class="muted">{`${graph}: ${label}`}</span>
            </th>
            <td>{(microseconds / 1000).toFixed(2)} ms</td>
            <td>{share(microseconds)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
