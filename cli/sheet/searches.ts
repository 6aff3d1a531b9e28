/** A sheet's people who are searched for in their pictures: each search runs once, however many edits show what it found. */
import type { HyperStyle, Inversion, PivotedPerson, Pixels } from '../../src/index.ts';
import { unpackPicture } from '../invert/events.ts';
import type { JobContext } from '../job.ts';
import type { SheetParams } from './events.ts';
import type { Cell, Search } from './grids.ts';

/** Steps of latent optimisation: pivotal tuning's first phase is longer, but the picture has settled. */
const LATENT_STEPS = 150;
/** Steps between two signs of life. */
const EVERY = 10;

/** Searches of one sheet. */
export class Searches {
  readonly #ctx: JobContext;
  readonly #hs: HyperStyle;
  readonly #people: readonly Inversion[];
  readonly #found = new Map<string, Inversion | PivotedPerson>();

  constructor(ctx: JobContext, hs: HyperStyle, people: readonly Inversion[]) {
    this.#ctx = ctx;
    this.#hs = hs;
    this.#people = people;
  }

  /** The picture of a person whom a search found, after edits. Errors as `HyperStyle.pivot`. */
  async show({ person, by, edits }: Extract<Cell, { kind: 'found' }>): Promise<Pixels> {
    const key = `${person} ${by}`;
    const found = this.#found.get(key) ?? (await this.#search(person, by));
    this.#found.set(key, found);
    await found.edit(edits);
    return found.toImageData();
  }

  async #search(person: number, by: Search): Promise<Inversion | PivotedPerson> {
    const photo = unpackPicture(await this.#ctx.get(`person${person}`));
    const hooks = { every: EVERY, onProgress: () => this.#ctx.emit(null) };
    if (by === 'latent') return this.#hs.optimise(photo, { steps: LATENT_STEPS, ...hooks });
    const { tuning } = this.#ctx.params as SheetParams;
    const from = by === 'tuned-from-w' ? 'w' : this.#people[person];
    return this.#hs.pivot(photo, { from, steps: tuning, ...hooks });
  }
}
