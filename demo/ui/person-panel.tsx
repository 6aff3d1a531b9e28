/** How much of the person shows, a slider each layer group; their domain and step; tuning to the photo. */
import { LAYER_GROUPS } from '../../src/index.ts';
import { MOST_STEPS } from '../state/address.ts';
import { GROUP_NAMES } from '../state/look.ts';
import { humanName, stepName } from '../state/words.ts';
import { useApp } from './context.ts';
import { Slider } from './slider.tsx';

/** Beyond 1 exaggerates. */
const STRONGEST = 1.5;
/** The choice that stands for the model's own generator. */
const OWN = '';

/** The panel. */
export function PersonPanel() {
  const app = useApp();
  const { look, ready, person, photo } = app.desk;
  const kind = person.value?.kind;
  const tuned = kind === 'tuned';
  const answers = ready.value && !tuned;
  return (
    <>
      <section class="group">
        <h2>How much of the person</h2>
        {LAYER_GROUPS.map((group) => (
          <Slider
            key={group}
            id={`strength-${group}`}
            label={GROUP_NAMES[group]}
            value={look.strength.value[group]}
            min={0}
            max={STRONGEST}
            step={0.05}
            origin={1}
            text={look.strength.value[group].toFixed(2)}
            disabled={!answers}
            onChange={(value) => {
              look.setStrength(group, value);
              void app.person.redraw();
            }}
          />
        ))}
        <p class="muted">1 is as inverted, 0 the generator as everybody has it, more exaggerates.</p>
      </section>
      <section class="group">
        <h2>Domain and step</h2>
        <DomainChoice disabled={!answers} />
        <StepChoice disabled={!answers} />
      </section>
      <section class="group">
        <h2>Tune to the photo</h2>
        <p class="muted">
          Pivotal tuning: every weight of the generator moves until its picture is yours. Slower than the hypernetwork,
          and nearer.
        </p>
        <div class="buttons">
          {tuned && photo.view.value ? (
            <button type="button" id="untune" disabled={!ready.value} onClick={() => app.person.untune()}>
              Back to the inversion
            </button>
          ) : (
            <button
              type="button"
              id="tune"
              disabled={!answers || !photo.view.value || kind !== 'inverted'}
              onClick={() => app.person.tune()}
            >
              Tune
            </button>
          )}
        </div>
      </section>
      <NextInversion />
    </>
  );
}

function DomainChoice({ disabled }: { readonly disabled: boolean }) {
  const app = useApp();
  const { look, model } = app.desk;
  const domains = model.facts.value?.domains ?? [];
  return (
    <fieldset class="chips" disabled={disabled}>
      <legend class="unseen">Domain</legend>
      {[OWN, ...domains].map((name) => (
        <label key={name}>
          <input
            type="radio"
            name="domain"
            value={name}
            checked={(look.domain.value ?? OWN) === name}
            onChange={() => {
              look.domain.value = name === OWN ? null : name;
              void app.person.redraw();
            }}
          />
          <span>{name === OWN ? 'Own' : humanName(name)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function StepChoice({ disabled }: { readonly disabled: boolean }) {
  const app = useApp();
  const { look, person } = app.desk;
  const last = person.value?.lastStep ?? 0;
  if (last === 0) return null;
  const step = look.step.value ?? last;
  return (
    <Slider
      id="shown-step"
      label="After step"
      value={step}
      min={0}
      max={last}
      step={1}
      origin={last}
      text={stepName(step)}
      disabled={disabled}
      onChange={(value) => {
        look.step.value = value === last ? undefined : value;
        void app.person.redraw();
      }}
    />
  );
}

function NextInversion() {
  const { steps } = useApp().desk;
  return (
    <section class="group">
      <h2>The next inversion</h2>
      <Slider
        id="step-count"
        label="Steps"
        value={steps.value}
        min={0}
        max={MOST_STEPS}
        step={1}
        origin={0}
        text={String(steps.value)}
        onChange={(value) => {
          steps.value = value;
        }}
      />
    </section>
  );
}
