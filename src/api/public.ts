/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The public objects as interfaces. `HyperStyle`, `Inversion` and the pictures of this thread implement them,
 * and so can a client of a model that runs somewhere else.
 */
import type { Timeline } from '../animation/timeline.ts';
import type { Architecture } from '../architecture.ts';
import type { Strength } from '../editing/layer-groups.ts';
import type { MixPart } from '../editing/mixing.ts';
import type { FindOptions, FoundFaces } from '../method/find-faces.ts';
import type { RestyleOptions } from '../method/restyle.ts';
import type { StreamOptions } from '../weights/weight-source.ts';
import type { Animated } from './animated.ts';
import type { Canvas } from './canvas.ts';
import type { EditFile, GeneratorSource } from './edit-file.ts';
import type { Edits } from './edits.ts';
import type { PasteFaceOptions } from './face-finder.ts';
import type { GenerateOptions } from './generate.ts';
import type { IdentityOptions } from './identity.ts';
import type { Align } from './photo-aligner.ts';
import type { PictureSource, RgbaPixels } from './picture-source.ts';
import type { Steps } from './steps.ts';

/** RGBA bytes that a page can show: good for `new ImageData(data, width, height)`. */
export type Pixels = RgbaPixels & { readonly data: Uint8ClampedArray<ArrayBuffer> };

/** One generated picture, kept until it is disposed of. */
export interface Picture extends Disposable {
  readonly width: number;
  readonly height: number;
  /** Draws into a canvas; its size becomes the picture's. @throws `device` error when the canvas cannot be used */
  draw(canvas: Canvas): void;
  /** RGBA bytes, clamped to [0, 255]. */
  toImageData(): Promise<Pixels>;
  /** The picture as the generator made it `[3, size, size]`: about [-1, 1], not clamped, rows outside the crop included. */
  toFloats(): Promise<Float32Array>;
  /** Gives its memory back. */
  dispose(): void;
}

/** One reconstruction y_t. */
export interface InversionStep {
  /** t: 0 is the encoder's reconstruction, later ones the hypernetwork's. */
  readonly index: number;
  /** Mean squared error in [-1, 1] between the photo and y_t, both at the model's reading size. */
  readonly l2: number;
  /** Disposed of with its person. */
  readonly picture: Picture;
}

/** What a person is to the model, as plain numbers: the latents and what was summed up over the steps. */
export interface PersonValues {
  /** Latents before edits `[latentCount, styleDim]`. */
  readonly base: Float32Array;
  /** Summed codes and their counts, one entry a group of layers; summed offsets ΣΔ of separable heads. */
  readonly sums: readonly Float32Array[];
  /** Steps that were summed. */
  readonly steps: number;
  /** `sums` as they were after steps 1, 2, … before the last one, where they were kept: what {@link Look.step} chooses from. */
  readonly history?: readonly (readonly Float32Array[])[] | undefined;
  /** Latents that ReStyle-e4e found in the photo `[latentCount, styleDim]`, where it was added: what other domains show. */
  readonly restyled?: Float32Array | undefined;
}

/** How a person is shown. What is absent is as inverted. */
export interface Look {
  /** Added to the latents: the sum of all edits `[latentCount, styleDim]`. */
  readonly offset?: Float32Array | undefined;
  /** Added to the styles of all layers, one after another in hypernetwork order: StyleSpace edits `[S]`. */
  readonly styleOffset?: Float32Array | undefined;
  /**
   * How much of the weight offsets ΣΔ is applied: 1 as inverted, 0 not at all; for all layers, or each by its
   * index in hypernetwork order.
   */
  readonly strength?: number | ((layer: number) => number) | undefined;
  /** After which step t of the hypernetwork: 0 the W inversion's weights, T (default) the last; no hypernetwork runs. */
  readonly step?: number | undefined;
}

/** Options of {@link Person.edit}. */
export interface EditOptions {
  /**
   * How much of the person's offsets: one factor, or one a layer group (coarse, medium, fine, rgb); default 1,
   * useful 0 to 1.5.
   */
  readonly strength?: Strength | undefined;
  /** After which step t of the hypernetwork: 0 the W inversion's weights, T (default) the last; no hypernetwork runs. */
  readonly step?: number | undefined;
}

/** Options of {@link InvertedPerson.in}. */
export interface DomainOptions extends EditOptions {
  readonly edits?: Edits | undefined;
  /** Layers that get the person's offsets, in hypernetwork order; default: tuned convolutions without the shared head. */
  readonly layers?: readonly number[] | undefined;
  /** `[latentCount · styleDim]`; default: ReStyle-e4e's where `addRestyle` came before the inversion, else the person's own. */
  readonly latents?: Float32Array | undefined;
}

