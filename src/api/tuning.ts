/**
 * Latent optimisation and pivotal tuning of a model, behind `HyperStyle.optimise`, `pivot`, `restorePivot`,
 * `addLpips` and their like. What is kept on the device between calls is `src/method/tuner.ts`, the schedules are
 * `optimise-latents.ts` and `pivot-weights.ts` there.
 */
import { ensure, type HyperStyleError, inWords, throwIfAborted } from '../errors.ts';
import type { Losses } from '../method/losses.ts';
import { optimiseLatents, type RunHooks } from '../method/optimise-latents.ts';
import { type PivotStart, savedTensors, TuningFault, tuneWeights } from '../method/pivot-weights.ts';
import { Tuner } from '../method/tuner.ts';
import { readMoved } from '../models/moved.ts';
import { DISPOSE_LATE } from '../runtime/patience.ts';
import { readAll } from '../runtime/read-all.ts';
import { byteLength, type Tensor } from '../tensor.ts';
import { openCheckpoint } from '../weights/checkpoint.ts';
import { type FileLoss, LOSS_READERS } from '../weights/loss-files.ts';
import { type EditFile, fileSource } from './edit-file.ts';
import { identityBytes, isPersonValues } from './given-person.ts';
import { checkPersonValues, decodeIdentity } from './identity.ts';
import { Inversion } from './inversion.ts';
import type { InversionContext } from './model-context.ts';
import { withoutOffsets } from './person-steps.ts';
import type { PhotoAligner } from './photo-aligner.ts';
import type { PictureReader } from './picture-reader.ts';
import type { PictureSource, TakenPicture } from './picture-source.ts';
import { decodePivot, decodeRun, encodePivot, encodeRun, type PivotValues } from './pivot-file.ts';
import { type PivotContext, PivotedPerson } from './pivoted.ts';
import type { InvertOptions, PersonValues } from './public.ts';
import { TuningError } from './tuning-error.ts';
import {
  latentPlan,
  type OptimiseOptions,
  type PivotOptions,
  pivotPlan,
  type TuningOptions,
} from './tuning-options.ts';

/** A photo to tune to. */
export interface TuningPhoto {
  /** As it was when the call began. */
  readonly taken: Promise<TakenPicture>;
  /** The same, to be inverted; cut where `align` says so. */
  readonly picture: PictureSource;
}

/** What of the public object is needed here. */
export interface TuningHost {
  readonly context: InversionContext;
  readonly reader: PictureReader;
  readonly aligner: Pick<PhotoAligner, 'readModel'>;
  invert(photo: PictureSource, options: InvertOptions): Promise<Inversion>;
  restore(values: PersonValues): Promise<Inversion>;
}

/** Tuning of one model. Nothing is allocated before the first call. */
export class Tuning {
  readonly #host: TuningHost;
  #shared: PivotContext | undefined;

  constructor(host: TuningHost) {
    this.#host = host;
  }

