/**
 * FaceMesh of MediaPipe (192 px, arXiv 1907.06724): 468 vertices of a face in its crop, and whether there is a face at
 * all. Weight names are those of the file. Its third branch, contours, is left out: nothing here uses it.
 */
import { Graph } from '../graph/graph.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { conv2d, samePadding } from '../kernels/conv2d.ts';
import type { Activation } from '../kernels/epilogue.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { dim } from '../kernels/kernel.ts';
import { elementCount, type Tensor, tensor } from '../tensor.ts';
import type { GraphModel } from '../weights/graph-model.ts';
import { type BlazeBlock, blazeBlock, type ConvKeys, pointwise } from './blaze-block.ts';
import { ConvWeights, slice } from './conv-weights.ts';
import { WeightPlan } from './weight-plan.ts';

/** Side of the picture it reads. */
const SIDE = 192;
/** Blocks of the trunk: two, then one of stride 2 and two more, four times. */
const TRUNK = [1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1] as const;
const PREFIX = 'StatefulPartitionedCall/model_1';

/** Numbers in the file's names of a branch: its first depthwise and 1×1 convolution and activation. */
interface Branch {
  readonly depthwise: number;
  readonly conv: number;
  readonly activation: number;
  /** Blocks before its channels are cut to 32. */
  readonly blocks: readonly (1 | 2)[];
}

const MESH: Branch = { depthwise: 15, conv: 16, activation: 16, blocks: [2, 1, 1] };
const FLAG: Branch = { depthwise: 23, conv: 28, activation: 26, blocks: [2] };

const folded = (n: number): ConvKeys => ({
  weight: `${PREFIX}/conv2d_${n}/Conv2D_weights`,
  bias: `${PREFIX}/conv2d_${n}/Conv2D_bn_offset`,
});
const plain = (n: number): ConvKeys => ({
  weight: `${PREFIX}/conv2d_${n}/Conv2D/ReadVariableOp`,
  bias: `${PREFIX}/conv2d_${n}/BiasAdd/ReadVariableOp`,
});

/** The network's graph, what it reads and what it leaves. */
export class FaceMesh {
  readonly plan: WeightPlan;
  /** Crop `[3, 192, 192]` in [0, 1]. */
  readonly x = tensor('face crop', [3, SIDE, SIDE]);
  /** `[1404, 1, 1]`: 468 times x, y, z in pixels of the crop. */
  readonly mesh = tensor('face mesh', [1404, 1, 1]);
  /** `[1, 1, 1]`: whether there is a face, before the sigmoid. */
  readonly flag = tensor('face flag', [1, 1, 1]);
  readonly graph = new Graph('mesh');

  /** @throws `tensor` error when the weights are not this network's */
  constructor({ tensors }: Pick<GraphModel, 'tensors'>, facts: KernelFacts) {
    this.plan = new WeightPlan(tensors);
    const weights = new ConvWeights(this.plan, facts);
    const features = this.#trunk(this.graph, weights);
    this.#branch(this.graph, weights, MESH, features, this.mesh);
    this.#branch(this.graph, weights, FLAG, features, this.flag);
  }

  /** PReLU number `n`. */
  #prelu(n: number): Activation {
    const key = `${PREFIX}/p_re_lu_${n}/Neg`;
    return { kind: 'prelu', slopes: this.plan.plain(key, [elementCount(this.plan.shape(key))]) };
  }

  /** Block with depthwise convolution `d`, 1×1 convolution `c` and activation `a`. */
  #block(d: number, c: number, a: number, stride: 1 | 2): BlazeBlock {
    return {
      label: `mesh.block${d}`,
      depthwise: `${PREFIX}/depthwise_conv2d_${d}/depthwise/ReadVariableOp`,
      pointwise: folded(c),
      activation: this.#prelu(a),
      stride,
    };
  }

  #trunk(g: Recorder, weights: ConvWeights): Tensor {
    const stem = folded(1);
    let features = conv2d(g, {
      label: 'mesh.stem',
      input: this.x,
      weight: weights.static(stem.weight, this.x, 2),
      stride: 2,
      padding: samePadding(SIDE, 3, 2),
      bias: slice(this.plan.plain(stem.bias)),
      activation: this.#prelu(1),
    });
    TRUNK.forEach((stride, i) => {
      features = blazeBlock(g, weights, this.#block(i + 1, i + 2, i + 2, stride), features);
    });
    return features;
  }

  #branch(g: Recorder, weights: ConvWeights, branch: Branch, features: Tensor, output: Tensor): void {
    let [d, c, a] = [branch.depthwise, branch.conv, branch.activation];
    let x = features;
    for (const stride of branch.blocks) x = blazeBlock(g, weights, this.#block(d++, c++, a++, stride), x);
    x = pointwise(g, weights, { label: `mesh.narrow${c}`, keys: folded(c++), activation: this.#prelu(a++) }, x);
    x = blazeBlock(g, weights, this.#block(d, c++, a, 1), x);
    const last = plain(c);
    const weight = weights.static(last.weight, x);
    const bias = slice(this.plan.plain(last.bias));
    conv2d(g, { label: `${output.name} ${dim(x, 1)}×${dim(x, 2)}`, input: x, weight, padding: 0, bias, output });
  }
}
