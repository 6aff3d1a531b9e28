/** Mixes of people as the public object makes them: host arithmetic on their values, then one retune and one pass. */
import { type MixPart, mix, mixSums, type SummedLayers } from '../editing/mixing.ts';
import { ensure, inWords } from '../errors.ts';
import type { HyperStyleNetwork } from '../method/hyperstyle-network.ts';
import { elementCount } from '../tensor.ts';
import { Inversion } from './inversion.ts';
import type { InversionContext } from './model-context.ts';
import { valuesAt } from './person-steps.ts';
import type { PersonValues } from './public.ts';

/** What each of the network's sums holds. */
function summedLayers({ hypernetwork, sums }: HyperStyleNetwork): SummedLayers[] {
  if (!hypernetwork) return [];
  const groups = hypernetwork.groups.map(({ layers }, g) => ({
    layers,
    size: elementCount(sums[g]?.shape ?? []) / layers.length,
  }));
  const separable = hypernetwork.groups.flatMap(({ kind, layers }) => (kind === 'separable' ? layers : []));
  const whole = sums.slice(groups.length).map((sum, i) => ({
    layers: separable.slice(i, i + 1),
    size: elementCount(sum.shape),
  }));
  return [...groups, ...whole];
}

/**
 * The values of a mix.
 * @throws `option` error for what is no list of people with weights, `model` for a person of another model
 */
export async function mixedValues(
  context: InversionContext,
  parts: readonly MixPart<Inversion>[],
): Promise<PersonValues> {
  ensure(Array.isArray(parts), 'option', () => `mix got ${inWords(parts)}, expected a list of {person, weight}`);
  for (const [n, part] of parts.entries()) {
    Inversion.ensureOf(context, `mix: person ${n}`, part?.person);
    part.person.ensureCodes(`mix: person ${n}`);
  }
  const values: PersonValues[] = [];
  for (const { person, step } of parts) values.push(valuesAt(await person.values(), step));
  /** The parts with the latents that `of` takes of each person. */
  const withLatents = (of: (person: PersonValues) => Float32Array) =>
    parts.map((part, n) => ({ ...part, person: { base: values[n] ? of(values[n]) : new Float32Array() } }));
  const { latents, weights } = mix(
    context.space,
    withLatents(({ base }) => base),
  );
  const restyled = values.some((person) => person.restyled)
    ? mix(
        context.space,
        withLatents((person) => person.restyled ?? person.base),
      ).latents
    : undefined;
  const sums = mixSums(
    summedLayers(context.engine.network),
    values.map((v) => v.sums),
    weights,
  );
  const steps = Math.max(...values.map((person) => person.steps));
  return { base: latents, sums, steps, ...(restyled && { restyled }) };
}
