/**
 * The generators that a model's people can be shown with: those that came with the model, mounted when they are
 * first asked for, and those that were added. They stay on the GPU beside the model.
 */
import { ensure, imported, inWords } from '../errors.ts';
import type { Domain } from '../method/domain.ts';
import type { Engine } from '../method/engine.ts';
import { SharedOffsets } from '../method/shared-offsets.ts';
import type { WeightSource } from '../weights/weight-source.ts';

/** Domains by name. */
export class Domains {
  readonly #engine: Engine;
  readonly #shipped: NonNullable<WeightSource['domains']>;
  readonly #mounted = new Map<string, Promise<Domain>>();
  /** ΣΔ of whom they show, computed once for all of them. */
  readonly offsets: SharedOffsets;

  constructor(engine: Engine, shipped: WeightSource['domains']) {
    this.#engine = engine;
    this.#shipped = shipped ?? new Map();
    this.offsets = new SharedOffsets(engine);
  }

  /** All names, those that came with the model first. */
  get names(): readonly string[] {
    return [...new Set([...this.#shipped.keys(), ...this.#mounted.keys()])];
  }

  /** @throws `option` error when there is a domain of that name */
  ensureFree(name: string): void {
    ensure(!this.names.includes(name), 'option', () => `domain "${name}" exists already; choose another name`);
  }

  /** @throws `option` error, which lists those there are, for an unknown name */
  ensureKnown(name: string): void {
    ensure(this.names.includes(name), 'option', () => this.#unknown(name));
  }

  #unknown(name: string): string {
    return `domain ${inWords(name)}: ${this.names.length > 0 ? `there are ${this.names.join(', ')}` : 'none was added'}`;
  }

  /** Mounts a generator. @throws `option` error for a name that is taken, errors of {@link Domain.mount} */
  async add(name: string, source: WeightSource): Promise<void> {
    this.ensureFree(name);
    await this.#mount(name, async () => source);
  }

  /** @throws `option` error for an unknown name; errors of the source and of {@link Domain.mount} where it is not mounted yet */
  async get(name: string): Promise<Domain> {
    const mounted = this.#mounted.get(name);
    if (mounted) return mounted;
    const open = this.#shipped.get(name);
    ensure(open, 'option', () => this.#unknown(name));
    return this.#mount(name, open);
  }

  /** Two callers share one mount; one that fails may be tried again; none outlives the model. */
  #mount(name: string, open: (signal: AbortSignal) => Promise<WeightSource>): Promise<Domain> {
    const engine = this.#engine;
    const mounting = engine.runtime.life.during(async (signal) => {
      const [source, part] = await Promise.all([open(signal), imported(import('../method/domain.ts'))]);
      return engine.exclusive(() => part.Domain.mount(engine, name, source, { signal }));
    });
    this.#mounted.set(name, mounting);
    mounting.catch(() => this.#mounted.delete(name));
    return mounting;
  }
}
