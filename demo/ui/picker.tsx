/** The strip of portraits to choose from: your own, the camera's, fresh ones, and the model's samples. */
import { useState } from 'preact/hooks';
import { CameraDialog } from './camera.tsx';
import { useApp } from './context.ts';
import { FileButton } from './file-button.tsx';

/** The strip. */
export function Picker() {
  const app = useApp();
  const [camera, setCamera] = useState(false);
  const { model } = app.desk;
  const choice = app.portraits.choice.value;
  const ready = model.facts.value !== null;
  return (
    <section class="picker" aria-label="Choose a portrait">
      <div class="strip">
        <FileButton
          id="file"
          class="tile action"
          accept="image/*"
          disabled={!ready}
          onFiles={(files) => app.openFiles(files)}
        >
          <span class="glyph" aria-hidden="true">
            +
          </span>
          Your photo
        </FileButton>
        <button type="button" id="camera" class="tile action" disabled={!ready} onClick={() => setCamera(true)}>
          <span class="glyph" aria-hidden="true">
            ◉
          </span>
          Camera
        </button>
        <button type="button" id="random" class="tile action" disabled={!ready} onClick={() => app.pickPortrait()}>
          <span class="glyph" aria-hidden="true">
            ⚄
          </span>
          New one
        </button>
        {app.tiles.value.map(({ seed, url }) => (
          <button
            type="button"
            key={seed}
            class="tile"
            aria-pressed={choice?.kind === 'portrait' && choice.seed === seed}
            onClick={() => app.pickPortrait(seed)}
          >
            <img src={url} alt={`Rendered portrait ${seed}`} width="64" height="64" />
          </button>
        ))}
        {model.samples.value.map((url, index) => (
          <button
            type="button"
            key={url}
            class="tile"
            aria-pressed={choice?.kind === 'sample' && choice.index === index}
            onClick={() => app.pickSample(index)}
          >
            <img src={url} alt={`Sample portrait ${index + 1}`} width="64" height="64" crossOrigin="anonymous" />
          </button>
        ))}
      </div>
      {camera && <CameraDialog onClose={() => setCamera(false)} />}
    </section>
  );
}
