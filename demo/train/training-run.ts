/** A training in the page's worker: a hypernetwork learns from clay portraits, and shows what it makes of a few others. */
import { randomPortrait } from '../../portraits/random.ts';
import { renderPortraitTensor } from '../../portraits/render.ts';
import { judge, type Picture, Trainer, type TrainingPictures } from '../../src/index-training.ts';

/** What it begins with: heads that have learnt nothing, or the model's own hypernetwork. */
export type Beginning = 'fresh' | 'own';

/** A picture as a canvas takes it. */
export interface Shown {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** What the page shows of a step. */
export interface StepView {
  readonly step: number;
  readonly error: number;
  readonly seconds: number;
  /** Of the portraits that judge: target, y_0 and y_1 each, and their mean errors; every so many steps. */
  readonly judged?: { readonly columns: readonly (readonly Shown[])[]; readonly errors: readonly number[] };
}

/** Portraits that judge, and where their seeds begin; the others are drawn from small ones. */
const [JUDGES, JUDGES_SEED] = [4, 4_000_000_000];
/** Steps between two looks at them. */
const LOOK_EVERY = 5;
/** More than anybody waits for. */
const MOST_STEPS = 1_000_000;
/** Small heads begin near y_0, so that the first minutes show something. */
const HEAD_SCALE = 0.1;
const RATES: Readonly<Record<Beginning, number>> = { fresh: 1e-3, own: 1e-4 };

/** One training. Calls come from the page by messages. */
export class TrainingRun {
  #trainer: Trainer | undefined;
  #beginning: Beginning = 'fresh';
  #stop: AbortController | undefined;

  /** Whether there is WebGPU here at all. */
  available(): boolean {
    return navigator.gpu !== undefined;
  }

  /**
   * Loads the model and puts it on the GPU, in the place of an earlier one.
   * @returns how many numbers learn. Errors as `Trainer.open`
   */
  async open(model: string, beginning: Beginning): Promise<number> {
    this.#trainer?.dispose();
    this.#trainer = undefined;
    this.#beginning = beginning;
    const fresh = beginning === 'fresh' ? { headScale: HEAD_SCALE } : undefined;
    this.#trainer = await Trainer.open(model, { passes: 1, optimiser: 'adam', fresh });
    return this.#trainer.parameters;
  }

  /** Learns until it is stopped; another start goes on from there. @returns steps done. Errors as `Trainer.run` */
  async start(onStep: (view: StepView) => void | Promise<void>): Promise<number> {
    const trainer = this.#trainer;
    if (!trainer) return 0;
    this.#stop = new AbortController();
    const { step } = await trainer.run({
      pictures: portraits(trainer.shape[1]),
      steps: MOST_STEPS,
      rate: RATES[this.#beginning],
      stop: this.#stop.signal,
      onStep: async ({ step: done, losses, seconds }) => {
        const look = done === 1 || done % LOOK_EVERY === 0;
        const view = { step: done, error: losses.l2 ?? Number.NaN, seconds };
        await onStep(look ? { ...view, judged: await judged(trainer) } : view);
      },
    });
    return step;
  }

  /** Ends the run after the pass under way. */
  stop(): void {
    this.#stop?.abort();
  }

  /** The model as it is now, as a checkpoint of the published layout. */
  async checkpoint(): Promise<Uint8Array<ArrayBuffer>> {
    const files = await this.#trainer?.checkpoint();
    return files?.get('hyperstyle') ?? new Uint8Array();
  }
}

/** Portraits without an end. */
function portraits(side: number): TrainingPictures {
  return {
    name: 'clay portraits',
    count: Number.POSITIVE_INFINITY,
    width: side,
    read: async (seed) => portrait(seed, side),
  };
}

function portrait(seed: number, side: number): Picture {
  const { attributes, accessories } = randomPortrait(seed, { accessories: true });
  return renderPortraitTensor(attributes, accessories, side);
}

async function judged(trainer: Trainer): Promise<NonNullable<StepView['judged']>> {
  const [height, width] = trainer.shape;
  const targets = Array.from({ length: JUDGES }, (_, n) => portrait(JUDGES_SEED + n, width));
  const { errors, shown } = await judge(trainer, targets);
  const columns = targets.map((target, i) =>
    [target, ...(shown[i] ?? [])].map((picture) => ({ data: pixels(picture), width, height })),
  );
  return { columns, errors };
}

/** Planes in [-1, 1] as RGBA bytes; the array clamps. */
function pixels(picture: Picture): Uint8ClampedArray<ArrayBuffer> {
  const plane = picture.length / 3;
  const data = new Uint8ClampedArray(4 * plane).fill(255);
  for (let i = 0; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++) {
      data[4 * i + channel] = ((picture[channel * plane + i] ?? 0) + 1) * 127.5;
    }
  }
  return data;
}
