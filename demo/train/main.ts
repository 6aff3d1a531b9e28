/** "Train it yourself": starts and stops a training in a worker, draws its curve and its pictures, saves its checkpoint. */
import { proxy, wrap } from 'comlink';
import '../style/index.css';
import '../style/train.css';
import { PLACES } from '../places.ts';
import { download } from '../ui/download.ts';
import { curvePath } from './curve.ts';
import type { Beginning, StepView, TrainingRun } from './training-run.ts';

const [WIDTH, HEIGHT] = [600, 160];

/** An element of train.html. */
function element<T extends Element>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`train.html: there is no #${id}`);
  return found;
}

const start = element('start', HTMLButtonElement);
const stop = element('stop', HTMLButtonElement);
const save = element('save', HTMLButtonElement);
const begin = element('begin', HTMLSelectElement);
const status = element('status', HTMLParagraphElement);
const curve = element('curve', SVGElement);
const pictures = element('pictures', HTMLUListElement);

const run = wrap<TrainingRun>(
  new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'training' }),
);

/** What the training began with; null before the first start. */
let opened: Beginning | null = null;
let errors: number[] = [];
let first: number | undefined;
/** Errors of the portraits that judge, pass by pass, when they were last drawn. */
let latest: readonly number[] = [];

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function drawCurve(): void {
  const path = (points: string, name: string): SVGElement => {
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
    line.setAttribute('points', points);
    line.setAttribute('class', name);
    return line;
  };
  const { line, level } = curvePath(errors, first, { width: WIDTH, height: HEIGHT });
  curve.replaceChildren(path(line, 'line'), ...(level ? [path(level, 'level')] : []));
}

function drawPictures({ columns }: NonNullable<StepView['judged']>): void {
  const items = columns.map((column) => {
    const item = document.createElement('li');
    for (const { data, width, height } of column) {
      const canvas = document.createElement('canvas');
      canvas.width = width;
      canvas.height = height;
      canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
      item.append(canvas);
    }
    return item;
  });
  pictures.replaceChildren(...items);
}

function show({ step, error, seconds, judged }: StepView): void {
  errors.push(error);
  if (judged) {
    first = judged.errors[0];
    drawPictures(judged);
  }
  drawCurve();
  latest = judged?.errors ?? latest;
  const [y0, y1] = latest;
  const portraits = y0 === undefined || y1 === undefined ? '' : `; portraits: y₀ ${y0.toFixed(4)}, y₁ ${y1.toFixed(4)}`;
  status.textContent = `Step ${step}: error ${error.toFixed(4)}, ${seconds.toFixed(1)} s${portraits}`;
}

/** Which buttons can be pressed. */
function allow(running: boolean): void {
  start.disabled = running;
  begin.disabled = running;
  stop.disabled = !running;
  save.disabled = running || opened === null;
}

async function train(): Promise<void> {
  const wanted: Beginning = begin.value === 'own' ? 'own' : 'fresh';
  allow(true);
  try {
    if (opened !== wanted) {
      status.textContent = 'Loading the model …';
      opened = null;
      [errors, first, latest] = [[], undefined, []];
      if (!(await run.available()))
        throw new Error('This browser has no WebGPU in workers: try a current Chrome, Edge or Safari.');
      const count = await run.open(PLACES.model, wanted);
      opened = wanted;
      status.textContent = `${count.toLocaleString('en')} numbers learn; the first step compiles …`;
    }
    const steps = await run.start(proxy(show));
    status.textContent = `Stopped after step ${steps}. Start goes on from here.`;
  } catch (error) {
    status.textContent = words(error);
  } finally {
    allow(false);
  }
}

async function keep(): Promise<void> {
  allow(true);
  stop.disabled = true;
  try {
    const bytes = await run.checkpoint();
    download({ name: 'hyperstyle.pt', blob: new Blob([bytes]) });
    status.textContent = `Saved: hyperstyle.pt, ${(bytes.length / 2 ** 20).toFixed(1)} MiB`;
  } catch (error) {
    status.textContent = words(error);
  } finally {
    allow(false);
  }
}

start.addEventListener('click', () => void train());
stop.addEventListener('click', () => {
  stop.disabled = true;
  status.textContent = 'Stops after this pass …';
  void run.stop();
});
save.addEventListener('click', () => void keep());
