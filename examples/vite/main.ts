/** A slider for every direction of the model, in a worker. `npm create vite@latest`, then this file as `src/main.ts`. */
import { loadInWorker } from 'hyperstyle-webgpu/worker';

const MODEL = '/models/clay-portraits-128/'; // a copy in public/
const canvas = document.querySelector('canvas') as HTMLCanvasElement;
const file = document.querySelector('#file') as HTMLInputElement;
const edits: Record<string, number> = {};

async function start(): Promise<void> {
  const hs = await loadInWorker(MODEL, { recover: true });
  const sample = await (await fetch(`${MODEL}samples/portrait-4.png`)).blob();
  let person = await hs.invert(sample, { steps: 1 });
  person.draw(canvas);
  for (const name of hs.directions) {
    const slider = Object.assign(document.createElement('input'), { type: 'range', min: '-3', max: '3', step: '0.1' });
    slider.value = '0';
    slider.oninput = async () => {
      edits[name] = slider.valueAsNumber;
      await person.edit(edits);
      person.draw(canvas);
    };
    const label = document.createElement('label');
    label.append(name, slider);
    document.querySelector('#sliders')?.append(label);
  }
  file.onchange = async () => {
    const [photo] = file.files ?? [];
    if (!photo) return;
    person.dispose();
    person = await hs.invert(photo, { align: 'auto', onStep: ({ picture }) => picture.draw(canvas) });
  };
}

start().then(
  () => (document.title = 'ready'),
  (error: Error) => (document.title = `failed: ${error.message}`),
);
