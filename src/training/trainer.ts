/**
 * A training as an object: a model whose hypernetwork, W encoder or generator learns on the GPU. It holds the device,
 * the network that learns (`training-network.ts`) and how far it has come; `run.ts` has the loop.
 */

import { inputShape } from '../architecture.ts';
import { ensureOptions, ensureSignal, HyperStyleError } from '../errors.ts';
import { largestTensor } from '../graph/plan.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { describeNeed, ensureRoomFor, type TuningNeed, tuningNeed } from '../method/tuning-memory.ts';
import { checkpointOrder } from '../models/trainable-plan.ts';
import { type OpenDevice, openDevice } from '../runtime/device.ts';
import { graphsOf } from '../runtime/network.ts';
import { readAll } from '../runtime/read-all.ts';
import { Runtime } from '../runtime/runtime.ts';
import { elementCount } from '../tensor.ts';
import { startUp } from '../tuning/start-up.ts';
import { collectTensors } from '../weights/collect.ts';
import type { ModelSource } from '../weights/model-source.ts';
import type { ModelFile } from '../weights/model-writer.ts';
import { checkWeights, type WeightSource } from '../weights/weight-source.ts';
import { withFreshHypernetwork } from './fresh-hypernetwork.ts';
import type { FeatureLoss } from './losses.ts';
import { type RunEnd, type RunOptions, run } from './run.ts';
import { type Picture, TrainingSession } from './session.ts';
import { type Settings, settingsOf, type TrainerOptions } from './trainer-options.ts';
import { TrainingNetwork } from './training-network.ts';
import { type Progress, readTrainingHeader, restoreTrainingState, writeTrainingState } from './training-state.ts';

/** What is recorded for some facts of an adapter. */
interface Recorded {
  readonly network: TrainingNetwork;
  readonly features: readonly FeatureLoss[];
}

function record(source: WeightSource, { recipe }: Settings, o: TrainerOptions, facts: KernelFacts): Recorded {
  const shape = [3, ...inputShape(source.architecture)];
  const features = (o.features ?? []).map(({ make }) => make(facts, shape));
  return { network: new TrainingNetwork(source, recipe, facts, features), features };
}

/** A model that learns. */
export class Trainer {
  readonly source: WeightSource;
  readonly settings: Settings;
  /** GPU memory that it takes. */
  readonly need: TuningNeed;
  /** @internal */
  readonly session: TrainingSession;
  /** @internal */
  progress: Progress;

  private constructor(
    source: WeightSource,
    settings: Settings,
    parts: { readonly session: TrainingSession; readonly need: TuningNeed; readonly progress: Progress },
  ) {
    this.source = source;
    this.settings = settings;
    this.session = parts.session;
    this.need = parts.need;
    this.progress = parts.progress;
  }

  /** {@link load} of a model's folder: its address, or its files. Errors also of the folder: `network`, `file`, `model`. */
  static async open(where: ModelSource, options: TrainerOptions = {}): Promise<Trainer> {
    ensureOptions('Trainer.open', options);
    ensureSignal(options.signal);
    const { openModelFolder } = await import('../weights/model-folder.ts');
    return Trainer.load(await openModelFolder(where, { signal: options.signal }), options);
  }

