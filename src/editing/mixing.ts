/**
 * Two or more people: latents and codes are both mixed linearly, as in the authors' animation, so that the mix is a person
 * again. Rows of one latent may come from another person (style mixing), and one person's offsets may sit on another's
 * latent. What a mix shows is latents and one weight a person and tuned layer; no hypernetwork runs.
 */
import type { GeneratorLayer } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { checkLatents, checkRows, type EditSpace, type RowRange } from './edit-space.ts';
import { type Strength, strengths } from './layer-groups.ts';

/** One person's share in a mix. */
export interface MixPart<P> {
  /** Of the model that mixes, or of another conversion of the same checkpoint. */
  readonly person: P;
  /** Of the latents and of the offsets; the weights of a mix usually sum to 1. */
  readonly weight: number;
  /** How much of this person's offsets, beside the weight; default 1. */
  readonly strength?: Strength | undefined;
  /** After which step the person is taken; their last when absent. */
  readonly step?: number | undefined;
  /** Share of the latents where it differs from `weight`: 0 takes the person's offsets alone, 1 and weight 0 the latent alone. */
  readonly latentWeight?: number | undefined;
  /** Latent rows [from, to) that are this person's alone (style mixing); of several, the last counts. */
  readonly rows?: RowRange | undefined;
}

/** What {@link mix} needs of a person. */
export interface Latents {
  /** `[latentCount, styleDim]` */
  readonly base: Float32Array;
}

/** A mix: latents, and how much of each person's summed codes every layer gets. */
export interface Mix {
  /** `[latentCount, styleDim]` */
  readonly latents: Float32Array<ArrayBuffer>;
  /** One entry a part: a factor a generator layer in hypernetwork order. */
  readonly weights: readonly Float32Array<ArrayBuffer>[];
}

/**
 * Mixes people.
 * @throws `option` error for no people, a weight that is no finite number, or rows that do not exist; `tensor` error for
 * latents of another size
 */
export function mix(space: EditSpace, parts: readonly MixPart<Latents>[]): Mix {
  ensure(parts.length > 0, 'option', 'a mix of nobody: name at least one person');
  const size = space.latentCount * space.styleDim;
  const latents = new Float32Array(size);
  for (const [n, { person, weight, latentWeight = weight }] of parts.entries()) {
    ensure(
      Number.isFinite(weight) && Number.isFinite(latentWeight),
      'option',
      () => `mix: the weight of person ${n} is ${Number.isFinite(weight) ? latentWeight : weight}, expected a number`,
    );
    checkLatents(`mix: person ${n}`, person.base, space);
    person.base.forEach((value, i) => {
      latents[i] = (latents[i] ?? 0) + latentWeight * value;
    });
  }
  for (const [n, { person, rows }] of parts.entries()) {
    if (!rows) continue;
    checkRows(`mix: person ${n}`, rows, space);
    const [from, to] = rows.map((row) => row * space.styleDim);
    latents.set(person.base.subarray(from, to), from);
  }
  return { latents, weights: parts.map((part) => layerWeights(space.layers, part)) };
}

/** Weight times strength of every layer. */
function layerWeights(
  layers: readonly GeneratorLayer[],
  { weight, strength }: MixPart<unknown>,
): Float32Array<ArrayBuffer> {
  return strengths(layers, strength).map((factor) => weight * factor);
}

/** Summed codes or offsets of some layers, `size` numbers a layer. */
export interface SummedLayers {
  /** In hypernetwork order. */
  readonly layers: readonly number[];
  readonly size: number;
}

/**
 * Σ of a mix on the host, to save it as a person: Σ_p weight[p, layer]·Σ_p, group by group.
 * @param groups what each entry of `sums` holds
 * @param people their `sums`, one a part of the mix
 */
export function mixSums(
  groups: readonly SummedLayers[],
  people: readonly (readonly Float32Array[])[],
  weights: readonly Float32Array[],
): Float32Array<ArrayBuffer>[] {
  return groups.map(({ layers, size }, g) => {
    const mixed = new Float32Array(layers.length * size);
    people.forEach((sums, p) => {
      mixed.forEach((value, i) => {
        const weight = weights[p]?.[layers[Math.floor(i / size)] ?? -1] ?? 0;
        mixed[i] = value + weight * (sums[g]?.[i] ?? 0);
      });
    });
    return mixed;
  });
}
