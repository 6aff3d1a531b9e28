/** Wires the page: markup, studio, strip, files, model. The engine is reached through its public surface only. */
import { type HyperStyle, modelFileUrl } from '../src/index.ts';
import { AnimationPanel } from './animation.ts';
import { Compare } from './compare.ts';
import { byId, handler, humanBytes, make } from './dom.ts';
import { receiveFiles } from './drop.ts';
import { EditPanel } from './edits.ts';
import { loadModel } from './loading.ts';
import { clearNotice, showError, showNotice } from './notice.ts';
import { chooseDrawMode } from './picture-view.ts';
import { StepRow } from './steps.ts';
import { StrengthPanel } from './strength.ts';
import { Strip } from './strip.ts';
import { Studio } from './studio.ts';
import { TuningPanel } from './tuning.ts';
import { VersionPanel } from './version.ts';

/** The folder of the model that ships. The address may ask for another, `?model=URL`, and for `?steps=N`. */
const DEFAULT_MODEL = '../models/clay-portraits-64/';

const status = byId('status', HTMLParagraphElement);
const tell = (text: string): void => {
  status.textContent = text;
};
const compare = new Compare(() => void studio.showBefore().catch(showError));
const edits = new EditPanel((amounts) => studio.edit(amounts).catch(showError));
const studio: Studio = new Studio({
  compare,
  steps: new StepRow(),
  edits,
  strength: new StrengthPanel(() => edits.redraw()),
  version: new VersionPanel(() => edits.redraw()),
  tuning: new TuningPanel({ tune: () => studio.tune(), back: () => studio.untune(), report: showError }),
  animation: new AnimationPanel({
    scene: () => studio.scene,
    show: (picture) => compare.showAfter(picture, 'Animation'),
    played: () => edits.redraw(),
    status: tell,
    report: showError,
  }),
  status: tell,
});
const strip = new Strip(async (picture) => {
  clearNotice();
  await studio.invert(picture);
}, showError);

async function openPicture(file: File): Promise<void> {
  strip.unmark();
  const picture = await createImageBitmap(file).catch((cause: unknown) => {
    throw new Error(`${file.name}: the browser cannot decode this picture; save it as PNG, JPEG or WebP`, { cause });
  });
  clearNotice();
  await studio.invert(picture);
}

async function openIdentity(file: File): Promise<void> {
  strip.unmark();
  clearNotice();
  await studio.restore(new Uint8Array(await file.arrayBuffer()));
}

/** The model loaded last: samples of one before it, come late, are not its own. */
let newest: HyperStyle | undefined;

async function openModel(source: string | readonly File[]): Promise<void> {
  clearNotice();
  const model = await loadModel(source);
  newest = model;
  describe(model);
  watchGpu(model);
  await Promise.all([studio.use(model), openSamples(model, source)]);
}

/** Shows the samples of `model`; it may come without. */
async function openSamples(model: HyperStyle, source: string | readonly File[]): Promise<void> {
  const urls = typeof source === 'string' ? await sampleUrls(source).catch(() => []) : [];
  if (model === newest) strip.setSamples(urls);
}

/**
 * Sample pictures of a model folder on a server; how many there are stands in `samples/expected.json`.
 * @throws what a folder without that file makes `fetch` and JSON throw
 */
async function sampleUrls(folder: string): Promise<string[]> {
  const { mse }: { mse: number[][] } = await (await fetch(modelFileUrl(folder, 'samples/expected.json'))).json();
  return (mse[0] ?? []).map((_, i) => modelFileUrl(folder, `samples/portrait-${i}.png`).href);
}

function describe(model: HyperStyle): void {
  const { size, inputSize } = model.architecture;
  const facts: [string, string][] = [
    ['Name', model.name],
    ['Output', `${size} × ${size} px`],
    ['Reads', `${inputSize} × ${inputSize} px`],
    ['Directions', String(model.directions.length)],
    ['Domains', model.domains.join(', ') || 'its own'],
    ['GPU memory', humanBytes(model.memory().total)],
    ['Adapter', model.adapter],
  ];
  // Small pictures are not blown up to where they are only blur.
  document.documentElement.style.setProperty('--largest', `${Math.max(440, 4 * size)}px`);
  byId('model', HTMLDListElement).replaceChildren(
    ...facts.flatMap(([term, value]) => [make('dt', {}, term), make('dd', {}, value)]),
  );
}

/** Says so when the GPU goes away under the model in use; a model that was disposed of has destroyed its own device. */
function watchGpu(model: HyperStyle): void {
  model.lost.then(({ reason, message }) => {
    if (reason === 'destroyed') return;
    showNotice(`The GPU was lost${message ? ` (${message})` : ''}. Reload the page to go on.`, true);
  });
}

function connectControls(): void {
  const on = (id: string, work: () => Promise<void>): void => {
    byId(id, HTMLButtonElement).addEventListener('click', handler(showError, work));
  };
  on('download', () => studio.savePicture());
  on('save-identity', () => studio.saveIdentity());
  const [seed, truncation] = [byId('seed', HTMLInputElement), byId('truncation', HTMLInputElement)];
  truncation.addEventListener('input', () => {
    byId('truncation-value', HTMLOutputElement).textContent = truncation.value;
  });
  const generate = handler(showError, () => {
    strip.unmark();
    return studio.generate(seed.valueAsNumber, truncation.valueAsNumber);
  });
  byId('generate', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    generate(event);
  });
  const directions = (files: readonly File[]): Promise<void> => studio.addDirections(files);
  receiveFiles({ picture: openPicture, identity: openIdentity, model: openModel, directions }, showError);
}

async function start(): Promise<void> {
  const address = new URLSearchParams(location.search);
  byId('step-count', HTMLInputElement).value = address.get('steps') ?? '5';
  connectControls();
  if ('gpu' in navigator) await chooseDrawMode(); // without it loading says so
  await openModel(address.get('model') ?? DEFAULT_MODEL);
  strip.pickFirst();
}

start().catch(showError);
