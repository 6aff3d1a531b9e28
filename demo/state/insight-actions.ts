/** For the curious: methods side by side on the photo, layers that moved, the plan of what runs. */
import { signal } from '@preact/signals';
import { proxy } from 'comlink';
import type { KernelTiming } from '../../src/index.ts';
import type { LayerMove, MethodResult, Progress } from '../engine/facts.ts';
import type { Desk } from './desk.ts';

/** Steps of optimising latents and of tuning from w that settle on the shipped model; tuning after HyperStyle needs fewer. */
const EFFORT = 100;
const REFINE_SHARE = 0.6;

/** Compares and looks into the engine. */
export class InsightActions {
  readonly results = signal<readonly MethodResult[]>([]);
  /** Steps of the methods that take some. */
  readonly effort = signal(EFFORT);
  readonly moves = signal<readonly LayerMove[] | null>(null);
  readonly plan = signal<string | null>(null);
  /** Undefined until they were asked for; null where the browser has no clock for them. */
  readonly timings = signal<readonly KernelTiming[] | null | undefined>(undefined);
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Runs every method on the photo. */
  async compareMethods(): Promise<void> {
    const { engine, steps } = this.#desk;
    this.#clearResults();
    await this.#desk.task('Comparing methods', async (report) => {
      const onResult = (result: MethodResult): void => {
        this.results.value = [...this.results.value, result];
      };
      const onProgress = (progress: Progress): void => report(progress);
      const { value } = this.effort;
      const effort = { optimise: value, pivot: value, refine: Math.ceil(REFINE_SHARE * value), steps: steps.value };
      await engine.methods.compare(effort, proxy(onResult), proxy(onProgress));
    });
  }

  /** Which layers moved for the person on the stage. */
  async readMoves(): Promise<void> {
    const { engine, look, notices } = this.#desk;
    const { strength, step } = look.look.value;
    await notices.watch(async () => {
      this.moves.value = await engine.insight.layerMoves({ strength, step });
    });
  }

  /** Every dispatch of every graph. */
  async readPlan(): Promise<void> {
    await this.#desk.notices.watch(async () => {
      this.plan.value = await this.#desk.engine.model.plan();
    });
  }

  /** How long each dispatch takes. */
  async readTimings(): Promise<void> {
    await this.#desk.notices.watch(async () => {
      this.timings.value = await this.#desk.engine.model.timings();
    });
  }

  /** What belongs to the model before. */
  forgetModel(): void {
    this.forget();
    this.plan.value = null;
    this.timings.value = undefined;
  }

  /** What belongs to the person before. */
  forget(): void {
    this.moves.value = null;
    this.#clearResults();
  }

  #clearResults(): void {
    const { value } = this.results;
    this.results.value = [];
    for (const { picture } of value) picture.close();
  }
}
