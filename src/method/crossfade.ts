/** A sum of pictures on the device, for the way from one domain to another: y = Σ weight·y_d. */
import { Graph } from '../graph/graph.ts';
import { mixSums } from '../kernels/mix.ts';
import { WeightPlan } from '../models/weight-plan.ts';
import type { Mounted } from '../runtime/mounted.ts';
import type { Network, Transfer } from '../runtime/network.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { byteLength, type Tensor, tensor } from '../tensor.ts';

class CrossfadeNetwork implements Network<'clear' | 'add'> {
  readonly name = 'crossfade';
  readonly plan = new WeightPlan(new Map());
  readonly graphs: ReadonlyMap<'clear' | 'add', Graph>;
  readonly transfers: ReadonlyMap<'clear', readonly Transfer[]>;
  readonly state: Readonly<Record<'picture' | 'weights' | 'sum', Tensor>>;

  constructor({ shape }: Tensor) {
    const [channels = 3] = shape;
    const picture = tensor('faded picture', shape);
    const weights = tensor('fade weights', [channels]);
    const sum = tensor('sum of pictures', shape);
    this.state = { picture, weights, sum };
    const add = new Graph('add');
    mixSums(add, { label: 'crossfade', sums: picture, weights: { tensor: weights, offset: 0 }, active: sum });
    this.graphs = new Map([['add', add]]);
    this.transfers = new Map([['clear', [{ to: sum }]]]);
  }
}

/** One picture's share. */
export interface FadeShare {
  readonly picture: Tensor;
  readonly weight: number;
}

/** The mounted sum. Its methods must run inside the runtime's `exclusive`. */
export class Crossfade {
  readonly #runtime: Runtime;
  readonly #network: CrossfadeNetwork;
  readonly #mounted: Mounted<'clear' | 'add'>;

  private constructor(runtime: Runtime, network: CrossfadeNetwork, mounted: Mounted<'clear' | 'add'>) {
    this.#runtime = runtime;
    this.#network = network;
    this.#mounted = mounted;
  }

  /** Makes room for pictures like `like` `[3, S, S]`. @throws `memory`, `shader`, `device` errors */
  static async mount(runtime: Runtime, like: Tensor): Promise<Crossfade> {
    const network = new CrossfadeNetwork(like);
    return new Crossfade(runtime, network, await runtime.mount(network));
  }

  /** Leaves the weighted sum of pictures, which are persistent tensors, in `to`. */
  run(shares: readonly FadeShare[], to: Tensor): void {
    const { state } = this.#network;
    const { buffers } = this.#runtime;
    this.#mounted.run('clear');
    for (const { picture, weight } of shares) {
      this.#runtime.copy(buffers.of(picture), buffers.of(state.picture), byteLength(picture));
      this.#mounted.write(state.weights, new Float32Array(state.weights.shape[0] ?? 0).fill(weight));
      this.#mounted.run('add');
    }
    this.#runtime.copy(buffers.of(state.sum), buffers.of(to), byteLength(to));
  }

  /** Gives its memory back. */
  dispose(): void {
    this.#mounted.dispose();
  }
}
