/** The public object: a loaded model that inverts photos, restores people and generates new pictures. */
import type { Timeline } from '../animation/timeline.ts';
import type { Architecture } from '../architecture.ts';
import type { MixPart } from '../editing/mixing.ts';
import { ensure, ensureOptions, ensureSignal, imported, throwIfAborted } from '../errors.ts';
import { describeGraphs } from '../graph/describe.ts';
import type { Engine } from '../method/engine.ts';
import type { FindOptions, FoundFaces } from '../method/find-faces.ts';
import type { RestyleOptions } from '../method/restyle.ts';
import { graphsOf } from '../runtime/network.ts';
import { DISPOSE_LATE, patiently } from '../runtime/patience.ts';
import type { MemoryUse } from '../runtime/runtime.ts';
import { ModelReplaced } from '../weights/model-replaced.ts';
import { checkModelSource, type ModelSource } from '../weights/model-source.ts';
import { checkWeights, type StreamOptions, type WeightSource } from '../weights/weight-source.ts';
import type { Animation } from './animation.ts';
import { Discovery } from './discovery.ts';
import type { EditFile, GeneratorSource } from './edit-file.ts';
import { Exchange } from './exchange.ts';
import type { GenerateOptions } from './generate.ts';
import { identityBytes } from './given-person.ts';
import { Inversion } from './inversion.ts';
import { inverted } from './invert.ts';
import { restored } from './keep-person.ts';
import { type LoadOptions, type LoadReport, loadModel } from './load-model.ts';
import { contextOf, type InversionContext } from './model-context.ts';
import { checkLoadOptions, ensureCallback } from './options.ts';
import { PhotoAligner } from './photo-aligner.ts';
import type { PictureSource } from './picture-source.ts';
import type { PivotedPerson } from './pivoted.ts';
import type { Preflight, PreflightOptions } from './preflight.ts';
import type { InvertOptions, Model, PersonValues, Picture } from './public.ts';
import { type Steps, stepsOf } from './steps.ts';
import { type PhotoTaking, withPhoto } from './taken-photo.ts';
import type { KernelTiming } from './timings.ts';
import type { Tuning, TuningHost } from './tuning.ts';
import type { OptimiseOptions, PivotOptions } from './tuning-options.ts';

/** A loaded model on a GPU. */
export class HyperStyle implements Model {
  /** The model's name. */
  readonly name: string;
  /** Which kernels run here, which of them the start-up self-test has ruled out, and how a sample picture came out. */
  readonly kernels: LoadReport;
  readonly #context: InversionContext;
  readonly #photos: PhotoTaking;
  #tuning: Promise<Tuning> | undefined;
  /** The authors' files: people and their generators, in and out. */
  readonly exchange: Exchange;
  /** Directions that need no files: SeFa, GANSpace, and what a function scores. */
  readonly discovery: Discovery;

  private constructor(context: InversionContext, photos: PhotoTaking, report: LoadReport) {
    this.#context = context;
    this.#photos = photos;
    this.kernels = report;
    this.name = context.modelName;
    this.exchange = new Exchange(context);
    this.discovery = new Discovery(context);
  }

  /**
   * Loads a converted model from a URL, or from files that were dropped or picked (`model.json` and its shards).
   * @throws `network`, `file`, `model`, `tensor` errors for bad weights, `device` and `memory` errors of the GPU, `aborted`
   */
  static async load(source: ModelSource, options: LoadOptions = {}): Promise<HyperStyle> {
    checkModelSource(source);
    checkLoadOptions('load', options);
    throwIfAborted(options.signal);
    const { openModelFolder } = await imported(import('../weights/model-folder.ts'));
    const load = async (): Promise<HyperStyle> =>
      HyperStyle.fromWeights(await openModelFolder(source, options), options);
    const again = (error: unknown): Promise<HyperStyle> => {
      if (error instanceof ModelReplaced) return load();
      throw error;
    };
    return patiently(load().catch(again), { ...DISPOSE_LATE, signal: options.signal });
  }

  /** What a model needs and whether this GPU has it, before its weights are downloaded; see {@link Preflight}. */
  static async preflight(source: ModelSource, options: PreflightOptions = {}): Promise<Preflight> {
    const { preflight } = await imported(import('./preflight.ts'));
    return preflight(source, options);
  }

