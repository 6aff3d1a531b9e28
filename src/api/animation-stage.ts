/**
 * Frames of an animation on the device: the people's values, what the engine shows of them already, and what of
 * it a frame needs anew. Where only edits move, a frame is one pass of the generator from the first layer that
 * moves on.
 */
import type { DomainShare, FrameState, PersonShare, Timeline } from '../animation/timeline.ts';
import { sharesOf } from '../animation/timeline-people.ts';
import type { EditVectors } from '../editing/edit-space.ts';
import { strengths } from '../editing/layer-groups.ts';
import { mix } from '../editing/mixing.ts';
import { ensure, inWords } from '../errors.ts';
import { Crossfade } from '../method/crossfade.ts';
import type { Domain } from '../method/domain.ts';
import type { OffsetsSource } from '../method/shared-offsets.ts';
import { byteLength, type Tensor } from '../tensor.ts';
import { editVectors } from './edits.ts';
import { Inversion } from './inversion.ts';
import { firstRowThatMoves } from './look.ts';
import type { InversionContext } from './model-context.ts';
import type { PersonValues } from './public.ts';

/** A person as the animation keeps them: host values, so that the inversion may be disposed of. */
interface Actor {
  readonly values: PersonValues;
  /** Latents for other domains `[latentCount · styleDim]`. */
  readonly elsewhere: Float32Array;
}

/** What the engine holds of a frame. */
interface Shown {
  readonly weights: readonly Float32Array[];
  readonly latents: Float32Array;
  readonly vectors: EditVectors;
  readonly domains: readonly DomainShare[];
}

/** Whether two lists of vectors hold the same numbers. */
function same(a: readonly Float32Array[], b: readonly Float32Array[]): boolean {
  return (
    a.length === b.length &&
    a.every((values, i) => values.length === b[i]?.length && values.every((value, k) => value === b[i]?.[k]))
  );
}

function sameFrame(a: Shown, b: Shown): boolean {
  const vectors = ({ latents, vectors: { offset, styleOffset }, domains }: Shown) => [
    latents,
    offset,
    styleOffset,
    Float32Array.from(domains, ({ weight }) => weight),
  ];
  const sameDomains = a.domains.every(({ name }, i) => name === b.domains[i]?.name);
  return sameDomains && same(a.weights, b.weights) && same(vectors(a), vectors(b));
}

/** Draws frames into the network's picture. Its methods but `prepare` must run inside the runtime's `exclusive`. */
export class AnimationStage {
  readonly #context: InversionContext;
  readonly #domains: ReadonlyMap<string, Domain>;
  readonly #actors: ReadonlyMap<Inversion, Actor>;
  readonly #crossfade: Crossfade | undefined;
  /** Whether any hypernetwork step stands behind the people. */
  readonly #tuned: boolean;
  #shown: Shown | undefined;
  /** The weight of each person's offsets on each layer in the latest frame, and what stands for them. */
  #weights: readonly Float32Array[] = [];
  #weightsToken = Symbol('weights of no frame');
  /** Whether the own generator has the offsets of these weights. */
  #ownIsRetuned = false;
  /** Whether `y` and what came before it are the own generator's. */
  #ownIsCurrent = false;

  private constructor(
    context: InversionContext,
    actors: ReadonlyMap<Inversion, Actor>,
    domains: ReadonlyMap<string, Domain>,
    crossfade: Crossfade | undefined,
  ) {
    this.#context = context;
    this.#actors = actors;
    this.#domains = domains;
    this.#crossfade = crossfade;
    this.#tuned = [...actors.values()].some(({ values }) => values.steps > 0);
  }

  /**
   * Reads the people of a timeline and makes all it needs.
   * @throws `option` error for a keyframe that cannot be shown, `device`, `memory`
   */
  static async prepare(context: InversionContext, timeline: Timeline<Inversion>): Promise<AnimationStage> {
    const { engine, domains } = context;
    const actors = new Map<Inversion, Actor>();
    for (const { person } of timeline.keyframes.flatMap(({ people = [] }) => sharesOf(people))) {
      if (actors.has(person)) continue;
      Inversion.ensureOf(context, 'animation: a person', person);
      person.ensureCodes('animation: a person');
      const values = await person.values();
      actors.set(person, { values, elsewhere: values.restyled ?? values.base });
    }
    ensure(actors.size > 0, 'option', 'animation: no keyframe names a person: give the first one `people`');
    checkKeyframes(context, timeline);
    const names = new Set(timeline.keyframes.flatMap(({ domain }) => (domain === undefined ? [] : [domain])));
    const { y } = engine.network.state;
    const fades = names.size > 1;
    const mounted = new Map<string, Domain>();
    for (const name of names) if (name !== null) mounted.set(name, await domains.get(name));
    return engine.exclusive(async () => {
      const crossfade = fades ? await Crossfade.mount(engine.runtime, y) : undefined;
      const stage = new AnimationStage(context, actors, mounted, crossfade);
      for (const domain of mounted.values()) await stage.#retune(domain); // compiled before the first frame
      return stage;
    });
  }

