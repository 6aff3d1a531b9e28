/**
 * Activations of a generator that outlive a run, so that an edit starts at the first layer that it moves. `generator.ts` records
 * them; `Engine.show` picks where to start.
 */
import type { GeneratorLayer } from '../architecture.ts';
import type { KernelRecord } from '../kernels/kernel.ts';
import { BYTES_PER_ELEMENT, elementCount, type Shape, type Tensor, tensor } from '../tensor.ts';

/** Activations up to this size are kept: up to 128² of 256 channels. */
const MAX_KEPT_BYTES = 16 * 2 ** 20;

/** A dispatch of synthesis before which everything depends on earlier latents only. */
export interface ResumePoint {
  /** First latent row that this dispatch or a later one reads. */
  readonly latentRow: number;
  readonly record: KernelRecord;
}

/** Shape of a convolution's result. */
const shapeOf = ({ outChannels, resolution }: GeneratorLayer): Shape => [outChannels, resolution, resolution];

/** Whether a convolution's result is small enough. */
export const isKept = (layer: GeneratorLayer): boolean =>
  BYTES_PER_ELEMENT.f32 * elementCount(shapeOf(layer)) <= MAX_KEPT_BYTES;

/** Where a layer's result is kept. */
export const keptTensor = (layer: GeneratorLayer): Tensor => tensor(`${layer.key} kept`, shapeOf(layer));
