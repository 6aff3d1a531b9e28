/**
 * BlazeFace, the "back" model of MediaPipe (256 px): 896 anchors, each with a score, a box and six points. Weight names
 * are those of the file; `faces/detection.ts` decodes what comes out.
 */
import { Graph } from '../graph/graph.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { conv2d, samePadding } from '../kernels/conv2d.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { type Tensor, tensor } from '../tensor.ts';
import type { GraphModel } from '../weights/graph-model.ts';
import { type BlazeBlock, blazeBlock, type ConvKeys, pointwise, separable, wholeChannels } from './blaze-block.ts';
import { ConvWeights, slice } from './conv-weights.ts';
import { WeightPlan } from './weight-plan.ts';

/** Side of the picture it reads. */
const SIDE = 256;
/** Blocks before each that halves, and after the last: 7, then one of stride 2, and so on. */
const STAGES = [7, 7, 7, 7] as const;

const RELU = { kind: 'relu' } as const;

/** Outputs of one grid of anchors: scores before the sigmoid `[a, g, g]`, boxes `[16·a, g, g]`. */
export interface GridTensors {
  readonly scores: Tensor;
  readonly boxes: Tensor;
}

/** The file numbers its constants: four a block, of which the second is an unused bias. */
const constant = (n: number): string => (n < 0 ? 'unknown' : `unknown_${n}`);
const convKeys = (weight: number): ConvKeys => ({ weight: constant(weight), bias: constant(weight + 1) });

function block(index: number, stride: 1 | 2): BlazeBlock {
  const first = 4 * index + 1;
  return {
    label: `face.block${index}`,
    depthwise: constant(first),
    pointwise: convKeys(first + 2),
    activation: RELU,
    stride,
  };
}

/** The network's graph, what it reads and what it leaves. */
export class FaceDetector {
  readonly plan: WeightPlan;
  /** Picture `[3, 256, 256]` in [-1, 1]. */
  readonly x = tensor('face picture', [3, SIDE, SIDE]);
  /** Of the grid of stride 16 (2 anchors a cell), then 32 (6). */
  readonly grids: readonly GridTensors[] = [
    { scores: tensor('face scores 16', [2, 16, 16]), boxes: tensor('face boxes 16', [32, 16, 16]) },
    { scores: tensor('face scores 8', [6, 8, 8]), boxes: tensor('face boxes 8', [96, 8, 8]) },
  ];
  readonly graph = new Graph('detect');

  /** @throws `tensor` error when the weights are not this network's */
  constructor({ tensors }: Pick<GraphModel, 'tensors'>, facts: KernelFacts) {
    this.plan = new WeightPlan(tensors);
    this.#record(this.graph, new ConvWeights(this.plan, facts));
  }

  #record(g: Recorder, weights: ConvWeights): void {
    const stem = convKeys(-1);
    const width = wholeChannels(this.plan.size(stem.weight, 0));
    let features = conv2d(g, {
      label: 'face.stem',
      input: this.x,
      weight: weights.padded(stem.weight, width, this.x, 2),
      stride: 2,
      padding: samePadding(SIDE, 5, 2),
      bias: slice(this.plan.padded(stem.bias, width)),
      activation: RELU,
    });
    let index = 0;
    for (const [stage, count] of STAGES.entries()) {
      for (let i = 0; i < count; i++) features = blazeBlock(g, weights, block(index++, 1), features);
      if (stage < STAGES.length - 1) features = blazeBlock(g, weights, block(index++, 2), features);
    }
    const coarse = separable(g, weights, block(index, 2), features);
    const heads = 4 * index + 5; // behind the last block come the heads, boxes of the coarse grid first
    const [fineGrid, coarseGrid] = this.grids;
    if (!fineGrid || !coarseGrid) return;
    const head = (label: string, first: number, input: Tensor, output: Tensor): Tensor =>
      pointwise(g, weights, { label, keys: convKeys(first), output }, input);
    head('face.boxes8', heads, coarse, coarseGrid.boxes);
    head('face.boxes16', heads + 2, features, fineGrid.boxes);
    head('face.scores8', heads + 4, coarse, coarseGrid.scores);
    head('face.scores16', heads + 6, features, fineGrid.scores);
  }
}
