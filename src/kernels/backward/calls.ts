/**
 * The ops whose gradient is known, as data: what an op hands to `Recorder.pullback` when it is recorded. Only types are
 * imported, so that forward ops need nothing of calculus; the pullbacks themselves are the other files of this folder.
 */

import type { Tensor } from '../../tensor.ts';
import type { ActivationArgs } from '../activation.ts';
import type { BatchNormFoldArgs, BatchNormTrainArgs, NormaliseArgs } from '../batch-norm.ts';
import type { Conv2dArgs } from '../conv2d.ts';
import type { CropArgs } from '../crop.ts';
import type { DemodulationArgs } from '../demodulation.ts';
import type { FirArgs } from '../fir.ts';
import type { LinearArgs } from '../linear.ts';
import type { GradientLossArgs, LpipsTapArgs, NoiseLossArgs, SquaredLossArgs } from '../losses.ts';
import type { MaxPoolArgs } from '../max-pool.ts';
import type { NearestResizeArgs } from '../nearest-resize.ts';
import type { ScaleMapArgs } from '../noise-map.ts';
import type { PixelNormArgs } from '../pixel-norm.ts';
import type { AdaptivePoolArgs, GlobalPoolArgs } from '../pools.ts';
import type { ProductArgs, SumArgs } from '../product.ts';
import type { SqueezeExciteArgs } from '../se-block.ts';
import type { SsimProductArgs, SsimScaleArgs } from '../ssim.ts';
import type { StylesArgs } from '../styles.ts';
import type { ToRgbArgs } from '../to-rgb.ts';
import type { UpConvArgs } from '../upconv.ts';
import type { WeightUpdateArgs } from '../weight-update.ts';

/** Arguments of every differentiable op, by its name. */
export interface OpArguments {
  readonly activation: ActivationArgs;
  readonly adaptivePool: AdaptivePoolArgs;
  readonly batchNormFold: BatchNormFoldArgs;
  readonly batchNormTrain: BatchNormTrainArgs;
  readonly conv2d: Conv2dArgs;
  readonly crop: CropArgs;
  readonly demodulation: DemodulationArgs;
  readonly fir: FirArgs;
  readonly globalPool: GlobalPoolArgs;
  readonly gradientLoss: GradientLossArgs;
  readonly linear: LinearArgs;
  readonly lpipsTap: LpipsTapArgs;
  readonly noiseLoss: NoiseLossArgs;
  readonly maxPool: MaxPoolArgs;
  readonly nearestResize: NearestResizeArgs;
  readonly normalise: NormaliseArgs;
  readonly pixelNorm: PixelNormArgs;
  readonly product: ProductArgs;
  readonly scaleMap: ScaleMapArgs;
  readonly squaredLoss: SquaredLossArgs;
  readonly squeezeExcite: SqueezeExciteArgs;
  readonly ssimProduct: SsimProductArgs;
  readonly ssimScale: SsimScaleArgs;
  readonly styles: StylesArgs;
  readonly sum: SumArgs;
  readonly toRgb: ToRgbArgs;
  readonly upConv: UpConvArgs;
  readonly weightUpdate: WeightUpdateArgs;
}

/** The name of a differentiable op. */
export type OpName = keyof OpArguments;

/** One recorded op: its arguments as they were given, and what it wrote. */
export interface Call<K extends OpName> {
  readonly op: K;
  readonly args: OpArguments[K];
  readonly output: Tensor;
  /** Further results, or intermediate ones that its gradient reads again. */
  readonly also?: readonly Tensor[] | undefined;
}

/** Any recorded op. */
export type OpCall = { readonly [K in OpName]: Call<K> }[OpName];
