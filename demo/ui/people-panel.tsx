/** People who were remembered, their mix, and animations of one or several. */
import type { AnimationFormat } from '../engine/facts.ts';
import type { CastView } from '../state/cast.ts';
import { BitmapView } from './bitmap-view.tsx';
import { useApp } from './context.ts';
import { Slider } from './slider.tsx';

/** Formats and how people call them. */
const FORMATS: readonly (readonly [AnimationFormat, string])[] = [
  ['gif', 'GIF'],
  ['mp4', 'MP4'],
  ['webm', 'WebM'],
  ['png', 'PNG files'],
];

/** The panel. */
export function PeoplePanel() {
  const app = useApp();
  const { cast, ready, person } = app.desk;
  const members = cast.members.value;
  const canRemember = ready.value && person.value?.kind !== 'tuned';
  return (
    <>
      <section class="group">
        <h2>Remembered people</h2>
        {members.length === 0 && (
          <p class="muted">Remember two people or more to mix them, or to travel from one to the next.</p>
        )}
        <div class="cast">
          {members.map((member, index) => (
            <Member key={member.id} member={member} number={index + 1} />
          ))}
        </div>
        <div class="buttons">
          <button type="button" id="remember" disabled={!canRemember} onClick={() => app.people.remember()}>
            Remember this person
          </button>
          <button
            type="button"
            id="mix"
            class="primary"
            disabled={members.length < 2 || app.desk.tasks.current.value !== null}
            onClick={() => app.people.mix()}
          >
            Show the mix
          </button>
        </div>
      </section>
      <Animate />
    </>
  );
}

function Member({ member, number }: { readonly member: CastView; readonly number: number }) {
  const app = useApp();
  const { cast } = app.desk;
  const set = (change: Partial<Pick<CastView, 'weight' | 'strength'>>): void => {
    cast.set(member.id, change);
    if (cast.mixing.value) void app.people.mix();
  };
  const { id, weight, strength, picture } = member;
  return (
    <fieldset class="member">
      <legend class="unseen">Person {number}</legend>
      <BitmapView picture={picture} label={`Person ${number}`} side={64} />
      <div>
        <Slider
          id={`weight-${id}`}
          label="Share"
          value={weight}
          min={0}
          max={1}
          step={0.05}
          origin={0}
          text={weight.toFixed(2)}
          onChange={(value) => set({ weight: value })}
        />
        <Slider
          id={`own-strength-${id}`}
          label="Strength"
          value={strength}
          min={0}
          max={1.5}
          step={0.05}
          origin={1}
          text={strength.toFixed(2)}
          onChange={(value) => set({ strength: value })}
        />
      </div>
      <button type="button" class="quiet" aria-label={`Forget person ${number}`} onClick={() => app.people.forget(id)}>
        ✕
      </button>
    </fieldset>
  );
}

function Animate() {
  const app = useApp();
  const { cast, ready, person, playing } = app.desk;
  const { motion } = app.people;
  const several = cast.members.value.length >= 2;
  const answers = ready.value && person.value?.kind !== 'tuned';
  return (
    <section class="group">
      <h2>Animate</h2>
      <fieldset class="chips">
        <legend class="unseen">What moves</legend>
        <label>
          <input
            type="radio"
            name="motion"
            checked={motion.value === 'swing'}
            onChange={() => (motion.value = 'swing')}
          />
          <span>Edits to and fro</span>
        </label>
        <label>
          <input
            type="radio"
            name="motion"
            disabled={!several}
            checked={motion.value === 'travel'}
            onChange={() => (motion.value = 'travel')}
          />
          <span>Person to person</span>
        </label>
      </fieldset>
      <div class="buttons">
        <button
          type="button"
          id="animation-play"
          class="primary"
          disabled={!answers && !playing.value}
          onClick={() => app.people.togglePlay()}
        >
          {playing.value ? 'Stop' : 'Play'}
        </button>
        {FORMATS.map(([format, name]) => (
          <button
            type="button"
            key={format}
            id={`animation-${format}`}
            disabled={!answers}
            onClick={() => app.people.exportAs(format)}
          >
            {name}
          </button>
        ))}
      </div>
      <p class="muted">The edits that are set swing; with none set, the first slider does.</p>
    </section>
  );
}
