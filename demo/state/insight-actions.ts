/** For the curious: methods side by side on the photo, layers that moved, the plan of what runs. */
import { signal } from '@preact/signals';
import { proxy } from 'comlink';
import type { LayerMove, MethodResult, Progress } from '../engine/facts.ts';
import type { Desk } from './desk.ts';

/** How long the methods may take: steps that settle on the shipped model. */
const EFFORT = { optimise: 100, pivot: 100, refine: 60 } as const;

/** Compares and looks into the engine. */
export class InsightActions {
  readonly results = signal<readonly MethodResult[]>([]);
  readonly moves = signal<readonly LayerMove[] | null>(null);
  readonly plan = signal<string | null>(null);
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
      await engine.methods.compare({ ...EFFORT, steps: steps.value }, proxy(onResult), proxy(onProgress));
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

  /** What belongs to the person or the model before. */
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