/** An inverted photo, a restored identity or a tuned person. */
export interface Person extends Disposable {
  /** y_0 … y_T; only the last one for a restored identity. */
  readonly steps: readonly InversionStep[];
  readonly width: number;
  readonly height: number;
  /** The picture that {@link draw} shows: the last edit, or the last step. */
  readonly picture: Picture;
  /** Draws the current picture. */
  draw(canvas: Canvas): void;
  /** RGBA bytes of the current picture. */
  toImageData(): Promise<Pixels>;
  /** Moves the latents along the model's directions; `{}` goes back to the unedited picture. @throws `option` error */
  edit(edits: Edits, options?: EditOptions): Promise<void>;
  /** Shows the person with any sum of edits and any strength; no hypernetwork runs. @throws `option` error */
  show(look: Look): Promise<void>;
  /**
   * A photo with the current picture put back where `align` cut it out.
   * @throws `option` error when nothing was cut out, `image`
   */
  pasteInto(photo: PictureSource, options?: PasteFaceOptions): Promise<RgbaPixels>;
  /** The person as plain numbers. */
  values(): Promise<PersonValues>;
  /** The person as a small file for `restore`; edits are not part of it. */
  identity(options?: IdentityOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** Gives its memory back. */
  dispose(): void;
}

/** A person with codes: mixed with others, moved, and shown in other domains. */
export interface InvertedPerson extends Person {
  /**
   * The person in another domain: their offsets on another generator of the model's.
   * @returns a picture, the caller's to dispose of
   * @throws `option` error for an unknown domain or a layer that is not tuned, `tensor` for latents of another size
   */
  in(name: string, options?: DomainOptions): Promise<Picture>;
}

/** Options of {@link Model.invert}. */
export interface InvertOptions {
  /**
   * What finds the latents: the model's own encoder, one latent in W (`w`, default), or e4e after {@link Model.addE4e}, one a
   * layer (W+). The hypernetwork was trained to go on from W: `steps: 0` shows e4e's own inversion.
   */
  readonly encoder?: 'w' | 'e4e' | undefined;
  /** Passes of the hypernetwork, 0 (y_0 alone) to 100; default 5. */
  readonly steps?: number | undefined;
  /**
   * Called with y_0, y_1, … as each is computed; its promise is awaited. The model is busy meanwhile: draw or
   * read `picture` here. A call of this model that this function waited for would wait for the inversion: after
   * a second it is refused with an `option` error.
   */
  readonly onStep?: ((step: InversionStep) => void | Promise<void>) | undefined;
  /** Stops at once; the pictures made so far are given back. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How the photo is cut: `auto` finds its largest face and cuts it out as FFHQ does (models without faces: the
   * centre), a square `[[x, y] × 4]` does so with that, `centre` takes the largest centred part of the model's
   * form. The picture is taken as it is when absent; `none` says that it is aligned, and warns when it does not
   * look so.
   */
  readonly align?: Align | undefined;
}

/** A loaded model. */
export interface Model extends Disposable {
  readonly name: string;
  /** The model's sizes. */
  readonly architecture: Architecture;
  /** Names of the edit directions, for {@link Person.edit}. */
  readonly directions: readonly string[];
  /** Names of the domains, for {@link InvertedPerson.in}. */
  readonly domains: readonly string[];
  /** Inverts a photo. @throws `image`, `option`, `aborted`, `device`, `memory` errors */
  invert(picture: PictureSource, options?: InvertOptions): Promise<InvertedPerson>;
  /** The steps of an inversion one by one, for `for await`. */
  steps(photo: PictureSource, options?: Omit<InvertOptions, 'onStep'>): Steps;
  /**
   * A person from the file that {@link Person.identity} made, or from plain values.
   * @throws `file`, `model` and `option` errors
   */
  restore(identity: Uint8Array | ArrayBuffer | PersonValues): Promise<InvertedPerson>;
  /** Adds edit directions from files. @returns the new names @throws errors of the files, `option` for a name that is taken */
  addDirections(files: readonly EditFile[]): Promise<readonly string[]>;
  /** Adds another domain: a generator that was fine-tuned from this model's. @throws `option`, `tensor` and file errors */
  addDomain(name: string, generator: GeneratorSource): Promise<void>;
  /**
   * Adds a ReStyle-e4e model: inversions from now on find latents for other domains, too.
   * @throws `option`, `model`, `tensor` errors
   */
  addRestyle(restyle: GeneratorSource, options?: RestyleOptions): Promise<void>;
  /** Adds e4e's encoder, for the option `encoder` of {@link invert}. @throws `model`, `tensor` errors */
  addE4e(e4e: GeneratorSource, options?: StreamOptions): Promise<void>;
  /** Mixes people into one like any other. @throws `option` error for bad weights or rows, `model` for another model's person */
  mix(parts: readonly MixPart<InvertedPerson>[]): Promise<InvertedPerson>;
  /** Prepares an animation of people, who may be disposed of afterwards. @throws `option` error for a bad timeline */
  animate(timeline: Timeline<InvertedPerson>): Promise<Animated>;
  /** Faces of a photo, largest first; one's `quad` is a value of `align`. @throws `image`, `option` errors */
  findFaces(photo: PictureSource, options?: FindOptions): Promise<FoundFaces>;
  /** A picture of nobody. @throws `option` error */
  generate(options?: GenerateOptions): Promise<Picture>;
  /** Gives all memory back; every person and picture of this model ends with it. */
  dispose(): void;
}
