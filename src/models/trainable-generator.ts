/** The generator of `generator.ts` as one differentiable function: latents, offsets and every weight → picture. */
import type { GeneratorSizes } from '../architecture.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { scaleMap } from '../kernels/noise-map.ts';
import type { Tensor } from '../tensor.ts';
import { Generator, type LayerDelta } from './generator.ts';
import type { TrainablePlan } from './trainable-plan.ts';

/** Arguments of {@link trainableGenerator}. */
export interface TrainableGeneratorArgs {
  readonly plan: TrainablePlan;
  readonly sizes: GeneratorSizes;
  readonly facts: KernelFacts;
  /** `[1 or latentCount, styleDim]` */
  readonly latents: Tensor;
  /** ΣΔ of a layer by its index, or undefined to leave it as the checkpoint has it. */
  readonly deltaOf?: ((index: number) => LayerDelta | undefined) | undefined;
  /** Noise maps `[H, W]` in synthesis order before their strength, or `none`; the checkpoint's when absent. */
  readonly noises?: readonly Tensor[] | 'none' | undefined;
  readonly prefix?: string | undefined;
}

/** What was recorded. */
export interface TrainedPicture {
  /** `[3, size, size]`, not clamped. */
  readonly output: Tensor;
  /** The noise maps that went in, before their strength. */
  readonly noises: readonly Tensor[];
}

/**
 * Records one picture into `g`, with styles, weights and demodulation of its own, so that several pictures of one tape
 * do not overwrite what the way back reads.
 */
export function trainableGenerator(g: Recorder, a: TrainableGeneratorArgs): TrainedPicture {
  const { plan, sizes, facts, prefix = 'decoder' } = a;
  const generator = new Generator(plan, { sizes, tunedLayers: [], facts: { ...facts, precision: 'f32' }, prefix });
  const strengths = generator.noiseStrengths();
  const maps = a.noises ?? generator.noiseMaps();
  const noises = maps === 'none' ? [] : maps;
  const scaled = noises.flatMap((map, i) => {
    const strength = strengths[i];
    return strength ? [scaleMap(g, { label: `noise ${i}`, map, strength })] : [];
  });
  generator.recordWeights(g, generator.layers, ({ index }) => a.deltaOf?.(index));
  generator.recordStyles(g, a.latents);
  generator.recordDemodulation(g);
  const output = g.transient('picture', [3, sizes.size, sizes.size]);
  generator.recordSynthesis(g, scaled, output);
  return { output, noises };
}
