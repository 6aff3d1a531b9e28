/**
 * What the runtime needs to know of a network: which weights it loads, which graphs it has by name, which tensors outlive a
 * run. A new network is an object of this form; nothing here or in the runtime lists the ones that exist.
 */
import type { Graph } from '../graph/graph.ts';
import type { WeightSink } from '../graph/staged-run.ts';
import { owner, type Tensor } from '../tensor.ts';
import type { StreamOptions, WeightSource } from '../weights/weight-source.ts';

/** Where a network's weights come from. `models/weight-plan.ts` is the one implementation. */
export interface LoadPlan {
  /** Runs once while loading, piece by piece: from tensors as stored to tensors as kernels read them. */
  readonly prepare: Graph;
  /** Every tensor that values are written into. */
  readonly targets: readonly Tensor[];
  /** Streams a source into `sink`. @throws what the source and the sink throw, `tensor` error naming what never arrived */
  load(source: Pick<WeightSource, 'name' | 'stream'>, sink: WeightSink, options?: StreamOptions): Promise<void>;
  /** Opens and closes in `sink` what {@link load} would. */
  rehearse(sink: WeightSink): Promise<void>;
}

/** A copy between two persistent tensors, or zeros where `from` is absent. */
export interface Transfer {
  readonly from?: Tensor;
  readonly to: Tensor;
  /** Where in `to` the copy begins, in bytes; default 0. */
  readonly byteOffset?: number;
}

/** One network. `G`: the names of its graphs and transfers. */
export interface Network<G extends string = string> {
  /** For errors and labels. */
  readonly name: string;
  readonly plan: LoadPlan;
  /** The graphs that are replayed, by name. */
  readonly graphs: ReadonlyMap<G, Graph>;
  /** Copies that a schedule runs between graphs, by name; each runs all of its transfers at once. */
  readonly transfers?: ReadonlyMap<G, readonly Transfer[]>;
  /** Tensors that outlive a run: inputs, results and what is kept between runs. */
  readonly state: Readonly<Record<string, Tensor>>;
}

/** All graphs of a network, `prepare` first. */
export function graphsOf({ plan, graphs }: Network): Graph[] {
  return [plan.prepare, ...graphs.values()];
}

/** Every persistent tensor that outlives loading: weights, state and whatever the graphs keep between runs. */
export function lastingTensors({ plan, graphs, transfers, state }: Network): Tensor[] {
  const used = [...graphs.values()].flatMap((graph) => graph.persistentTensors());
  const moved = [...(transfers?.values() ?? [])].flat().flatMap(({ from, to }) => (from ? [from, to] : [to]));
  const prepared = new Set(plan.prepare.persistentTensors());
  // a weight that nothing prepares is read by a graph, or will be by one that is compiled later
  const kept = plan.targets.filter((target) => !prepared.has(target));
  return [...new Set([...kept, ...Object.values(state), ...used, ...moved].map(owner))];
}

/** What only `prepare` uses: weights as stored, and steps on the way from there. */
export function temporaryTensors(network: Network): Set<Tensor> {
  const lasting = new Set(lastingTensors(network));
  return new Set(network.plan.prepare.persistentTensors().filter((t) => !lasting.has(t)));
}