  /**
   * Puts a model on the device, ready to learn.
   * @throws `option` for options that cannot be; `memory` that says what is needed, before anything is allocated;
   *   `model` where the model lacks the part; for a state to go on from: `file`, `model` (another architecture), `option`
   *   (another recipe), `tensor`; `device`, `shader`, errors of the source, `aborted`
   */
  static async load(given: WeightSource, options: TrainerOptions = {}): Promise<Trainer> {
    checkWeights(given);
    ensureOptions('Trainer.load', options);
    ensureSignal(options.signal);
    const source = options.fresh ? withFreshHypernetwork(given, options.fresh) : given;
    const header = options.resume && (await readTrainingHeader(options.resume));
    const settings = settingsOf({ ...options, ...(header && { seed: header.seed }) });
    const needOf = (facts: KernelFacts): number =>
      largestTensor(graphsOf(record(source, settings, options, facts).network));
    const opened = await openDevice(options, needOf);
    const runtime = new Runtime(opened);
    try {
      return await runtime.life.during((signal) => Trainer.#load(source, settings, runtime, { ...options, signal }), {
        signal: options.signal,
      });
    } catch (error) {
      runtime.dispose();
      throw error;
    }
  }

  static async #load(
    source: WeightSource,
    settings: Settings,
    runtime: Runtime,
    options: TrainerOptions,
  ): Promise<Trainer> {
    const { opened, pipelines } = runtime;
    let features: readonly FeatureLoss[] = [];
    const build = (facts: OpenDevice['facts']): TrainingNetwork => {
      const recorded = record(source, settings, options, facts);
      features = recorded.features;
      return recorded.network;
    };
    const whole = build(opened.facts);
    const need = tuningNeed([...features.map(({ network }) => network), whole], opened.device.limits);
    ensureRoomFor(whole.name, need, { device: opened.device, memory: options.memory, used: 0 });
    const { network } = await startUp({ ...options, ...opened, name: source.name, build, pipelines });
    try {
      for (const loss of features) await runtime.mount(loss.network, loss.source, options);
      const mounted = await runtime.mount(network, source, options);
      const session = new TrainingSession(network, mounted, runtime, settings.passes);
      session.forget();
      const progress = options.resume
        ? await restoreTrainingState(options.resume, network, (tensor, values) => mounted.write(tensor, values))
        : { step: 0, seed: settings.seed, best: null };
      const { step, seed, best } = progress;
      return new Trainer(source, settings, { session, need, progress: { step, seed, best } });
    } catch (cause) {
      if (!(cause instanceof HyperStyleError) || cause.code !== 'memory') throw cause;
      throw new HyperStyleError('memory', `${whole.name} ${describeNeed(need)}: ${cause.message}`, { cause });
    }
  }

  /** Steps that are done. */
  get step(): number {
    return this.progress.step;
  }

  /** Height and width of the pictures that it learns from. */
  get shape(): readonly [height: number, width: number] {
    return inputShape(this.source.architecture);
  }

  /** The adapter in words. */
  get adapter(): string {
    return this.session.runtime.opened.adapterName;
  }

  /** Numbers that learn. */
  get parameters(): number {
    const { slots } = this.session.network.optimiser;
    return slots.reduce((sum, { learnt }) => sum + elementCount(learnt.tensor.shape), 0);
  }

  /**
   * Learns until there are enough steps or the caller stops; see {@link RunOptions}.
   * @throws `loss` error that names the layer, where a number is no finite one: the weights are those of the last good
   * step; `image`
   *   when no picture can be used; `aborted`, `device`
   */
  run(options: RunOptions): Promise<RunEnd> {
    return this.session.runtime.exclusive(() => run(this, options), { signal: options.signal });
  }

  /**
   * What the model makes of a picture now: y_0 of a hypernetwork, then y after each pass. Each `[3, h, w]` in [-1, 1],
   * not clamped.
   */
  async show(picture: Picture): Promise<Picture[]> {
    const { session } = this;
    const [place] = session.network.places;
    const found: Picture[] = [];
    const keep = async (): Promise<void> => {
      if (place) found.push(Float32Array.from(await session.runtime.read(place.y)));
    };
    await session.averaged(async () => {
      if (session.network.recipe.part === 'hypernetwork') {
        session.begin([picture]);
        await keep();
      }
      await session.judge([picture], { onPass: keep });
    });
    return found;
  }

  /**
   * The model as it is now, in the layout of the published checkpoints: `hyperstyle` has hypernetwork and decoder,
   * `encoder` W encoder and decoder. The weights that do not learn are read from where the model came from once more.
   * @throws `tensor` for weights kept as int8, errors of the source; `device`, `file` above 4 GiB
   */
  async checkpoint(): Promise<ReadonlyMap<ModelFile, Uint8Array<ArrayBuffer>>> {
    const { writeModelFile } = await import('../weights/model-writer.ts');
    const { source, session } = this;
    const { network, runtime } = session;
    const values = await collectTensors(source, () => true);
    await session.averaged(async () => {
      const moving = [...network.optimiser.slots.map(({ learnt }) => learnt), ...network.statistics];
      const take = (whole: Float32Array, i: number): void => {
        for (const [key, parameter] of moving[i]?.keys ?? [])
          values.set(key, Float32Array.from(checkpointOrder(parameter, whole)));
      };
      await readAll(
        runtime,
        moving.map(({ tensor }) => tensor),
        take,
      );
    });
    const { architecture, tensors } = source;
    const notes = { global_step: this.step, ...(this.progress.best && { best_val_loss: this.progress.best.loss }) };
    const files: readonly ModelFile[] = architecture.hypernetwork ? ['hyperstyle', 'encoder'] : ['encoder'];
    const written = new Map<ModelFile, Uint8Array<ArrayBuffer>>();
    for (const file of files) written.set(file, await writeModelFile(file, architecture, tensors, values, notes));
    return written;
  }

  /** Everything that going on from here needs, for the option `resume`. */
  state(): Promise<Uint8Array<ArrayBuffer>> {
    const { network, runtime } = this.session;
    const { recipe, passes, accumulate } = this.settings;
    const losses = Object.fromEntries(network.losses.terms.map(({ name, weight }) => [name, weight]));
    const header = { ...this.progress, recipe, architecture: network.architecture, losses, passes, accumulate };
    return writeTrainingState(network, header, (tensors, take) => readAll(runtime, tensors, take));
  }

  /** Gives everything on the GPU back. */
  dispose(): void {
    this.session.runtime.dispose();
  }
}
