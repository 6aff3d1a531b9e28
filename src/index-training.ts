/**
 * Training as an entry of its own (`hyperstyle-webgpu/training`), so that pages without it load nothing of it: the
 * hypernetwork, the W encoder or the generator of a model learns from pictures.
 *
 * ```ts
 * const trainer = await Trainer.open('/models/mine/', { part: 'hypernetwork', passes: 5, batch: 2, statistics: 'frozen' });
 * await trainer.run({ pictures, steps: 1000, rate: 1e-4, onStep: ({ step, losses }) => console.log(step, losses.total) });
 * const files = await trainer.checkpoint();      // the published layout; npm run convert makes a model of it
 * const state = await trainer.state();           // everything that going on needs: { resume: state }
 * ```
 *
 * @module hyperstyle-webgpu/training
 */
export { HyperStyleError } from './errors.ts';
export { STATISTICS, type Statistics } from './models/trainable-hypernetwork.ts';
export type { LeftOut, TrainingPictures } from './training/drawing.ts';
export { lossFromFiles, USUAL_WEIGHTS } from './training/feature-files.ts';
export type { FreshOptions } from './training/fresh-hypernetwork.ts';
export { type Judgement, judge } from './training/judge.ts';
export type { PixelLosses } from './training/losses.ts';
export { OPTIMISERS, type OptimiserName, PARTS, type Part } from './training/recipe.ts';
export type { RunEnd, RunOptions, StepReport, Validation } from './training/run.ts';
export type { Losses, Picture } from './training/session.ts';
export { Trainer } from './training/trainer.ts';
export type { FeatureLossMaker, TrainerOptions } from './training/trainer-options.ts';
export type { FileLoss } from './weights/loss-files.ts';
export type { ByteSource } from './weights/random-access.ts';
