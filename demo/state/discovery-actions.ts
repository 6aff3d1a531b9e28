/** Sliders that come from elsewhere: dropped direction files, SeFa, GANSpace, and what a score finds. */
import { proxy } from 'comlink';
import type { Progress, Score } from '../engine/facts.ts';
import type { Desk } from './desk.ts';
import { humanName } from './words.ts';

/** Adds directions. */
export class DiscoveryActions {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Directions from files. */
  async addFiles(files: readonly File[]): Promise<void> {
    const { engine, notices } = this.#desk;
    await notices.watch(async () => this.#added(await engine.model.addDirections(files)));
  }

  /** SeFa's directions of some layers, or of all. */
  async sefa(rows: readonly [number, number] | null): Promise<void> {
    await this.#desk.task('Reading the modulation weights', async () =>
      this.#added(await this.#desk.engine.discovery.sefa(rows)),
    );
  }

  /** GANSpace's components. */
  async ganspace(): Promise<void> {
    await this.#desk.task('Sampling latents', async () => this.#added(await this.#desk.engine.discovery.ganspace()));
  }

  /** A direction along which a score rises. */
  async find(score: Score): Promise<void> {
    const { engine, stage } = this.#desk;
    await this.#desk.task(`Looking for ${score}`, async (report) => {
      const onProgress = (progress: Progress): void => report(progress);
      const { name, correlation } = await engine.discovery.find(score, proxy(onProgress));
      await this.#added([name]);
      stage.status.value = `${humanName(name)}: tells the samples apart with a correlation of ${correlation.toFixed(2)}`;
    });
  }

  /** The directions that were added, as a file. */
  async save(): Promise<void> {
    const { engine, notices, deliver } = this.#desk;
    await notices.watch(async () => deliver(await engine.discovery.save()));
  }

  async #added(names: readonly string[]): Promise<void> {
    await this.#desk.model.refresh();
    this.#desk.stage.status.value = `New sliders: ${names.map((name) => humanName(name).toLowerCase()).join(', ')}`;
  }
}
