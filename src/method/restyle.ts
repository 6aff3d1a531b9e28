/**
 * ReStyle-e4e on a runtime (arXiv 2104.02699): T passes from the average latent, each adding what the encoder finds in photo and
 * last picture; its latents in W+ are what a person is shown with in another domain. The latents are a few thousand numbers, so
 * the host adds them up: one small readback a pass.
 */
import { inputShape, type LatentEncoderArchitecture } from '../architecture.ts';
import { ensure, inWords } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { adaptivePool } from '../kernels/pools.ts';
import { type GeneratorGraph, GeneratorNetwork } from '../models/generator-network.ts';
import { addHeads, readHeads } from '../models/latent-heads.ts';
import { RestyleEncoderNetwork } from '../models/restyle-encoder.ts';
import { WeightPlan } from '../models/weight-plan.ts';
import type { Mounted } from '../runtime/mounted.ts';
import type { Network, Transfer } from '../runtime/network.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { byteLength, elementCount, type Tensor, tensor } from '../tensor.ts';
import type { SourceOf } from '../weights/checkpoint-source.ts';
import type { StreamOptions } from '../weights/weight-source.ts';

/** Passes that the authors' domain adaptation makes. */
const DEFAULT_RESTYLE_STEPS = 2;
/** More passes than this only cost time. */
const MAX_RESTYLE_STEPS = 100;

/** Options of a ReStyle-e4e model. */
export interface RestyleOptions extends StreamOptions {
  /** Passes of its encoder a photo, 1 to 100; default 2, as in the authors' domain adaptation. */
  readonly steps?: number | undefined;
}

/** Graphs and transfers: its generator's and its own. */
type RestyleGraph =
  | GeneratorGraph
  | 'encode' // x and pooled y → heads
  | 'pool' // y → pooled y
  | 'gather'; // x and pooled y → what the encoder reads

/** Encoder and generator of one ReStyle-e4e checkpoint. */
export class RestyleNetwork implements Network<RestyleGraph> {
  readonly name = 'ReStyle-e4e';
  readonly architecture: LatentEncoderArchitecture;
  readonly plan: WeightPlan;
  readonly generator: GeneratorNetwork;
  readonly encoder: RestyleEncoderNetwork;
  readonly graphs: ReadonlyMap<RestyleGraph, Graph>;
  readonly transfers: ReadonlyMap<RestyleGraph, readonly Transfer[]>;
  readonly state: Readonly<Record<string, Tensor>>;
  /** The photo as the encoder reads it `[3, h, w]` in [-1, 1]. */
  readonly x: Tensor;
  /** y pooled to what the encoder reads `[3, h, w]`. */
  readonly pooled: Tensor;

  /** @throws `tensor` error when tensors are missing or do not fit together */
  constructor(
    { architecture, tensors }: Pick<SourceOf<LatentEncoderArchitecture>, 'architecture' | 'tensors'>,
    facts: KernelFacts,
  ) {
    this.architecture = architecture;
    this.plan = new WeightPlan(tensors);
    this.generator = new GeneratorNetwork(this.plan, { sizes: architecture, facts });
    this.encoder = new RestyleEncoderNetwork(this.plan, architecture, facts);
    const shape = [3, ...inputShape(architecture)];
    this.x = tensor('restyle x', shape);
    this.pooled = tensor('restyle pooled y', shape);
    const { pair } = this.encoder.state;
    const { inputSize: side, cropRows: rows } = architecture;
    const pool = new Graph('pool');
    adaptivePool(pool, {
      label: 'pool y',
      input: this.generator.state.y,
      height: side,
      width: side,
      rows,
      output: this.pooled,
    });
    this.state = {
      ...this.generator.state,
      pair,
      x: this.x,
      pooled: this.pooled,
      ...Object.fromEntries(this.encoder.heads.map((head) => [head.name, head])),
    };
    this.graphs = new Map<RestyleGraph, Graph>([...this.generator.graphs, ...this.encoder.graphs, ['pool', pool]]);
    this.transfers = new Map([
      [
        'gather',
        [
          { from: this.x, to: pair },
          { from: this.pooled, to: pair, byteOffset: byteLength(this.x) },
        ],
      ],
    ]);
  }
}

