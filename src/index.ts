/**
 * HyperStyle in the browser on hand-written WebGPU: the public surface. Everything else is internal.
 *
 * ```ts
 * const hs = await HyperStyle.load('/models/clay-portraits-128/');
 * const inversion = await hs.invert(image, { onStep: ({ picture }) => picture.draw(canvas) });
 * await inversion.edit({ smile: 1.5 });
 * inversion.draw(canvas);
 * ```
 *
 * @module hyperstyle-webgpu
 */

export { EASINGS, type Easing, type EasingName } from './animation/easing.ts';
export { VIDEO_FORMATS, type VideoFormat } from './animation/formats.ts';
export {
  type SwingOptions,
  swing,
  type TravelOptions,
  type TravelPlace,
  travel,
  travelPlace,
} from './animation/presets.ts';
export type { Keyframe, PersonShare, Timeline } from './animation/timeline.ts';
export { beside, besideInputs, type ComposedPixels, type FramePixels, wipe } from './animation/wipe.ts';
export type {
  Animated,
  AnimationFrame,
  FileOptions,
  FrameProgress,
  PlayOptions,
  Screen,
  StreamFramesOptions,
  VideoFileOptions,
} from './api/animated.ts';
export type { Animation } from './api/animation.ts';
export type { Canvas } from './api/canvas.ts';
export { openCheckpoint } from './api/checkpoints.ts';
export { checkpointKind, convertCheckpoint } from './api/convert-checkpoint.ts';
export { type DeviceDescriptorOptions, deviceDescriptor } from './api/device-descriptor.ts';
export type { Discovery, GanspaceOptions, SampleOptions, SefaOptions } from './api/discovery.ts';
export type { EditFile, GeneratorSource } from './api/edit-file.ts';
export type { Edits, LayerEdit } from './api/edits.ts';
export type { Exchange } from './api/exchange.ts';
export type { FaceSource } from './api/face-files.ts';
export type { CutPicture, PasteFaceOptions } from './api/face-finder.ts';
export type { GenerateOptions } from './api/generate.ts';
export { HyperStyle } from './api/hyperstyle.ts';
export type { IdentityOptions } from './api/identity.ts';
export type { Inversion } from './api/inversion.ts';
export type { LoadOptions, LoadReport } from './api/load-model.ts';
export { loadRecovering } from './api/load-recovering.ts';
export { personKind } from './api/person-kind.ts';
export type { Align } from './api/photo-aligner.ts';
export type { Phrase, TextEncoder } from './api/phrases.ts';
export type { PictureSource, RgbaPixels } from './api/picture-source.ts';
export type { PivotEnding, PivotedPerson } from './api/pivoted.ts';
export type { Preflight, PreflightOptions } from './api/preflight.ts';
export type {
  DomainOptions,
  EditOptions,
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
export type { RecoveredPerson } from './api/recovered-person.ts';
export type { Loss, RecoveringModel, RecoveryOptions } from './api/recovering.ts';
export type { SampleReport } from './api/sample-check.ts';
export type { Steps } from './api/steps.ts';
export type { KernelTiming } from './api/timings.ts';
export { TuningError } from './api/tuning-error.ts';
export type {
  LocalityOptions,
  OptimiseOptions,
  PivotOptions,
  TuningOptions,
  TuningProgress,
} from './api/tuning-options.ts';
export {
  type Architecture,
  type GeneratorLayer,
  generatorLayers,
  type HypernetworkArchitecture,
  type TrunkArchitecture,
} from './architecture.ts';
export type { CheckpointKind } from './convert/checkpoint-kind.ts';
export type { ConversionOptions, ConversionProgress } from './convert/convert-checkpoint.ts';
export type { RowRange } from './editing/edit-space.ts';
export { LAYER_GROUPS, type LayerGroup, type Strength } from './editing/layer-groups.ts';
export type { MixPart } from './editing/mixing.ts';
export { type ErrorCode, HyperStyleError } from './errors.ts';
export { type Conv2dVariant, PRECISIONS, type Precision } from './kernels/rungs.ts';
export type { Face, FindOptions, FoundFaces } from './method/find-faces.ts';
export type { RestyleOptions } from './method/restyle.ts';
export { msSsim, type PlanarPicture, planarFromRgba } from './metrics/ms-ssim.ts';
export type { DeviceOptions } from './runtime/device.ts';
export type { MemoryUse } from './runtime/runtime.ts';
export type { ChoiceStore } from './tuning/choice-store.ts';
export type { KernelReport, StartUpOptions } from './tuning/start-up.ts';
export { modelFileUrl } from './weights/folder-url.ts';
export type { ModelSource } from './weights/model-source.ts';
export type { ByteSource } from './weights/random-access.ts';
export type {
  LoadProgress,
  SamplePicture,
  StreamOptions,
  TensorInfo,
  TensorVisitor,
  WeightSource,
} from './weights/weight-source.ts';
