/**
 * What a page and a worker say to each other about models. Every call has a name and plain arguments; objects
 * that stay in the worker (models, people, pictures) are named by handles. `client.ts` sends, `server.ts`
 * answers, `channel.ts` carries.
 */

import type { Edits } from '../api/edits.ts';
import type { PasteFaceOptions } from '../api/face-finder.ts';
import type { GenerateOptions } from '../api/generate.ts';
import type { IdentityOptions } from '../api/identity.ts';
import type { EditOptions } from '../api/inversion.ts';
import type { LoadOptions } from '../api/load-model.ts';
import type { RgbaPixels } from '../api/picture-source.ts';
import type { InvertOptions, Look, PersonValues, Pixels } from '../api/public.ts';
import type { Architecture } from '../architecture.ts';
import type { FindOptions, FoundFaces } from '../method/find-faces.ts';
import type { ModelSource } from '../weights/model-folder.ts';

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
}

/** A model in the worker. */
export interface ModelFacts {
  readonly handle: Handle;
  readonly name: string;
  readonly adapter: string;
  readonly architecture: Architecture;
  readonly directions: readonly string[];
}

/** How a person is shown; a strength for each layer. */
export interface SentLook extends Omit<Look, 'strength'> {
  readonly strength?: number | readonly number[] | undefined;
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
  edit: { arguments: { of: Handle; edits: Edits; options: EditOptions }; answer: PictureFacts };
  show: { arguments: { of: Handle; look: SentLook }; answer: PictureFacts };
  paste: { arguments: { of: Handle; photo: SentPicture; options: PasteFaceOptions }; answer: RgbaPixels };
  values: { arguments: { of: Handle }; answer: PersonValues };
  identity: { arguments: { of: Handle; options: IdentityOptions }; answer: Uint8Array<ArrayBuffer> };
  pixels: { arguments: { of: Handle }; answer: Pixels };
  floats: { arguments: { of: Handle }; answer: Float32Array };
  /** `surface` comes with the first picture that a canvas shows; it stays in the worker under `canvas`. */
  draw: { arguments: { of: Handle; canvas: number; surface?: OffscreenCanvas | undefined }; answer: undefined };
  dispose: { arguments: { of: Handle }; answer: undefined };
  /** From the worker: runs one of the functions that a call was given. */
  callback: { arguments: { call: number; run: string; values: readonly unknown[] }; answer: unknown };
}

/** One of {@link Calls}. */
export type CallName = keyof Calls;

/** A call as it is sent. */
export type Request = { [N in CallName]: { readonly name: N } & Calls[N]['arguments'] }[CallName];
