/** Everything that leaves the page as a file, and people who come back from one. */
import { useApp } from './context.ts';
import { FileButton } from './file-button.tsx';

/** The panel. */
export function SavePanel() {
  const app = useApp();
  const { ready, person, stage } = app.desk;
  const someone = ready.value;
  return (
    <>
      <section class="group">
        <h2>Picture</h2>
        <div class="buttons">
          <button
            type="button"
            id="download"
            class="primary"
            disabled={!someone && stage.mode.value !== 'nobody'}
            onClick={() => app.person.save('png')}
          >
            Save as PNG
          </button>
          <button
            type="button"
            id="paste-back"
            disabled={!someone || !person.value?.pastes}
            onClick={() => app.person.save('pasted')}
          >
            Put back into the photo
          </button>
        </div>
        <p class="muted">
          The picture at the model's own size, or your whole photo with it in its place, the rest untouched.
        </p>
      </section>
      <section class="group">
        <h2>Person</h2>
        <div class="buttons">
          <button type="button" id="save-identity" disabled={!someone} onClick={() => app.person.save('identity')}>
            Save the person
          </button>
          <FileButton
            id="load-identity"
            accept=".identity,.safetensors"
            disabled={app.desk.model.facts.value === null}
            onFiles={(files) => app.openFiles(files)}
          >
            Open a person
          </FileButton>
        </div>
        <p class="muted">
          A person's file holds everything the networks found out about one picture, in a few kilobytes; of a tuned
          generator it holds each weight that moved.
        </p>
      </section>
    </>
  );
}
