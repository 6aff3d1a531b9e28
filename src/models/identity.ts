/**
 * Whose face a picture shows, as HyperStyle's identity loss asks it: the middle of an aligned picture through ArcFace's
 * IR-SE50 (`model_ir_se50.pth`; Deng et al. 2019, arXiv 1801.07698), which has the form of the W encoder. Two pictures
 * are compared by the angle between their descriptors. Widths are read from the weights.
 */
import { ensure } from '../errors.ts';
import { normalise } from '../kernels/batch-norm.ts';
import { crop } from '../kernels/crop.ts';
import { dim, type Recorder } from '../kernels/kernel.ts';
import { linear } from '../kernels/linear.ts';
import { equallyLong } from '../kernels/pixel-norm.ts';
import { adaptivePool } from '../kernels/pools.ts';
import { elementCount, type Tensor, view } from '../tensor.ts';
import type { Rectangle } from '../weights/identity-files.ts';
import { type ConvWeights, slice } from './conv-weights.ts';
import { irSeTrunk } from './w-encoder.ts';

/** Side of the pictures in which the authors cut the face out. */
const CUT_SIDE = 256;
/** What they cut out of it. */
const FACE: Rectangle = { rows: [35, 223], columns: [32, 220] };
/** Side of the picture the network reads. */
const IDENTITY_SIDE = 112;
/** Units of each stage. */
const IDENTITY_UNITS: readonly number[] = [3, 4, 14, 3];

/** What the network is recorded with. */
export interface IdentityNet {
  readonly weights: ConvWeights;
  /** Checkpoint prefix with its dot, or nothing. */
  readonly prefix: string;
  /** Units of each stage; those of IR-SE50 when absent. */
  readonly units?: readonly number[] | undefined;
  /** Side of the picture it reads; 112 when absent. */
  readonly side?: number | undefined;
  /** What is cut out of a picture; the authors' part of it when absent. */
  readonly face?: Rectangle | undefined;
}

/**
 * Descriptor of an aligned picture `[3, S, S]` in [-1, 1]: `[1, n]`, of length √n. Pictures above 256 px are averaged down first.
 * @throws `tensor` error for a picture that is no square, or weights that do not fit together
 */
export function identityFeatures(g: Recorder, net: IdentityNet, picture: Tensor): Tensor {
  const { weights, prefix, units = IDENTITY_UNITS, side = IDENTITY_SIDE } = net;
  const { plan } = weights;
  ensure(
    dim(picture, 1) === dim(picture, 2),
    'tensor',
    () => `the identity network reads aligned square pictures, got [${picture.shape}]`,
  );
  const whole = atMost(g, picture, CUT_SIDE);
  const face = crop(g, { label: `${prefix}face`, input: whole, ...(net.face ?? faceOf(dim(whole, 1))) });
  const input = adaptivePool(g, { label: `${prefix}face`, input: face, height: side, width: side });
  const features = irSeTrunk(g, weights, { units }, input, prefix);
  const normed = batchNormed(g, weights, `${prefix}output_layer.0`, features);
  const found = linear(g, {
    label: `${prefix}output_layer.3`,
    input: view(normed, [1, elementCount(normed.shape)]),
    weight: plan.plain(`${prefix}output_layer.3.weight`),
    bias: plan.plain(`${prefix}output_layer.3.bias`),
    facts: weights.facts,
  });
  const count = dim(found, 1);
  const last = batchNormed(g, weights, `${prefix}output_layer.4`, view(found, [count, 1, 1]));
  return equallyLong(g, `${prefix}descriptor`, view(last, [1, count]));
}

/** A square picture averaged down to a side where it is larger. */
export function atMost(g: Recorder, picture: Tensor, side: number): Tensor {
  if (dim(picture, 1) <= side) return picture;
  return adaptivePool(g, { label: 'picture compared', input: picture, height: side, width: side });
}

/** The authors' part of a picture of another side. */
function faceOf(side: number): Rectangle {
  const scaled = ([from, to]: readonly [number, number]): [number, number] => {
    return [Math.round((from * side) / CUT_SIDE), Math.round((to * side) / CUT_SIDE)];
  };
  return { rows: scaled(FACE.rows), columns: scaled(FACE.columns) };
}

function batchNormed(g: Recorder, { plan }: ConvWeights, prefix: string, input: Tensor): Tensor {
  const { scale, shift } = plan.batchNorm(prefix);
  return normalise(g, { label: prefix, input, scale: slice(scale), shift: slice(shift) });
}
