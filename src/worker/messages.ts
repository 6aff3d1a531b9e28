/**
 * What a page and a worker say to each other about models. Every call has a name and plain arguments; objects
 * that stay in the worker (models, people, pictures) are named by handles. `client.ts` sends, `server.ts`
 * answers, `channel.ts` carries.
 */

import type { EasingName } from '../animation/easing.ts';
import type { Keyframe, Timeline } from '../animation/timeline.ts';
import type { FileOptions, PlayOptions, VideoFileOptions } from '../api/animated.ts';
import type { Edits } from '../api/edits.ts';
import type { PasteFaceOptions } from '../api/face-finder.ts';
import type { GenerateOptions } from '../api/generate.ts';
import type { IdentityOptions } from '../api/identity.ts';
import type { LoadOptions } from '../api/load-model.ts';
import type { RgbaPixels } from '../api/picture-source.ts';
import type { DomainOptions, EditOptions, InvertOptions, Look, PersonValues, Pixels } from '../api/public.ts';
import type { Architecture } from '../architecture.ts';
import type { MixPart } from '../editing/mixing.ts';
import type { FindOptions, FoundFaces } from '../method/find-faces.ts';
import type { RestyleOptions } from '../method/restyle.ts';
import type { ModelSource } from '../weights/model-source.ts';
import type { StreamOptions } from '../weights/weight-source.ts';

/** Names an object that lives in the worker. */
export type Handle = number;

/** A picture on its way into the worker. */
export type SentPicture = Blob | ImageBitmap | RgbaPixels;

/** A picture in the worker. */
export interface PictureFacts {
  readonly handle: Handle;
  readonly width: number;
  readonly height: number;
}

/** One step in the worker. */
export interface StepFacts {
  readonly index: number;
  readonly l2: number;
  readonly picture: PictureFacts;
}

/** A person in the worker. */
export interface PersonFacts extends PictureFacts {
  readonly steps: readonly StepFacts[];
  /** What they show: the last step's, or one that outlives the GPU. */
  readonly picture: PictureFacts;
}

/** A model in the worker. */
export interface ModelFacts {
  readonly handle: Handle;
  readonly name: string;
  readonly adapter: string;
  readonly architecture: Architecture;
  readonly names: ModelNames;
}

/** Names that a model's people are edited and shown by; they become more. */
export interface ModelNames {
  readonly directions: readonly string[];
  readonly domains: readonly string[];
}

/** An animation in the worker. */
export interface AnimationFacts {
  readonly handle: Handle;
  readonly frames: number;
  readonly fps: number;
  readonly loop: boolean;
  readonly picture: PictureFacts;
}

/** A timeline of people by their handles; a curve of the page's own is sent as its values at even steps from 0 to 1. */
export interface SentTimeline extends Omit<Timeline<Handle>, 'keyframes'> {
  readonly keyframes: readonly (Omit<Keyframe<Handle>, 'easing'> & {
    readonly easing?: EasingName | Float32Array | undefined;
  })[];
}

/** A generator on its way into the worker: an address, a checkpoint, or the files of a folder. */
export type SentGenerator = string | File | readonly File[];

/** How a person is shown; a strength for each layer. */
export interface SentLook extends Omit<Look, 'strength'> {
  readonly strength?: number | readonly number[] | undefined;
}

/** A canvas by its number; `surface` comes with the first picture that it shows, and stays in the worker. */
export interface SentSurface {
  readonly canvas: number;
  readonly surface?: OffscreenCanvas | undefined;
}

/** Options without what stays on the page: functions are named in `callbacks`, the signal is a message of its own. */
export interface SentOptions<T> {
  readonly options: T;
  /** Names of the functions among the options. */
  readonly callbacks: readonly string[];
}

/** Options of a load that can leave the page. */
export type SentLoadOptions = Omit<LoadOptions, 'signal' | 'device'> & {
  readonly recover?: boolean | number | undefined;
};

/** Arguments and answer of each call of a page. */
export interface Calls {
  /** Holds a lock for as long as the worker lives; null: only answers. */
  hold: { arguments: { lock: string | null }; answer: undefined };
  load: { arguments: SentOptions<SentLoadOptions> & { source: ModelSource }; answer: ModelFacts };
  lost: { arguments: { of: Handle }; answer: { reason: GPUDeviceLostReason; message: string } };
  invert: {
    arguments: SentOptions<Omit<InvertOptions, 'signal' | 'onStep'>> & { of: Handle; photo: SentPicture };
    answer: PersonFacts;
  };
  restore: { arguments: { of: Handle; identity: Uint8Array | ArrayBuffer | PersonValues }; answer: PersonFacts };
  generate: { arguments: { of: Handle; options: GenerateOptions }; answer: PictureFacts };
  findFaces: { arguments: { of: Handle; photo: SentPicture; options: FindOptions }; answer: FoundFaces };
  addDirections: {
    arguments: { of: Handle; files: readonly File[] };
    answer: ModelNames & { added: readonly string[] };
  };
  addDomain: { arguments: { of: Handle; domain: string; generator: SentGenerator }; answer: ModelNames };
  addRestyle: {
    arguments: SentOptions<Omit<RestyleOptions, 'signal'>> & { of: Handle; from: SentGenerator };
    answer: undefined;
  };
  addE4e: {
    arguments: SentOptions<Omit<StreamOptions, 'signal'>> & { of: Handle; from: SentGenerator };
    answer: undefined;
  };
  mix: { arguments: { of: Handle; parts: readonly MixPart<Handle>[] }; answer: PersonFacts };
  animate: { arguments: { of: Handle; timeline: SentTimeline }; answer: AnimationFacts };
  frame: { arguments: { of: Handle; index: number }; answer: undefined };
  frameData: { arguments: { of: Handle; index: number }; answer: Pixels };
  /** Into a canvas, or to the callback `screen`. */
  play: {
    arguments: SentOptions<Omit<PlayOptions, 'signal'>> & { of: Handle; canvas?: SentSurface };
    answer: undefined;
  };
  gif: { arguments: SentOptions<Omit<FileOptions, 'signal'>> & { of: Handle }; answer: Blob };
  video: { arguments: SentOptions<Omit<VideoFileOptions, 'signal'>> & { of: Handle }; answer: Blob };
  in: { arguments: { of: Handle; domain: string; options: DomainOptions }; answer: PictureFacts };
  edit: { arguments: { of: Handle; edits: Edits; options: EditOptions }; answer: PictureFacts };
  show: { arguments: { of: Handle; look: SentLook }; answer: PictureFacts };
  paste: { arguments: { of: Handle; photo: SentPicture; options: PasteFaceOptions }; answer: RgbaPixels };
  values: { arguments: { of: Handle }; answer: PersonValues };
  identity: { arguments: { of: Handle; options: IdentityOptions }; answer: Uint8Array<ArrayBuffer> };
  pixels: { arguments: { of: Handle }; answer: Pixels };
  floats: { arguments: { of: Handle }; answer: Float32Array };
  draw: { arguments: { of: Handle; canvas: SentSurface }; answer: undefined };
  dispose: { arguments: { of: Handle }; answer: undefined };
  /** From the worker: runs one of the functions that a call was given. */
  callback: { arguments: { call: number; run: string; values: readonly unknown[] }; answer: unknown };
}

/** One of {@link Calls}. */
export type CallName = keyof Calls;

/** A call as it is sent. */
export type Request = { [N in CallName]: { readonly name: N } & Calls[N]['arguments'] }[CallName];