  /** Leaves a frame in the network's `y`. */
  async show(state: FrameState<Inversion>): Promise<void> {
    const { space } = this.#context;
    const mine = this.#context.current === this;
    this.#context.current = this;
    const before = mine ? this.#shown : undefined;
    this.#shown = undefined; // until all of it is submitted
    const { latents, elsewhere, weights } = this.#people(state);
    const moved = !same(weights, this.#weights);
    if (moved) {
      this.#weights = weights;
      this.#weightsToken = Symbol('weights of a frame');
    }
    if (!before || moved) this.#ownIsRetuned = false;
    const vectors = editVectors(space, this.#context.directions, state.edits, latents);
    const frame: Shown = { weights, latents, vectors, domains: state.domains };
    if (before && sameFrame(frame, before)) {
      this.#shown = before;
      return; // it stands still
    }
    const pictures: { picture: Tensor; weight: number }[] = [];
    for (const { name, weight } of state.domains) {
      const picture = name === null ? this.#own(frame, before) : await this.#domain(name, elsewhere, vectors);
      pictures.push({ picture, weight });
    }
    this.#shown = frame;
    this.#finish(pictures);
  }

  /** Everybody's latents mixed, and the weight of each person's offsets on each layer. */
  #people({ people, strength }: FrameState<Inversion>) {
    const { space } = this.#context;
    const shares = new Map(people.map((share: PersonShare<Inversion>) => [share.person, share.weight]));
    const factors = strengths(space.layers, strength);
    const part = (base: Float32Array, person: Inversion) => ({
      person: { base },
      weight: shares.get(person) ?? 0,
    });
    const actors = [...this.#actors];
    const mixed = mix(
      space,
      actors.map(([person, { values }]) => part(values.base, person)),
    );
    const { latents: elsewhere } = mix(
      space,
      actors.map(([person, actor]) => part(actor.elsewhere, person)),
    );
    const weights = mixed.weights.map((layers) => layers.map((weight, i) => weight * (factors[i] ?? 1)));
    return { latents: mixed.latents, elsewhere, weights };
  }

  /** Makes everybody's share active in the engine. */
  #activate(): void {
    const weights = this.#weights;
    const shares = [...this.#actors.values()].map(({ values }, n) => ({
      sums: values.sums,
      weight: (layer: number) => weights[n]?.[layer] ?? 0,
    }));
    const present = shares.filter((_, n) => weights[n]?.some((weight) => weight !== 0));
    this.#context.engine.activate(present.length > 0 ? present : shares.slice(0, 1));
  }

  /** Everybody's share of offsets on another generator, unless it has them already. */
  #retune(domain: Domain): Promise<void> {
    const { offsets } = this.#context.domains;
    const key = [this.#weightsToken];
    const deltas: OffsetsSource['deltas'] = (layers) => offsets.of(key, layers, () => this.#activate());
    return domain.retune({ key, deltas }, this.#tuned ? undefined : []);
  }

  /** The frame on the model's own generator. */
  #own({ latents, vectors }: Shown, before: Shown | undefined): Tensor {
    const { engine } = this.#context;
    const { state, generator } = engine.network;
    const retuned = this.#ownIsRetuned;
    if (!retuned) {
      this.#activate();
      engine.run(this.#tuned ? 'retune' : 'untune');
      this.#ownIsRetuned = true;
    }
    const resumes = retuned && before !== undefined && this.#ownIsCurrent && same([latents], [before.latents]);
    if (!resumes) engine.write(state.base, latents);
    engine.write(state.offset, vectors.offset);
    engine.write(state.styleOffset, vectors.styleOffset);
    engine.show(resumes ? firstRowThatMoves(generator, vectors, before.vectors) : 0);
    return state.y;
  }

  /** The frame in another domain. */
  async #domain(name: string, latents: Float32Array, vectors: EditVectors): Promise<Tensor> {
    const domain = this.#domains.get(name);
    ensure(domain, 'option', () => `animation: domain "${name}" is in no keyframe; make the animation again`);
    await this.#retune(domain);
    domain.show({ latents, ...vectors });
    return domain.network.state.y;
  }

  /** Leaves the picture in `y`; the next frame resumes only where `y` and the layers before it are the own generator's. */
  #finish(pictures: readonly { readonly picture: Tensor; readonly weight: number }[]): void {
    const { engine } = this.#context;
    const { y } = engine.network.state;
    const [only] = pictures;
    this.#ownIsCurrent = only?.picture === y && pictures.length === 1;
    if (this.#ownIsCurrent || !only) return;
    if (pictures.length === 1)
      engine.runtime.copy(engine.buffers.of(only.picture), engine.buffers.of(y), byteLength(y));
    else this.#crossfade?.run(pictures, y);
  }

  /** Gives its memory back. */
  dispose(): void {
    this.#crossfade?.dispose();
    if (this.#context.current === this) this.#context.current = undefined;
  }
}

/**
 * Every keyframe as if it were shown: unknown directions and domains, and numbers that are none, are found
 * before the first frame.
 */
function checkKeyframes({ space, directions, domains }: InversionContext, timeline: Timeline<Inversion>): void {
  const latents = new Float32Array(space.latentCount * space.styleDim);
  for (const { edits = {}, strength, people = [], domain } of timeline.keyframes) {
    editVectors(space, directions, edits, latents);
    strengths(space.layers, strength);
    if (typeof domain === 'string') domains.ensureKnown(domain);
    for (const [n, { weight }] of sharesOf(people).entries())
      ensure(
        Number.isFinite(weight),
        'option',
        () => `animation: the weight of person ${n} is ${inWords(weight)}, expected a number`,
      );
  }
}
