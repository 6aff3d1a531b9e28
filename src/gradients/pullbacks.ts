/** Which pullback belongs to which op. */
import type { Backward, Pullback } from '../kernels/backward/backward.ts';
import { batchNormFold, batchNormTrain } from '../kernels/backward/batch-norm.ts';
import type { Call, OpCall, OpName } from '../kernels/backward/calls.ts';
import { conv2d } from '../kernels/backward/conv2d.ts';
import { gradientLoss, lpipsTap, noiseLoss, squaredLoss } from '../kernels/backward/losses.ts';
import { demodulation, styles, weightUpdate } from '../kernels/backward/modulation.ts';
import { activation, linear, normalise, pixelNorm, product, scaleMap, sum } from '../kernels/backward/pointwise.ts';
import { adaptivePool, crop, fir, globalPool, maxPool, nearestResize } from '../kernels/backward/resampling.ts';
import { squeezeExcite } from '../kernels/backward/se-block.ts';
import { ssimProduct, ssimScale } from '../kernels/backward/ssim.ts';
import { toRgb } from '../kernels/backward/to-rgb.ts';
import { upConv } from '../kernels/backward/upconv.ts';
import type { Tensor } from '../tensor.ts';

const PULLBACKS: { readonly [K in OpName]: Pullback<K> } = {
  activation,
  adaptivePool,
  batchNormFold,
  batchNormTrain,
  conv2d,
  crop,
  demodulation,
  fir,
  globalPool,
  gradientLoss,
  linear,
  lpipsTap,
  maxPool,
  noiseLoss,
  nearestResize,
  normalise,
  pixelNorm,
  product,
  scaleMap,
  squaredLoss,
  squeezeExcite,
  ssimProduct,
  ssimScale,
  styles,
  sum,
  toRgb,
  upConv,
  weightUpdate,
};

/** The table's row of an op; the call has that op's type, which TypeScript cannot follow through a union. */
const rowOf = <K extends OpName>(call: Call<K>): Pullback<K> => PULLBACKS[call.op] as unknown as Pullback<K>;

/** Every tensor through which a gradient of the call's results may go on. */
export function inputsOf(call: OpCall): readonly (Tensor | undefined)[] {
  return rowOf(call as Call<OpName>).inputs(call as Call<OpName>);
}

/** What the call wrote that others depend on. */
export function outputsOf(call: OpCall): readonly Tensor[] {
  const general = call as Call<OpName>;
  return rowOf(general).outputs?.(general) ?? [call.output];
}

/** Records the call's gradient, if there is one to its results and one is wanted. */
export function pull(b: Backward, call: OpCall): void {
  const reached = outputsOf(call).some((output) => b.reaches(output));
  const general = call as Call<OpName>;
  if (reached && inputsOf(call).some((input) => b.wants(input))) rowOf(general).pull(b, general);
}
