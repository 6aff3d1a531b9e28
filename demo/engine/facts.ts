/**
 * What engine and page tell each other: plain data that crosses to a worker. Pictures are `ImageBitmap`s, which
 * belong to whoever has received them.
 */
import type { Edits, Face, GeneratorLayer, LayerGroup, Strength } from '../../src/index.ts';

/** What the address of a model of the visitor's own begins with that is kept on this machine; its name follows. */
export const OWN = 'own:';

/** A loaded model, for people. */
export interface ModelFacts {
  readonly name: string;
  /** What opens it again; null for files that are kept nowhere. */
  readonly address: string | null;
  readonly width: number;
  readonly height: number;
  /** Side of the picture that the networks read. */
  readonly inputSize: number;
  /** Whether it draws faces, which are cut out by their points. */
  readonly faces: boolean;
  readonly directions: readonly string[];
  readonly domains: readonly string[];
  /** Entries of the W+ latent: what layer ranges of edits count. */
  readonly latentCount: number;
  readonly adapter: string;
  /** Whether the adapter computes on the CPU. */
  readonly software: boolean;
  /** GPU memory in bytes. */
  readonly memory: number;
  /** Names of the kernels that run. */
  readonly kernels: readonly string[];
}

/** A photo that the engine has decoded, upright. */
export interface PhotoFacts {
  readonly width: number;
  readonly height: number;
}

/** A face of the photo, as much as the page shows. */
export type FaceFacts = Pick<Face, 'quad' | 'score' | 'yaw' | 'warnings'>;

/** One reconstruction y_t. */
export interface StepFacts {
  readonly index: number;
  /** Mean squared error in [-1, 1]; NaN where there is no photo to compare with. */
  readonly l2: number;
  /** MS-SSIM to the photo, 1 for equal pictures; null where the picture is too small or there is no photo. */
  readonly similarity: number | null;
  readonly picture: ImageBitmap;
}

/** Where a person came from. */
export type PersonKind = 'inverted' | 'tuned' | 'optimised' | 'restored' | 'mixed';

/** The person that edits move. */
export interface PersonFacts {
  readonly kind: PersonKind;
  /** Step T, the last one that can be chosen; 0 for a person without steps. */
  readonly lastStep: number;
  /** The person unedited. */
  readonly picture: ImageBitmap;
  /** Mean squared error against the photo; NaN without one. */
  readonly l2: number;
  /** Whether the photo they were cut out of is there, to be put back into. */
  readonly pastes: boolean;
}

/** How the person is shown. */
export interface Look {
  readonly edits: Edits;
  readonly strength: Readonly<Record<LayerGroup, number>>;
  /** Undefined is the last one. */
  readonly step: number | undefined;
  /** Null is the model's own generator. */
  readonly domain: string | null;
}

/** How far a task is. */
export interface Progress {
  readonly phase: string;
  readonly done: number;
  /** 0 while unknown. */
  readonly total: number;
  /** More in words, e.g. an error or bytes. */
  readonly detail?: string;
  /** What it looks like at this moment. */
  readonly picture?: ImageBitmap;
}

/** Told how far a task is. */
export type OnProgress = (progress: Progress) => void | Promise<void>;

/** A finished file, for the page to hand to the browser. */
export interface MadeFile {
  readonly blob: Blob;
  readonly name: string;
}

/** Someone who was remembered. */
export interface CastMember {
  readonly id: number;
  readonly picture: ImageBitmap;
}

/** One person's part in a mix. */
export interface MixShare {
  readonly id: number;
  readonly weight: number;
  readonly strength: number;
}

/** What an animation shows. */
export type Motion = 'swing' | 'travel';

/** Everything an animation needs to know. */
export interface AnimationOrder {
  readonly motion: Motion;
  readonly look: Look;
  /** People in order; for `travel`. */
  readonly ids: readonly number[];
}

/** Files an animation can become. */
export type AnimationFormat = 'gif' | 'mp4' | 'webm' | 'png';

/** Which layers moved. */
export interface LayerMove extends Pick<GeneratorLayer, 'index' | 'kind' | 'resolution'> {
  /** Mean of |ΣΔ|. */
  readonly mean: number;
}

/** One method on the photo. */
export interface MethodResult {
  readonly method: Method;
  readonly picture: ImageBitmap;
  readonly seconds: number;
  readonly l2: number;
  readonly similarity: number | null;
}

/** Ways to invert a photo, in the order of the method's first table. */
export const METHODS = ['w', 'optimised', 'pivot', 'hyperstyle', 'hyperstyle-pivot'] as const;

/** One of {@link METHODS}. */
export type Method = (typeof METHODS)[number];

/** What a picture is scored by when a direction is looked for. */
export const SCORES = ['brightness', 'colour', 'smile'] as const;

/** One of {@link SCORES}. */
export type Score = (typeof SCORES)[number];

/** The strength of a person as inverted. */
export const AS_INVERTED: Look['strength'] & Strength = { coarse: 1, medium: 1, fine: 1, rgb: 1 };
