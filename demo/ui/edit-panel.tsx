/** Sliders for every direction, grouped and searchable, each limited to some layers where wanted; and ways to find more. */
import { useSignal } from '@preact/signals';
import { SCORES } from '../engine/facts.ts';
import { humanName, signed } from '../state/words.ts';
import { useApp } from './context.ts';
import { editGroups } from './edit-groups.ts';
import { FileButton } from './file-button.tsx';
import { Slider } from './slider.tsx';

/** Standard deviations either way. */
const REACH = 3;

/** The panel. */
export function EditPanel() {
  const app = useApp();
  const { model, look, ready } = app.desk;
  const search = useSignal('');
  const byLayers = useSignal(false);
  const directions = model.facts.value?.directions ?? [];
  const groups = editGroups(directions, search.value);
  return (
    <>
      <div class="row">
        <input
          id="edit-search"
          type="search"
          placeholder={directions.length > 0 ? `Search ${directions.length} sliders` : 'Search the sliders'}
          aria-label="Search the sliders"
          value={search.value}
          onInput={(event) => {
            search.value = event.currentTarget.value;
          }}
        />
        <button
          type="button"
          id="reset"
          class="quiet"
          disabled={!ready.value || Object.keys(look.amounts.value).length === 0}
          onClick={() => {
            look.clearEdits();
            void app.person.redraw();
          }}
        >
          Reset
        </button>
      </div>
      {groups.map(({ title, names }) => (
        <section key={title} class="group">
          <h2>{title}</h2>
          {names.map((name) => (
            <EditSlider key={name} name={name} byLayers={byLayers.value} />
          ))}
        </section>
      ))}
      {model.facts.value && groups.length === 0 && (
        <p class="muted">
          {directions.length === 0 ? 'This model has no directions yet.' : 'No slider is called that.'}
        </p>
      )}
      <label class="toggle">
        <input
          type="checkbox"
          id="by-layers"
          checked={byLayers.value}
          onChange={(event) => {
            byLayers.value = event.currentTarget.checked;
          }}
        />
        Choose layers for each edit
      </label>
      <MoreSliders />
    </>
  );
}

function EditSlider({ name, byLayers }: { readonly name: string; readonly byLayers: boolean }) {
  const app = useApp();
  const { look, ready } = app.desk;
  const amount = look.amounts.value[name] ?? 0;
  const id = `edit-${name.replaceAll(' ', '-')}`;
  return (
    <>
      <Slider
        id={id}
        label={humanName(name)}
        value={amount}
        min={-REACH}
        max={REACH}
        step={0.1}
        origin={0}
        text={signed(amount)}
        disabled={!ready.value}
        onChange={(value) => {
          look.setAmount(name, value);
          void app.person.redraw();
        }}
      />
      {byLayers && amount !== 0 && <LayerRange name={name} />}
    </>
  );
}

/** First and last latent row that an edit moves. */
function LayerRange({ name }: { readonly name: string }) {
  const app = useApp();
  const { look, model } = app.desk;
  const last = (model.facts.value?.latentCount ?? 1) - 1;
  const [from, to] = look.rows.value[name] ?? [0, last + 1];
  const set = (first: number, end: number): void => {
    const [low, high] = [Math.min(first, end), Math.max(first, end)];
    look.setRows(name, low === 0 && high === last ? null : [low, high + 1]);
    void app.person.redraw();
  };
  const choice = (label: string, value: number, take: (value: number) => void) => (
    <label>
      {label}{' '}
      <select value={value} onChange={(event) => take(Number(event.currentTarget.value))}>
        {Array.from({ length: last + 1 }, (_, row) => (
          <option key={String(row)} value={row}>
            {row}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <fieldset class="layer-range">
      <legend class="unseen">Layers of {humanName(name)}</legend>
      {choice('Layers', from, (value) => set(value, to - 1))}
      {choice('to', to - 1, (value) => set(from, value))}
    </fieldset>
  );
}

function MoreSliders() {
  const app = useApp();
  const { model, tasks } = app.desk;
  const idle = model.facts.value !== null && tasks.current.value === null;
  const half = Math.floor((model.facts.value?.latentCount ?? 2) / 2);
  return (
    <details class="more">
      <summary>More sliders</summary>
      <p class="muted">
        Found in the model itself. SeFa reads what a latent changes most off the weights; GANSpace samples; the others
        look for what makes pictures brighter, more colourful or smile.
      </p>
      <div class="buttons">
        <button type="button" id="sefa" disabled={!idle} onClick={() => app.discovery.sefa(null)}>
          SeFa
        </button>
        <button type="button" disabled={!idle} onClick={() => app.discovery.sefa([0, half])}>
          SeFa, shape
        </button>
        <button type="button" id="ganspace" disabled={!idle} onClick={() => app.discovery.ganspace()}>
          GANSpace
        </button>
        {SCORES.map((score) => (
          <button
            type="button"
            key={score}
            id={`find-${score}`}
            disabled={!idle}
            onClick={() => app.discovery.find(score)}
          >
            Find {score}
          </button>
        ))}
        <FileButton
          id="directions"
          accept=".pt,.npy,.safetensors,.json"
          multiple
          disabled={!idle}
          onFiles={(files) => app.discovery.addFiles(files)}
        >
          Open direction files
        </FileButton>
        <button type="button" id="save-directions" disabled={!idle} onClick={() => app.discovery.save()}>
          Save these
        </button>
      </div>
    </details>
  );
}
