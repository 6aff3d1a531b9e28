/**
 * Measures pictures against a photo on the GPU, as the authors' scripts do: clamped as a display would, at the size that
 * the networks read. Which metrics there are depends on which networks there are.
 */
import { inputShape } from '../../src/architecture.ts';
import { Graph } from '../../src/graph/graph.ts';
import type { HyperStyle } from '../../src/index.ts';
import { squaredLoss } from '../../src/kernels/losses.ts';
import { adaptivePool } from '../../src/kernels/pools.ts';
import { addInto } from '../../src/kernels/sums.ts';
import { slice } from '../../src/models/conv-weights.ts';
import { type LossGraph, LossNetwork } from '../../src/models/loss-network.ts';
import { msSsim } from '../../src/models/ms-ssim.ts';
import { WeightPlan } from '../../src/models/weight-plan.ts';
import type { Mounted } from '../../src/runtime/mounted.ts';
import type { Network } from '../../src/runtime/network.ts';
import { type Tensor, tensor } from '../../src/tensor.ts';
import type { LossSource, NetworkLoss } from '../../src/weights/loss-files.ts';
import type { Values } from './events.ts';

/** How a metric is called, and its value made of what is computed. */
interface Metric {
  readonly name: string;
  readonly value: (computed: number) => number;
}

const same = (value: number): number => value;

/** Metrics without a network; two forms of MS-SSIM: the standard one, and the authors', which the paper's table has. */
const PIXEL_METRICS: readonly Metric[] = [
  { name: 'l2', value: same },
  { name: 'ms-ssim', value: same },
  { name: 'ms-ssim-authors', value: same },
];

/** Metrics of networks. */
const NETWORK_METRICS: Readonly<Record<NetworkLoss, Metric>> = {
  lpips: { name: 'lpips', value: same },
  id: { name: 'id', value: (loss) => 1 - loss },
  moco: { name: 'moco', value: (loss) => 1 - loss },
  face: { name: 'face', value: Math.sqrt },
};

/** What the metrics mean, in the order in which they are shown. */
export const METRIC_WORDS: Readonly<Record<string, string>> = {
  id: 'identity: cosine of IR-SE50 features; more is better',
  face: "distance of face descriptors (dlib's network): less is better, below 0.6 is one person",
  'ms-ssim': 'standard form; more is better',
  'ms-ssim-authors': "as the authors' script computes it; more is better",
  lpips: 'less is better',
  moco: 'cosine of MoCo v2 features; more is better',
  l2: 'mean squared error in [-1, 1]; less is better',
};

/** Metrics that say who is shown. */
export const IDENTITY_METRICS: readonly string[] = [NETWORK_METRICS.id.name, NETWORK_METRICS.face.name];

/** Pictures of the generator's size → metrics. */
class MeterNetwork implements Network<'measure'> {
  readonly name = 'metrics';
  readonly plan = new WeightPlan(new Map());
  readonly graphs: ReadonlyMap<'measure', Graph>;
  readonly state: Readonly<Record<'picture' | 'target' | 'values', Tensor>>;
  readonly metrics: readonly Metric[];

  constructor({ architecture }: HyperStyle, target: Tensor, compared: readonly LossNetwork[]) {
    const { size, inputSize, cropRows: rows } = architecture;
    const picture = tensor('picture to measure', [3, size, size]);
    this.metrics = [...PIXEL_METRICS, ...compared.map(({ loss }) => NETWORK_METRICS[loss])];
    const values = tensor('metrics', [this.metrics.length]);
    const graph = new Graph('measure');
    const asIs = size === inputSize && !rows;
    const input = asIs
      ? picture
      : adaptivePool(graph, { label: 'picture', input: picture, height: inputSize, width: inputSize, rows });
    const pair = { label: 'metric', input, target };
    const found = [
      squaredLoss(graph, pair),
      msSsim(graph, { ...pair, form: 'standard' }).mean,
      msSsim(graph, { ...pair, form: 'authors' }).mean,
      ...compared.map((network) => network.recordDistance(graph, input)),
    ];
    found.forEach((a, i) => {
      addInto(graph, { a, target: slice(values, i), keep: false });
    });
    this.graphs = new Map([['measure', graph]]);
    this.state = { picture, target, values };
  }
}

const clamped = (values: Float32Array): Float32Array => values.map((value) => Math.min(1, Math.max(-1, value)));

/** Metrics on the model's device. */
export class Meter {
  readonly #hs: HyperStyle;
  readonly #network: MeterNetwork;
  readonly #mounted: Mounted<'measure'>;
  readonly #compared: readonly Mounted<LossGraph>[];

  private constructor(
    hs: HyperStyle,
    network: MeterNetwork,
    mounted: Mounted<'measure'>,
    compared: readonly Mounted<LossGraph>[],
  ) {
    this.#hs = hs;
    this.#network = network;
    this.#mounted = mounted;
    this.#compared = compared;
  }

  /** @throws `tensor` error when the pictures are too small for a network or MS-SSIM; `memory`, `device` */
  static async mount(hs: HyperStyle, sources: readonly LossSource[]): Promise<Meter> {
    const { runtime, opened } = hs.engine;
    const target = tensor('photo to measure by', [3, ...inputShape(hs.architecture)]);
    const networks = sources.map((source) => ({ source, network: new LossNetwork(source, opened.facts, target) }));
    const compared: Mounted<LossGraph>[] = [];
    for (const { source, network } of networks) compared.push(await runtime.mount(network, source));
    const meter = new MeterNetwork(
      hs,
      target,
      networks.map(({ network }) => network),
    );
    return new Meter(hs, meter, await runtime.mount(meter, undefined), compared);
  }

  /** Names of the metrics. */
  get metrics(): string[] {
    return this.#network.metrics.map(({ name }) => name);
  }

  /** From now on pictures are measured against this photo `[3, h, w]` in [-1, 1], as the networks read it. */
  async aim(photo: Float32Array): Promise<void> {
    await this.#hs.engine.exclusive(async () => {
      this.#mounted.write(this.#network.state.target, photo);
      for (const network of this.#compared) network.run('target');
    });
  }

  /** The metrics of a picture `[3, size, size]`. */
  async measure(picture: Float32Array): Promise<Values> {
    const { metrics, state } = this.#network;
    const computed = await this.#hs.engine.exclusive(async () => {
      this.#mounted.write(state.picture, clamped(picture));
      this.#mounted.run('measure');
      return this.#mounted.read(state.values);
    });
    return Object.fromEntries(metrics.map(({ name, value }, i) => [name, value(computed[i] ?? Number.NaN)]));
  }
}
