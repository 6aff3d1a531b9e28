/** The mapping network of StyleGAN2: z → w. */
import type { KernelFacts } from '../kernels/choose.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { linear } from '../kernels/linear.ts';
import { pixelNorm } from '../kernels/pixel-norm.ts';
import type { Tensor } from '../tensor.ts';
import type { WeightPlan } from './weight-plan.ts';

/** Learning-rate multiplier of the mapping network. */
export const MAPPING_LR_MUL = 0.01;
/** StyleGAN2's activation: leaky ReLU 0.2, times √2 to keep the variance. */
export const LEAKY = { kind: 'leaky', slope: 0.2, gain: Math.SQRT2 } as const;

/** What the mapping network is made of. */
export interface MappingArgs {
  readonly layers: number;
  readonly styleDim: number;
  readonly facts: KernelFacts;
  /** Checkpoint prefix of the generator, e.g. `decoder`. */
  readonly prefix: string;
}

/**
 * Pixel norm, then equalised linear layers with leaky ReLU.
 * @param z `[rows, styleDim]`
 * @returns w `[rows, styleDim]`
 */
export function mapping(g: Recorder, plan: WeightPlan, z: Tensor, a: MappingArgs): Tensor {
  let w = pixelNorm(g, { label: 'mapping.norm', input: z });
  for (let i = 1; i <= a.layers; i++) {
    w = linear(g, {
      label: `mapping.${i}`,
      input: w,
      weight: plan.plain(`${a.prefix}.style.${i}.weight`),
      bias: plan.plain(`${a.prefix}.style.${i}.bias`),
      weightScale: MAPPING_LR_MUL / Math.sqrt(a.styleDim),
      biasScale: MAPPING_LR_MUL,
      activation: LEAKY,
      facts: a.facts,
    });
  }
  return w;
}