  /** Deletes every model this origin has cached (OPFS and Cache API). */
  static async clearCache(): Promise<void> {
    const { clearCache } = await imported(import('../weights/shard-cache.ts'));
    return clearCache();
  }

  /** Loads from anything that streams weights, e.g. a pair of checkpoints. Errors as {@link load}. */
  static async fromWeights(source: WeightSource, options: LoadOptions = {}): Promise<HyperStyle> {
    checkWeights(source);
    checkLoadOptions('fromWeights', options);
    throwIfAborted(options.signal);
    return patiently(HyperStyle.#load(source, options), { ...DISPOSE_LATE, signal: options.signal });
  }

  static async #load(source: WeightSource, options: LoadOptions): Promise<HyperStyle> {
    const loaded = await loadModel(source, options);
    const { engine, reader, report } = loaded;
    const { runtime, network } = engine;
    const aligner = new PhotoAligner(runtime, network.architecture, options);
    return new HyperStyle(contextOf(loaded, source), { aligner, reader, life: runtime.life }, report);
  }

  /** The model's sizes. */
  get architecture(): Architecture {
    return this.#context.engine.network.architecture;
  }

  /** Names of the edit directions, for {@link Inversion.edit}. */
  get directions(): readonly string[] {
    return [...this.#context.directions.keys()];
  }

  /** Names of the domains, for {@link Inversion.in}: those that came with the model and those of {@link addDomain}. */
  get domains(): readonly string[] {
    return this.#context.domains.names;
  }

  /** What the GPU adapter calls itself. */
  get adapter(): string {
    return this.#context.engine.opened.adapterName;
  }

  /** @internal The engine below, for benches and tests. */
  get engine(): Engine {
    return this.#context.engine;
  }

  /** GPU memory in bytes. */
  memory(): MemoryUse {
    return this.#context.engine.memory();
  }

  /** Every dispatch of every graph as a readable table: op, shapes, variant, workgroups, bytes, FLOPs. */
  plan(): string {
    return describeGraphs(graphsOf(this.#context.engine.network));
  }

  /**
   * How long each dispatch of showing a person takes by the GPU's own clock, for the curious; null where the browser has
   * no timestamp queries.
   * @throws `device`, `memory` errors
   */
  async timings(): Promise<readonly KernelTiming[] | null> {
    const { engine } = this.#context;
    const { timeKernels } = await imported(import('./timings.ts'));
    return engine.exclusive(async () => {
      this.#context.current = undefined;
      return timeKernels(engine);
    });
  }

  /**
   * Resolves when the GPU is gone, e.g. to offer a reload; `reason` is `destroyed` after {@link dispose} of a
   * model that opened it.
   */
  get lost(): Promise<GPUDeviceLostInfo> {
    return this.#context.engine.device.lost;
  }

  /**
   * Inverts a photo of any size: latents from the encoder, then `steps` passes of the hypernetwork (HyperStyle, §3).
   * It is taken as it is now, laid over white where it is transparent, and resized on the GPU to what the model
   * reads, antialiased as Pillow's bilinear `resize`; faces should be aligned as in FFHQ.
   * @throws `image` error for unusable pictures, `option` for bad steps, `aborted`, `device`, `memory`
   */
  async invert(picture: PictureSource, options: InvertOptions = {}): Promise<Inversion> {
    ensureOptions('invert', options);
    ensureCallback('onStep', options.onStep);
    ensureSignal(options.signal);
    const { engine } = this.#context;
    const { signal } = options;
    return withPhoto(this.#photos, picture, options, (taken) => {
      const load = async (): Promise<void> => this.#photos.reader.load(await taken);
      return engine.exclusive(() => inverted(this.#context, options, load), { ...DISPOSE_LATE, signal });
    });
  }

  /**
   * The steps of an inversion one by one: `for await (const step of hs.steps(photo))`. Leaving the loop early
   * stops the inversion.
   */
  steps(photo: PictureSource, options: Omit<InvertOptions, 'onStep'> = {}): Steps {
    return stepsOf(this, photo, options);
  }

  /**
   * Faces of a photo, largest first; pass one's `quad` as `align`.
   * @throws `image` error for an unusable photo; see {@link FaceFinder}
   */
  findFaces(photo: PictureSource, options: FindOptions = {}): Promise<FoundFaces> {
    return this.#photos.aligner.find(photo, options);
  }

  /**
   * A person from the file that {@link Inversion.identity} made, by this model or another conversion of the
   * same checkpoint, or from plain values, e.g. a mix of several people's.
   * @throws `file` error for bytes that are no identity, `model` error for another model's, `option` for values that do not fit,
   *   `device`, `memory`
   */
  async restore(identity: Uint8Array | ArrayBuffer | PersonValues): Promise<Inversion> {
    return restored(this.#context, identity);
  }

  /**
   * Adds edit directions from files: InterFaceGAN (`.pt`, `.npy`, safetensors; W or W+), GANSpace's `*_pca.pt`,
   * StyleSpace channels (`.json`), StyleCLIP's `fs3.npy` and `S_mean_std` with phrases. {@link Inversion.edit}
   * then knows them by name.
   * @returns the new names
   * @throws `file`, `pickle`, `tensor` errors of files that are none or another generator's, `option` for a name that is taken
   */
  async addDirections(files: readonly EditFile[]): Promise<readonly string[]> {
    const { space, directions } = this.#context;
    const { newDirections } = await imported(import('./edit-sources.ts'));
    const added = await newDirections(files, space, directions);
    for (const [name, direction] of added) directions.set(name, direction);
    return [...added.keys()];
  }

  /**
   * Adds another domain: a generator that was fine-tuned from this model's, for {@link Inversion.in}. It stays
   * on the GPU beside the model.
   * @throws `option` error for a name that is taken, `tensor` error naming the first tensor that differs and
   *   both shapes, those of a bad file, `device`, `memory`
   */
  async addDomain(name: string, generator: GeneratorSource): Promise<void> {
    const { domains } = this.#context;
    domains.ensureFree(name);
    const { generatorSource } = await imported(import('./edit-sources.ts'));
    await domains.add(name, await generatorSource(generator));
  }

  /**
   * Adds a ReStyle-e4e model, a checkpoint or the address or files of a converted folder: inversions from now on find latents in
   * W+ too, `steps` passes from the average picture (default 2), which {@link Inversion.in} shows in other domains. A second one
   * takes the first one's place.
   * @throws `option` error for steps that are none, `model` when it is no ReStyle-e4e model or reads pictures of another size,
   *   `tensor` naming the first tensor of its generator that differs and both shapes; those of a bad file, `aborted`,
   *   `device`, `memory`
   */
  async addRestyle(restyle: GeneratorSource, options: RestyleOptions = {}): Promise<void> {
    const { addRestyle } = await imported(import('./latent-encoders.ts'));
    await addRestyle(this.#context, restyle, options);
  }

  /**
   * Adds e4e's encoder (arXiv 2102.02766), a checkpoint or the address or files of a converted folder, for the option `encoder` of
   * {@link invert}. A second one takes the first one's place. Errors as {@link addRestyle}, but for steps.
   */
  async addE4e(e4e: GeneratorSource, options: StreamOptions = {}): Promise<void> {
    const { addE4e } = await imported(import('./latent-encoders.ts'));
    await addE4e(this.#context, e4e, options);
  }

  /**
   * Mixes people: latents and offsets are both linear in the weights, which usually sum to 1; rows of one
   * latent may be another's (style mixing), and one's offsets may sit on another's latent (`latentWeight`). The
   * result is a person like any other.
   * @throws `option` error for no people, weights that are no numbers, or rows that do not exist; `model` for a person of
   *   another model; `device`, `memory`
   */
  async mix(parts: readonly MixPart<Inversion>[]): Promise<Inversion> {
    const { mixedValues } = await imported(import('./mix.ts'));
    return this.restore(await mixedValues(this.#context, parts));
  }

  /**
   * Prepares an animation of people of this model: keyframes over edits, people, strength and domains; see
   * {@link Animation}. The people may be disposed of afterwards.
   * @throws `option` error for a timeline that cannot be shown, `device`, `memory`
   */
  async animate(timeline: Timeline<Inversion>): Promise<Animation> {
    const { Animation } = await imported(import('./animation.ts'));
    return Animation.prepare(this.#context, timeline);
  }

  /**
   * A picture of nobody, by the generator as the checkpoint has it: from z (mapped and truncated towards the average), from W or
   * W+ latents, or from StyleSpace vectors.
   * @throws `option` error when there is more than one input, a length is wrong, a number not finite or a seed no whole number
   *   from 0 to 2³²−1; `device`, `memory`
   */
  async generate(options: GenerateOptions = {}): Promise<Picture> {
    ensureOptions('generate', options);
    const { engine, pictures } = this.#context;
    return engine.exclusive(async () => {
      const { synthesize } = await imported(import('./generate.ts'));
      this.#context.current = undefined;
      synthesize(engine, options);
      return pictures.capture();
    }, DISPOSE_LATE);
  }

  /**
   * Latents whose picture is nearest the photo, by Adam on w or W+ (arXiv 1912.04958, appendix D); the generator stays as it is.
   * @throws `image`, `option`, `aborted`, `device`, `memory` errors; `loss` when a loss is no finite number
   */
  async optimise(photo: PictureSource, options: OptimiseOptions = {}): Promise<Inversion> {
    ensureOptions('optimise', options);
    return withPhoto(this.#photos, photo, options, async (taken, picture) =>
      (await this.#tune()).optimise({ taken, picture }, options),
    );
  }

  /**
   * Pivotal tuning (arXiv 2106.05744): every weight of the generator moves until the picture at fixed latents
   * is the photo. Takes a photo, or a person with `photo` among the options.
   * @throws as {@link optimise}; {@link TuningError} has the last good state
   */
  async pivot(photoOrPerson: PictureSource | Inversion, options: PivotOptions = {}): Promise<PivotedPerson> {
    ensureOptions('pivot', options);
    const [photo, asked] = pivotArguments(photoOrPerson, options);
    return withPhoto(this.#photos, photo, asked, async (taken, picture) =>
      (await this.#tune()).pivot({ taken, picture }, asked),
    );
  }

  /**
   * A tuned person from the file of their `identity()`.
   * @throws `file` error for other bytes, `model` for another model's person
   */
  async restorePivot(file: Uint8Array | ArrayBuffer): Promise<PivotedPerson> {
    const bytes = identityBytes(file);
    return (await this.#tune()).restore(bytes);
  }

  /**
   * Adds LPIPS as a loss: torchvision's AlexNet or VGG16 and LPIPS's heads, or their converted file.
   * @throws `model`, `tensor` errors
   */
  async addLpips(files: readonly EditFile[]): Promise<void> {
    await (await this.#tune()).addLoss('lpips', files);
  }

  /** Adds the identity network as the loss `id`: `model_ir_se50.pth` or its converted file. Errors as {@link addLpips}. */
  async addIdentity(files: readonly EditFile[]): Promise<void> {
    await (await this.#tune()).addLoss('id', files);
  }

  /**
   * Adds MoCo's network as the loss `moco`: `moco_v2_800ep_pretrain.pth.tar` or its converted file. Errors as {@link
   * addLpips}.
   */
  async addMoco(files: readonly EditFile[]): Promise<void> {
    await (await this.#tune()).addLoss('moco', files);
  }

  /**
   * Adds the face descriptor (dlib's, 6 MB) as the loss `face`, from where the face models are (load option `faces`).
   * @throws `network`, `file` errors
   */
  async addFaceDescriptor(): Promise<void> {
    await (await this.#tune()).addFaceDescriptor();
  }

  /** What tunes, loaded when it is first asked for; after a failure the next call tries again. */
  #tune(): Promise<Tuning> {
    const host: TuningHost = {
      context: this.#context,
      ...this.#photos,
      invert: (photo, options) => this.invert(photo, options),
      restore: (values) => this.restore(values),
    };
    this.#tuning ??= imported(import('./tuning.ts')).then(({ Tuning: Part }) => new Part(host));
    this.#tuning.catch(() => {
      this.#tuning = undefined;
    });
    return this.#tuning;
  }

  /** Gives all GPU memory back; every inversion and picture of this model ends with it. */
  dispose(): void {
    this.#photos.aligner.dispose();
    this.#context.engine.dispose();
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** What `pivot` tunes to and how: a photo, or a person whose photo is among the options. */
function pivotArguments(given: PictureSource | Inversion, options: PivotOptions): [PictureSource, PivotOptions] {
  if (!(given instanceof Inversion)) return [given, options];
  ensure(
    options.photo,
    'option',
    'pivot got a person and no photo to tune them to: pass it as photo, or as the first argument with from: person',
  );
  return [options.photo, { ...options, from: given }];
}
