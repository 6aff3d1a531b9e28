/**
 * Constant convolution weights in the form their kernel variant wants: in the order kernels read, or transformed once
 * more in the `prepare` graph (Winograd filters), which then needs the former no longer.
 */
import type { KernelFacts } from '../kernels/choose.ts';
import { type ConvUse, type ConvWeight, passingConvWeight, prepareConvWeight } from '../kernels/conv2d.ts';
import { dim, type Recorder, type Slice } from '../kernels/kernel.ts';
import type { Tensor } from '../tensor.ts';
import type { WeightPlan } from './weight-plan.ts';

/** A whole 1-D tensor, or the part of it that begins at `offset`. */
export function slice(tensor: Tensor, offset = 0): Slice {
  return { tensor, offset };
}

/** Output height and width of a "same"-padded convolution of an activation `[C, H, W]`. */
export function spatialOf(input: Tensor, stride: 1 | 2): [height: number, width: number] {
  return [Math.ceil(dim(input, 1) / stride), Math.ceil(dim(input, 2) / stride)];
}

/** What networks with constant convolutions are built with. */
export class ConvWeights {
  readonly plan: WeightPlan;
  readonly facts: KernelFacts;
  readonly #transforms: Recorder;
  /** What has been made, so that a filter which several pictures pass is transformed once. */
  readonly #made = new Map<string, ConvWeight>();

  /**
   * @param transforms where Winograd filters are made. `plan.prepare`, the default, keeps them: four times the weights' memory. A
   * graph that runs rarely can make them anew each time, in memory that it shares with what else it computes.
   */
  constructor(plan: WeightPlan, facts: KernelFacts, transforms: Recorder = plan.prepare) {
    this.plan = plan;
    this.facts = facts;
    this.#transforms = transforms;
  }

  /** The weight at `key` (`[O, I, k, k]`) for a convolution of `input`. */
  static(key: string, input: Tensor, stride: 1 | 2 = 1): ConvWeight {
    return this.prepared(key, this.plan.conv(key, [key]), input, stride);
  }

  /** The weight at `key` with zeros as further output channels, up to `channels`. */
  padded(key: string, channels: number, input: Tensor, stride: 1 | 2 = 1): ConvWeight {
    return this.prepared(key, this.plan.convPadded(key, channels), input, stride);
  }

  /** A stored weight `[G, I/G, k, k, O/G]` for a convolution of `input`. */
  prepared(label: string, weight: Tensor, input: Tensor, stride: 1 | 2): ConvWeight {
    return this.made(label, weight, { stride, spatial: spatialOf(input, stride) });
  }

  /** A stored weight for a convolution of any form. */
  made(label: string, weight: Tensor, use: Omit<ConvUse, 'facts'>): ConvWeight {
    const key = JSON.stringify([weight.name, use]); // a plan gives one name to one tensor
    const known = this.#made.get(key);
    if (known) return known;
    const g = this.#transforms;
    const prepare = g === this.plan.prepare ? prepareConvWeight : passingConvWeight;
    const made = prepare(g, { label, weight, ...use, facts: this.facts });
    this.#made.set(key, made);
    return made;
  }
}
