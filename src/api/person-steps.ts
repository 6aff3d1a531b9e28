/** A person after an earlier step of the hypernetwork: their sums were kept step by step, so nothing is computed again (pure). */
import { ensure, inWords } from '../errors.ts';
import type { HyperStyleNetwork } from '../method/hyperstyle-network.ts';
import { elementCount } from '../tensor.ts';
import type { PersonValues } from './public.ts';

/** What a choice of a step depends on. */
export interface KeptSteps {
  /** T, the last step. */
  readonly steps: number;
  /** Of how many steps before the last one the sums were kept: those after steps 1, 2, …. */
  readonly earlier: number;
}

/**
 * Checks a wanted step t.
 * @returns t, the last step when `wanted` is absent
 * @throws `option` error when there is no such step, or its sums were not kept
 */
export function checkStep(wanted: number | undefined, { steps, earlier }: KeptSteps): number {
  if (wanted === undefined) return steps;
  ensure(
    Number.isInteger(wanted) && wanted >= 0 && wanted <= steps,
    'option',
    () => `step is ${inWords(wanted)}, expected a whole number from 0 to ${steps}, the steps of this inversion`,
  );
  ensure(
    wanted === 0 || wanted === steps || wanted <= earlier,
    'option',
    () => `step ${wanted} was not kept of this person (only 0 and ${steps}): invert the photo with steps: ${wanted}`,
  );
  return wanted;
}

/** Latents as a person without offsets, whose generator is the checkpoint's. */
export function withoutOffsets({ sums }: Pick<HyperStyleNetwork, 'sums'>, base: Float32Array): PersonValues {
  return { base, sums: sums.map(({ shape }) => new Float32Array(elementCount(shape))), steps: 0 };
}

/** The person as they were after step t. Errors as {@link checkStep}. */
export function valuesAt(values: PersonValues, wanted: number | undefined): PersonValues {
  const step = checkStep(wanted, { steps: values.steps, earlier: values.history?.length ?? 0 });
  if (step === values.steps) return values;
  const sums = values.history?.[step - 1] ?? values.sums.map(({ length }) => new Float32Array(length));
  return { ...values, sums, steps: step, history: values.history?.slice(0, Math.max(0, step - 1)) };
}
