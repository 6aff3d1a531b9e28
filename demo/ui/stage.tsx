/** The middle of the page: the photo while it is cut, else the viewer with its steps; words and tools around it. */
import { useApp } from './context.ts';
import { CropView } from './crop-view.tsx';
import { Filmstrip } from './filmstrip.tsx';
import { StatusLine } from './messages.tsx';
import { Viewer } from './viewer.tsx';

/** The stage. */
export function Stage() {
  const { stage } = useApp().desk;
  const cropping = stage.mode.value === 'crop';
  return (
    <section class="stage" aria-label="Picture">
      <div class={`stage-body ${cropping ? 'cropping' : ''}`}>
        {cropping ? (
          <CropView />
        ) : (
          <>
            <Filmstrip />
            <Viewer />
          </>
        )}
      </div>
      <div class="stage-foot">
        <StatusLine />
        <StageTools />
      </div>
    </section>
  );
}

function StageTools() {
  const app = useApp();
  const { stage, person, photo, tasks, ready } = app.desk;
  const own = app.portraits.choice.value?.kind === 'own';
  const waiting = stage.mode.value === 'person' && person.value === null && tasks.current.value === null;
  return (
    <div class="tools">
      {waiting && photo.view.value && (
        <button type="button" class="primary" onClick={() => app.portraits.invertPhoto()}>
          Invert
        </button>
      )}
      {stage.mode.value === 'person' && own && photo.view.value && (
        <button type="button" onClick={() => app.portraits.showCrop()}>
          Crop again
        </button>
      )}
      {stage.steps.value.length > 0 && (
        <label class="toggle">
          <input
            type="checkbox"
            id="before-first"
            checked={stage.beforeChoice.value === 'first'}
            onChange={(event) => {
              stage.beforeChoice.value = event.currentTarget.checked ? 'first' : 'photo';
            }}
          />
          Compare with y₀
        </label>
      )}
      {photo.view.value && person.value && (
        <label class="toggle">
          <input
            type="checkbox"
            id="error-map"
            disabled={!ready.value}
            checked={stage.showsErrors.value}
            onChange={(event) => app.person.showErrors(event.currentTarget.checked)}
          />
          Error map
        </label>
      )}
    </div>
  );
}
