/**
 * The schedule of a training on a runtime: batches of pictures → gradients → a step; and pictures that judge. What went
 * wrong is noticed before a step is made, so that the weights on the device are always those of the last good one.
 * Methods must run inside the runtime's `exclusive`.
 */
import { throwIfAborted } from '../errors.ts';
import type { Mounted } from '../runtime/mounted.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { TrainingFault } from './fault.ts';
import type { TrainingGraph, TrainingNetwork } from './training-network.ts';

/** A picture `[3, h, w]` in [-1, 1], as the networks read it. */
export type Picture = Float32Array<ArrayBuffer>;

/** Losses by name, unweighted, and their weighted sum as `total`. */
export type Losses = Readonly<Record<string, number>>;

/** What is told between passes. */
export interface PassHooks {
  readonly signal?: AbortSignal | undefined;
  /** Called after each pass, from 0, while y is that pass's. */
  readonly onPass?: ((pass: number, losses: Losses) => void | Promise<void>) | undefined;
}

/** A network that learns, on the device. */
export class TrainingSession {
  readonly network: TrainingNetwork;
  readonly mounted: Mounted<TrainingGraph>;
  readonly runtime: Runtime;
  /** Passes a batch: T for a hypernetwork, else 1. */
  readonly passes: number;

  constructor(network: TrainingNetwork, mounted: Mounted<TrainingGraph>, runtime: Runtime, passes: number) {
    this.network = network;
    this.mounted = mounted;
    this.runtime = runtime;
    this.passes = network.recipe.part === 'hypernetwork' ? passes : 1;
  }

  /** Before the first step, or a new beginning: moments zero, averages as the weights. */
  forget(): void {
    this.mounted.run('forget');
  }

  /** Drops the gradients that were summed. */
  clear(): void {
    this.mounted.run('clear');
  }

  /**
   * Adds the gradients of one batch.
   * @param pictures as many as the recipe's batch
   * @returns the losses of each pass
   * @throws {@link TrainingFault} where a loss is no finite number; `aborted`, `device`
   */
  async learn(pictures: readonly Picture[], hooks: PassHooks = {}): Promise<Losses[]> {
    return this.#run('pass', pictures, hooks);
  }

  /** The losses of each pass, with frozen statistics and no gradients. Errors as {@link learn}. */
  async judge(pictures: readonly Picture[], hooks: PassHooks = {}): Promise<Losses[]> {
    return this.#run('check', pictures, hooks);
  }

  async #run(graph: 'pass' | 'check', pictures: readonly Picture[], hooks: PassHooks): Promise<Losses[]> {
    const { mounted, network, runtime } = this;
    const { losses } = network;
    this.begin(pictures);
    const found: Losses[] = [];
    for (let pass = 0; pass < this.passes; pass++) {
      throwIfAborted(hooks.signal);
      mounted.run(graph);
      const values = losses.read(await runtime.read(losses.values), Math.min(pictures.length, network.places.length));
      if (!Number.isFinite(values.total)) throw new TrainingFault(graph, pass, values);
      found.push(values);
      await hooks.onPass?.(pass, values);
    }
    return found;
  }

  /** Codes of a batch, and y_0 of a hypernetwork. */
  begin(pictures: readonly Picture[]): void {
    this.place(pictures);
    this.mounted.run('restart', 'begin');
  }

  /** Writes a batch's pictures; the last one again where there are too few. */
  place(pictures: readonly Picture[]): void {
    this.network.places.forEach(({ x }, n) => {
      const picture = pictures[n] ?? pictures.at(-1);
      if (picture) this.mounted.write(x, picture);
    });
  }

  /**
   * The norm of the gradients summed so far, times `factor`. @throws {@link TrainingFault} naming the layer where one
   * is no number
   */
  async norm(factor: number): Promise<number> {
    const { squares, slots } = this.network.optimiser;
    this.mounted.run('norms');
    const values = await this.runtime.read(squares);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new TrainingFault('gradient', slots[bad]?.learnt.keys[0]?.[0] ?? '', {});
    return factor * Math.sqrt(values.reduce((sum, value) => sum + value, 0));
  }

  /** One step of the optimiser by the summed gradients. @param t from 1 */
  step(t: number, rate: number, factor: number): void {
    const { optimiser } = this.network;
    for (const [numbers, values] of optimiser.numbersOf(t, rate, factor)) this.mounted.write(numbers, values);
    this.mounted.run('step');
  }

  /** Runs `work` with the running averages in the weights' place, if there are any. */
  async averaged<T>(work: () => Promise<T>): Promise<T> {
    if (this.network.recipe.average === 0) return work();
    this.mounted.run('average');
    try {
      return await work();
    } finally {
      this.mounted.run('resume');
    }
  }
}