/** @throws `option` error for steps that are no number of passes */
export function ensureRestyleSteps(steps: unknown = DEFAULT_RESTYLE_STEPS): void {
  ensure(
    Number.isInteger(steps) && Number(steps) >= 1 && Number(steps) <= MAX_RESTYLE_STEPS,
    'option',
    () => `steps of ReStyle is ${inWords(steps)}, expected a whole number from 1 to ${MAX_RESTYLE_STEPS}`,
  );
}

/** A mounted ReStyle-e4e model. Its methods must run inside the runtime's `exclusive`. */
export class Restyle {
  readonly network: RestyleNetwork;
  /** Passes a photo. */
  readonly steps: number;
  readonly #mounted: Mounted<RestyleGraph>;

  private constructor(network: RestyleNetwork, mounted: Mounted<RestyleGraph>, steps: number) {
    this.network = network;
    this.#mounted = mounted;
    this.steps = steps;
  }

  /** Mounts a model beside what runs already; {@link ensureRestyleSteps} comes before. Errors as `Runtime.mount`. */
  static async mount(
    runtime: Runtime,
    source: SourceOf<LatentEncoderArchitecture>,
    { steps = DEFAULT_RESTYLE_STEPS, ...options }: RestyleOptions = {},
  ): Promise<Restyle> {
    const network = new RestyleNetwork(source, runtime.opened.facts);
    const mounted = await runtime.mount(network, source, options);
    mounted.run('storedNoise', 'untune');
    const { offset, styleOffset } = network.generator.state;
    for (const zero of [offset, styleOffset]) mounted.write(zero, new Float32Array(elementCount(zero.shape)));
    return new Restyle(network, mounted, steps);
  }

  /**
   * The latents of a photo.
   * @param x the photo `[3, h, w]` in [-1, 1], as the encoder reads it
   * @param onPass sees the latents after each pass
   * @returns `[latentCount, styleDim]`
   * @throws `device` error when the GPU is lost
   */
  async invert(
    x: Float32Array,
    steps = this.steps,
    onPass: (codes: Float32Array, pass: number) => void = () => {},
  ): Promise<Float32Array<ArrayBuffer>> {
    const { network } = this;
    this.#mounted.write(network.x, x);
    let codes = await this.average();
    for (let pass = 1; pass <= steps; pass++) {
      this.synthesize(codes);
      this.#mounted.run('pool', 'gather', 'encode');
      const heads = await readHeads(network.encoder.heads, (batch) => this.#mounted.read(batch));
      codes = addHeads(codes, heads, network.architecture.styleDim);
      onPass(codes, pass);
    }
    return codes;
  }

  /** The average latent of every row, where the passes begin `[latentCount, styleDim]`. */
  async average(): Promise<Float32Array<ArrayBuffer>> {
    const { average } = this.network.generator;
    return average ? Float32Array.from(await this.#mounted.read(average)) : new Float32Array();
  }

  /** Leaves the picture of latents in the generator's y. */
  synthesize(codes: Float32Array): void {
    this.#mounted.write(this.network.generator.state.base, codes);
    this.#mounted.run('style', 'demodulate', 'synthesize');
  }

  /** The values of a tensor of the network. @throws `device` error when the GPU is lost */
  read(of: Tensor): Promise<Float32Array> {
    return this.#mounted.read(of);
  }

  /** Pools the last picture to what the encoder reads, and gives it back `[3, h, w]`. */
  pooled(): Promise<Float32Array> {
    this.#mounted.run('pool');
    return this.#mounted.read(this.network.pooled);
  }

  /** Gives its memory back. */
  dispose(): void {
    this.#mounted.dispose();
  }
}
