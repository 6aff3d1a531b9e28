/**
 * The model in a worker, an entry of its own (`hyperstyle-webgpu/worker`): the page stays free while the GPU is
 * fed from elsewhere.
 *
 * ```ts
 * const hs = await loadInWorker('/models/clay-portraits-128/');
 * for await (const { picture } of hs.steps(file)) picture.draw(canvas);
 * ```
 *
 * @module hyperstyle-webgpu/worker
 */
export type { Animated } from './api/animated.ts';
export type {
  InversionStep,
  InvertedPerson,
  InvertOptions,
  Look,
  Model,
  Person,
  PersonValues,
  Picture,
  Pixels,
} from './api/public.ts';
export type { Steps } from './api/steps.ts';
export { type ErrorCode, HyperStyleError } from './errors.ts';
export type { RemoteModel } from './worker/client.ts';
export { loadInWorker, type WorkerOptions } from './worker/load.ts';
export type { RemoteAnimation } from './worker/remote-animation.ts';
export type { RemotePerson } from './worker/remote-person.ts';
