/**
 * Training, an entry of its own (`hyperstyle-webgpu/training`): the hypernetwork, the W encoder or the generator of a model learns on
 * the GPU.
 */
export { type ErrorCode, HyperStyleError } from './errors.ts';
export type { LeftOut, TrainingPictures } from './training/drawing.ts';
export { TrainingFault } from './training/fault.ts';
export { featureLoss } from './training/feature-losses.ts';
export type { PixelLosses } from './training/losses.ts';
export type { OptimiserName, Part } from './training/recipe.ts';
export { type RunEnd, type RunOptions, run, type StepReport, type Validation } from './training/run.ts';
export { Trainer } from './training/trainer.ts';
export type { FeatureLossMaker, TrainerOptions } from './training/trainer-options.ts';