  /** The method's side, made when it is first needed. */
  #pivots(): PivotContext {
    const { context } = this.#host;
    if (!this.#shared) {
      const tuner = new Tuner(context.engine, context.source);
      const model = {
        name: context.modelName,
        mark: context.mark,
        plan: tuner.tuned.plan,
        codes: tuner.tuned.state.base.shape,
      };
      this.#shared = { context, tuner, model, holder: undefined };
    }
    return this.#shared;
  }

  /** Reads a loss's network from its files; see `HyperStyle.addLpips`. */
  async addLoss(loss: FileLoss, files: readonly EditFile[]): Promise<void> {
    const { name, source } = LOSS_READERS[loss];
    ensure(
      Array.isArray(files) && files.length > 0,
      'option',
      () => `${name}: got ${inWords(files)}, expected its files as people have them, or what convert made of them`,
    );
    const checkpoints = await Promise.all(files.map((file) => openCheckpoint(fileSource(file))));
    this.#pivots().tuner.sources.set(loss, source(checkpoints));
  }

  /** Reads the face descriptor from where the face models are; see `HyperStyle.addFaceDescriptor`. */
  async addFaceDescriptor(): Promise<void> {
    const model = await this.#host.aligner.readModel('descriptor');
    this.#pivots().tuner.sources.set('face', { ...model, loss: 'face' });
  }

  /** See `HyperStyle.optimise`. */
  async optimise({ taken, picture }: TuningPhoto, options: OptimiseOptions): Promise<Inversion> {
    const { tuner } = this.#pivots();
    const { recipe, schedule, every } = latentPlan(options, new Set(tuner.sources.keys()));
    const { context } = this.#host;
    const { engine } = context;
    const { signal, stop, memory } = options;
    const start = await this.#latentsOf(picture, options);
    const found = await engine.exclusive(
      async () => {
        context.current = undefined;
        const learner = await tuner.latents(recipe, { signal, memory });
        await this.#host.reader.loadTarget(await taken, tuner);
        const from = start ?? (await engine.read(this.#average()));
        const spread = schedule.noise > 0 ? await tuner.spread(schedule.seed) : 0;
        const onStep = this.#reporter(options, { steps: schedule.steps, every, y: learner.network.state.y });
        const { latents } = await optimiseLatents(learner, engine.runtime, from, schedule, spread, {
          onStep,
          signal,
          stop,
        });
        return latents;
      },
      { signal },
    );
    throwIfAborted(signal);
    return this.#host.restore(withoutOffsets(engine.network, found));
  }

  /** See `HyperStyle.pivot`. */
  async pivot({ taken, picture }: TuningPhoto, options: PivotOptions): Promise<PivotedPerson> {
    const shared = this.#pivots();
    const plan = pivotPlan(options, new Set(shared.tuner.sources.keys()), shared.context.source.tuningRate);
    const start = options.resume ? undefined : await this.#startOf(picture, options);
    const work = (): Promise<PivotedPerson> => this.#tune(shared, taken, start, options, plan);
    const tuned = await this.#host.context.engine.exclusive(work, { ...DISPOSE_LATE, signal: options.signal });
    if (options.from instanceof Inversion) tuned.cut = options.from.cut;
    return tuned;
  }

  async #tune(
    shared: PivotContext,
    taken: Promise<TakenPicture>,
    given: PivotStart | undefined,
    options: PivotOptions,
    { recipe, schedule, every, saveEvery }: ReturnType<typeof pivotPlan>,
  ): Promise<PivotedPerson> {
    const { context, tuner, model } = shared;
    const { engine } = context;
    const { signal, stop, memory, onSave, resume } = options;
    context.current = undefined;
    const learner = await tuner.pivot(recipe, { signal, memory });
    const { network, mounted } = learner;
    await this.#host.reader.loadTarget(await taken, tuner);
    const saved = resume && (await decodeRun(model, identityBytes(resume), savedTensors(network)));
    const start = saved ? { latents: saved.latents, saved } : given;
    ensure(start, 'option', 'pivot has nothing to begin with: pass from');
    const report = this.#reporter(options, { steps: schedule.steps, every, y: network.state.y });
    const onStep = async (done: number, losses: Losses): Promise<void> => {
      await report(done, losses);
      if (!onSave || done === 0 || done % saveEvery !== 0) return;
      const states = savedTensors(network);
      const tensors = new Map<string, Float32Array>();
      await readAll(engine.runtime, states, (values, i) => tensors.set(states[i]?.name ?? '', values));
      const file = encodeRun(model, { latents: start.latents, steps: done, tensors });
      await engine.runtime.outside(() => onSave(file), signal);
    };
    const kept = async (steps: number): Promise<PivotValues> => {
      shared.holder = undefined; // what moved is this run's now
      mounted.run('moved');
      const moved = await readMoved(tuner.tuned.plan, (tensors, take) => readAll(engine.runtime, tensors, take));
      return { latents: start.latents.slice(), moved, steps };
    };
    try {
      const end = await tuneWeights(learner, engine, start, schedule, { onStep, signal, stop });
      return await PivotedPerson.show(shared, await kept(end.steps), end);
    } catch (error) {
      if (!(error instanceof TuningFault)) throw error;
      const { message } = error.cause as HyperStyleError;
      const person = encodePivot(model, await kept(error.steps));
      throw new TuningError(message, person, error.steps, { cause: error.cause });
    }
  }

  /** See `HyperStyle.restorePivot`. */
  async restore(bytes: Uint8Array): Promise<PivotedPerson> {
    const shared = this.#pivots();
    const values = await decodePivot(shared.model, bytes);
    return this.#host.context.engine.exclusive(() => PivotedPerson.show(shared, values), DISPOSE_LATE);
  }

  /** Where latent optimisation begins; undefined: at the average. */
  async #latentsOf(
    photo: PictureSource,
    { from = 'average', signal }: OptimiseOptions,
  ): Promise<Float32Array | undefined> {
    if (from === 'average') return undefined;
    if (from === 'encoder') return (await this.#inverted(photo, 0, signal)).base;
    return (await this.#valuesOf(from)).base;
  }

  async #startOf(photo: PictureSource, { from, signal }: PivotOptions): Promise<PivotStart> {
    const { encoder, hypernetwork } = this.#host.context.engine.network;
    const chosen = from ?? (encoder && hypernetwork ? 'hyperstyle' : 'w');
    if (chosen === 'hyperstyle' || chosen === 'w') {
      const { base, sums, steps } = await this.#inverted(photo, chosen === 'w' ? 0 : undefined, signal);
      return { latents: base, ...(steps > 0 && { sums }) };
    }
    const { base, sums, steps } = await this.#valuesOf(chosen);
    return { latents: base, ...(steps > 0 && { sums }) };
  }

  async #inverted(photo: PictureSource, steps: number | undefined, signal?: AbortSignal): Promise<PersonValues> {
    const inversion = await this.#host.invert(photo, { steps, signal });
    try {
      return await inversion.values();
    } finally {
      inversion.dispose();
    }
  }

  /** @throws `model` error for a person of another model, `file` and `option` for what is no person */
  async #valuesOf(person: unknown): Promise<PersonValues> {
    const { context } = this.#host;
    if (person instanceof Inversion) {
      Inversion.ensureOf(context, 'from', person);
      return person.values();
    }
    if (isPersonValues(person)) return checkPersonValues(context.engine.network, person);
    ensure(
      person instanceof Uint8Array,
      'option',
      () =>
        `from is ${inWords(person)}, expected "w", "hyperstyle" or a person (of optimise: "average", "encoder" or a person)`,
    );
    return decodeIdentity(context.engine.network, context.mark, identityBytes(person));
  }

  #average(): Tensor {
    const { average } = this.#host.context.engine.network.generator;
    ensure(average, 'model', 'this model has no average latent to begin with: pass from: a person or their values');
    return average;
  }

  /** Tells the caller what has been done, with a picture that is given back afterwards. */
  #reporter(
    { onProgress, signal }: TuningOptions,
    { steps, every, y }: { readonly steps: number; readonly every: number; readonly y: Tensor },
  ): RunHooks['onStep'] {
    const { engine, pictures } = this.#host.context;
    return async (step, losses) => {
      if (!onProgress || (step % every !== 0 && step !== steps)) return;
      engine.runtime.copy(engine.buffers.of(y), engine.buffers.of(engine.network.state.y), byteLength(y));
      const picture = await pictures.capture();
      try {
        await engine.runtime.outside(() => onProgress({ step, steps, losses, picture }), signal);
      } finally {
        picture.dispose();
      }
    };
  }
}
