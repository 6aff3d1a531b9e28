/**
 * HyperStyle in the browser on hand-written WebGPU: the public surface. Everything else is internal.
 *
 * ```ts
 * const hs = await HyperStyle.load('/models/clay-portraits-64/');
 * const inversion = await hs.invert(image, { onStep: ({ picture }) => picture.draw(canvas) });
 * await inversion.edit({ smile: 1.5 });
 * inversion.draw(canvas);
 * ```
 */
export type { Architecture, HypernetworkArchitecture, TrunkArchitecture } from './architecture.ts';
export { type ErrorCode, HyperStyleError } from './errors.ts';
export { type Conv2dVariant, PRECISIONS, type Precision } from './kernels/choose.ts';
export type { MemoryUse } from './pipeline/engine.ts';
export type { GenerateOptions } from './pipeline/generate.ts';
export { HyperStyle, type InvertOptions, type LoadOptions } from './pipeline/hyperstyle.ts';
export type { IdentityValues } from './pipeline/identity.ts';
export type { Edits, Inversion, InversionStep, LayerEdit } from './pipeline/inversion.ts';
export type { Picture } from './pipeline/picture.ts';
export type { PictureSource, RgbaPixels } from './pipeline/picture-source.ts';
export type { Preflight, PreflightOptions } from './pipeline/preflight.ts';
export type { ChoiceStore } from './tuning/choice-store.ts';
export type { KernelReport } from './tuning/start-up.ts';
export type { ModelSource } from './weights/model-folder.ts';
export type { ByteSource } from './weights/random-access.ts';
export type {
  LoadProgress,
  StreamOptions,
  TensorInfo,
  TensorVisitor,
  WeightSource,
} from './weights/weight-source.ts';
