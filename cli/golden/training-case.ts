/**
 * Golden cases of training: a hypernetwork of the authors' checkpoint layout learns for some iterations on one batch,
 * with the statistics of the batch and, where the case has them, frozen ones. Everything runs through the library's own
 * training.
 */
import { checkpointOrder } from '../../src/models/trainable-plan.ts';
import type { OpenDevice } from '../../src/runtime/device.ts';
import { Runtime } from '../../src/runtime/runtime.ts';
import type { Tensor } from '../../src/tensor.ts';
import type { FeatureLoss } from '../../src/training/losses.ts';
import type { Recipe } from '../../src/training/recipe.ts';
import { type Losses, type Picture, TrainingSession } from '../../src/training/session.ts';
import { TrainingNetwork } from '../../src/training/training-network.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { checkpointSource } from '../../src/weights/checkpoint-source.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import type { JobContext } from '../job.ts';
import { batchEntry, type Difference, type Golden, goldenTensor } from './golden-file.ts';
import { Outputs } from './pipeline-case.ts';
import { featureLosses } from './training-losses.ts';

const HYPERNET = 'hypernet.';

async function modelOf(ctx: Pick<JobContext, 'get'>, { entry }: Golden): Promise<WeightSource> {
  const files = entry.files as string[];
  const open = async (name: string) => openCheckpoint(bytesSource(name, await ctx.get(`golden/${name}`)));
  const [hyper = '', encoder = ''] = files;
  return checkpointSource(await open(hyper), await open(encoder));
}

/** One training of the case, and what of the golden it is compared with. */
class TrainingCase {
  readonly #golden: Golden;
  readonly #outputs: Outputs;
  readonly #session: TrainingSession;
  readonly #pictures: Picture[];
  /** `frozen.` or nothing. */
  readonly #prefix: string;

  constructor(golden: Golden, outputs: Outputs, session: TrainingSession, pictures: Picture[], prefix: string) {
    this.#golden = golden;
    this.#outputs = outputs;
    this.#session = session;
    this.#pictures = pictures;
    this.#prefix = prefix;
  }

  async run(): Promise<void> {
    const { entry } = this.#golden;
    const session = this.#session;
    const losses: Losses[] = [];
    session.forget();
    for (let t = 1; t <= Number(entry.iterations); t++) {
      session.clear();
      losses.push(...(await session.learn(this.#pictures, t === 1 ? { onPass: (pass) => this.#seen(pass) } : {})));
      if (t === 1) await this.#gradients();
      session.step(t, Number(entry.lr), 1);
      if (!this.#prefix) await this.#statistics(t);
    }
    const rows = losses.flatMap((row) => (entry.losses as string[]).map((name) => row[name] ?? Number.NaN));
    this.#whole('losses', Float32Array.from(rows));
    await this.#after();
  }

  #whole(name: string, values: Float32Array): void {
    const full = `${this.#prefix}${name}`;
    if (this.#outputs.has(full)) this.#outputs.addWhole(full, values);
  }

  /** The pictures of a pass; of the first also what it began with. */
  async #seen(pass: number): Promise<void> {
    const { places } = this.#session.network;
    for (const [n, { codes, y }] of places.entries()) {
      if (this.#prefix) return;
      if (pass === 0) this.#outputs.add('codes', n, await this.#read(codes));
      this.#outputs.add(`y_hat${pass + 1}`, n, await this.#read(y));
    }
  }

  /** y_0 is overwritten by the first pass: it is computed by itself. */
  async first(): Promise<void> {
    const { mounted, network } = this.#session;
    this.#session.place(this.#pictures);
    mounted.run('restart', 'begin');
    for (const [n, { y }] of network.places.entries()) this.#outputs.add('y_hat0', n, await this.#read(y));
  }

  async #gradients(): Promise<void> {
    const norms = new Map<string, number>();
    for (const { learnt, gradient } of this.#session.network.optimiser.slots) {
      const values = await this.#read(gradient);
      for (const [key, parameter] of learnt.keys) {
        const name = key.slice(HYPERNET.length);
        const ordered = checkpointOrder(parameter, values);
        norms.set(name, Math.sqrt(ordered.reduce((sum, value) => sum + value ** 2, 0)));
        this.#whole(`grad.${name}`, ordered);
      }
    }
    const names = this.#golden.entry.names as string[];
    this.#whole(
      'grad_norms',
      Float32Array.from(names, (name) => norms.get(name) ?? Number.NaN),
    );
  }

  async #statistics(t: number): Promise<void> {
    for (const { tensor, keys } of this.#session.network.statistics) {
      const values = await this.#read(tensor);
      for (const [key, parameter] of keys) {
        this.#whole(`statistics${t}.${key.slice(HYPERNET.length)}`, checkpointOrder(parameter, values));
      }
    }
  }

  async #after(): Promise<void> {
    for (const { learnt } of this.#session.network.optimiser.slots) {
      const values = await this.#read(learnt.tensor);
      for (const [key, parameter] of learnt.keys) {
        this.#whole(`after.${key.slice(HYPERNET.length)}`, checkpointOrder(parameter, values));
      }
    }
  }

  #read(tensor: Tensor): Promise<Float32Array> {
    return this.#session.runtime.read(tensor);
  }
}

/** The case `train_hyper`. */
export async function trainingCase(
  ctx: Pick<JobContext, 'get'>,
  golden: Golden,
  opened: OpenDevice,
): Promise<Difference[]> {
  const model = await modelOf(ctx, golden);
  const outputs = new Outputs(golden);
  const x = goldenTensor(golden, 'in.x');
  const pictures = Array.from({ length: x.shape[0] ?? 0 }, (_, n) => batchEntry(x, n).slice());
  const recipe = { part: 'hypernetwork', batch: pictures.length, optimiser: 'ranger', clip: 0, average: 0 } as const;
  const { l2 = 0 } = golden.entry.lambdas as Record<string, number>;
  for (const statistics of ['batch', 'frozen'] as const) {
    if (statistics === 'frozen' && !outputs.has('frozen.losses')) continue;
    const runtime = new Runtime({ ...opened, owned: false });
    try {
      const features: FeatureLoss[] = featureLosses(golden, opened.facts);
      const whole: Recipe = { ...recipe, statistics, loss: { l2, 'ms-ssim': 0, gradient: 0 } };
      const network = new TrainingNetwork(model, whole, opened.facts, features);
      for (const loss of features) await runtime.mount(loss.network, loss.source);
      const mounted = await runtime.mount(network, model);
      const session = new TrainingSession(network, mounted, runtime, Number(golden.entry.passes));
      const prefix = statistics === 'frozen' ? 'frozen.' : '';
      const run = new TrainingCase(golden, outputs, session, pictures, prefix);
      if (!prefix) await run.first();
      await run.run();
    } finally {
      runtime.release();
    }
  }
  return outputs.all();
}
