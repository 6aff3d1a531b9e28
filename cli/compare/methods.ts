/**
 * The methods that are compared, on one photo: what each shows after some of its steps, how long it took, and whom it
 * ends with.
 */
import { withoutOffsets } from '../../src/api/person-steps.ts';
import { ensure } from '../../src/errors.ts';
import type {
  HyperStyle,
  Inversion,
  InvertOptions,
  PersonValues,
  Picture,
  PivotedPerson,
  RgbaPixels,
} from '../../src/index.ts';
import type { Restyle } from '../../src/method/restyle.ts';
import type { Method, MethodSteps } from './events.ts';

/** A method after some of its steps. */
export interface State {
  readonly step: string;
  readonly seconds: number;
  /** `[3, size, size]` in about [-1, 1]. */
  readonly picture: Float32Array;
}

/** What a method ends with. */
export interface Found {
  readonly states: readonly State[];
  readonly person: Inversion | PivotedPerson;
}

/** What a method may use. */
export interface Bench {
  readonly hs: HyperStyle;
  readonly restyle: Restyle | undefined;
  /** Whether the model was given e4e's encoder; its own W encoder stands for it otherwise. */
  readonly hasE4e: boolean;
  readonly steps: MethodSteps;
  readonly loss: Readonly<Record<string, number>>;
  readonly signal: AbortSignal;
}

/** Seconds since it was made, without those in which pictures were read back. */
class Clock {
  readonly states: State[] = [];
  readonly #hs: HyperStyle;
  #begin = performance.now();
  #paused = 0;

  constructor(hs: HyperStyle) {
    this.#hs = hs;
  }

  /** What was done so far does not count. */
  restart(): void {
    this.#begin = performance.now();
    this.#paused = 0;
  }

  get seconds(): number {
    return (performance.now() - this.#begin - this.#paused) / 1000;
  }

  /** Notes a picture as soon as the GPU has computed it. */
  async note(step: string, read: () => Promise<Float32Array>): Promise<void> {
    await this.#hs.engine.device.queue.onSubmittedWorkDone();
    const [now, seconds] = [performance.now(), this.seconds];
    this.states.push({ step, seconds, picture: await read() });
    this.#paused += performance.now() - now;
  }

  /** The same of a picture object. */
  show(step: string, picture: Picture): Promise<void> {
    return this.note(step, () => picture.toFloats());
  }
}

/** Runs a method on a photo. Errors of `HyperStyle.invert`, `optimise` and `pivot`. */
export async function runMethod(bench: Bench, method: Method, photo: RgbaPixels): Promise<Found> {
  const clock = new Clock(bench.hs);
  const person = await RUN[method](bench, photo, clock);
  return { states: clock.states, person };
}

type Run = (bench: Bench, photo: RgbaPixels, clock: Clock) => Promise<Inversion | PivotedPerson>;

const RUN: Readonly<Record<Method, Run>> = {
  optimise: (bench, photo, clock) => optimised(bench, photo, clock, 'w+'),
  async pti(bench, photo, clock) {
    const pivot = await optimised(bench, photo, clock, 'w');
    return tuned(bench, photo, clock, { from: pivot, steps: bench.steps.tuning });
  },
  e4e: (bench, photo, clock) => inverted(bench, photo, clock, { steps: 0, encoder: bench.hasE4e ? 'e4e' : 'w' }),
  restyle: restyled,
  hyperstyle: (bench, photo, clock) => inverted(bench, photo, clock, { steps: bench.steps.passes }),
  async 'hyperstyle+pti'(bench, photo, clock) {
    const start = await inverted(bench, photo, clock, { steps: bench.steps.passes });
    return tuned(bench, photo, clock, { from: start, steps: bench.steps.polish });
  },
};

function inverted(
  { hs, signal }: Bench,
  photo: RgbaPixels,
  clock: Clock,
  options: Pick<InvertOptions, 'steps' | 'encoder'>,
): Promise<Inversion> {
  return hs.invert(photo, { ...options, signal, onStep: ({ index, picture }) => clock.show(`y_${index}`, picture) });
}

function optimised(bench: Bench, photo: RgbaPixels, clock: Clock, space: 'w' | 'w+'): Promise<Inversion> {
  const { hs, steps, loss, signal } = bench;
  const { latents, every } = steps;
  return hs.optimise(photo, {
    space,
    steps: latents,
    every,
    loss,
    signal,
    onProgress: ({ step, picture }) => clock.show(`latents ${step}`, picture),
  });
}

/** @param start is disposed of */
async function tuned(
  bench: Bench,
  photo: RgbaPixels,
  clock: Clock,
  { from, steps }: { readonly from: Inversion; readonly steps: number },
): Promise<PivotedPerson> {
  const { hs, loss, signal } = bench;
  const { rate, every } = bench.steps;
  try {
    return await hs.pivot(photo, {
      from,
      steps,
      rate,
      every,
      loss,
      signal,
      onProgress: ({ step, picture }) => (step > 0 ? clock.show(`tuned ${step}`, picture) : undefined),
    });
  } finally {
    from.dispose();
  }
}

/** Its pictures are those of its own generator; whom it ends with is shown by the model's. */
async function restyled({ hs, restyle }: Bench, photo: RgbaPixels, clock: Clock): Promise<Inversion> {
  ensure(restyle, 'option', 'restyle needs its checkpoint');
  const { engine } = hs;
  const reading = await hs.invert(photo, { steps: 0 }); // leaves the photo in x, at the size that encoders read
  reading.dispose();
  const values = await engine.exclusive(async (): Promise<PersonValues> => {
    const x = await engine.read(engine.network.state.x);
    const passes: { readonly codes: Float32Array; readonly seconds: number }[] = [];
    clock.restart();
    const codes = await restyle.invert(x, restyle.steps, (found) => {
      passes.push({ codes: found, seconds: clock.seconds });
    });
    for (const [pass, { codes: found, seconds }] of passes.entries()) {
      restyle.synthesize(found);
      const picture = await restyle.read(restyle.network.generator.state.y);
      clock.states.push({ step: `y_${pass + 1}`, seconds, picture });
    }
    return withoutOffsets(engine.network, codes);
  });
  return hs.restore(values);
}
