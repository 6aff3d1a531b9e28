/**
 * Golden cases of whole models: both checkpoints are read by our own reader, the engine inverts every batch entry, and
 * codes, pictures, offsets, features, styles, an edit, a StyleSpace synthesis and generated pictures are compared.
 */

import { addDirection } from '../../src/editing/direction.ts';
import { editSpace, noEdit } from '../../src/editing/edit-space.ts';
import { Graph } from '../../src/graph/graph.ts';
import { Engine } from '../../src/method/engine.ts';
import type { OpenDevice } from '../../src/runtime/device.ts';
import { owner, type Tensor, tensor, view } from '../../src/tensor.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { checkpointSource } from '../../src/weights/checkpoint-source.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import type { JobContext } from '../job.ts';
import { batchEntry, type Difference, difference, type Golden, goldenTensor } from './golden-file.ts';

/** Entries of one output. */
interface Collected {
  readonly computed: Float32Array[];
  readonly expected: Float32Array[];
  readonly tolerance: number | undefined;
}

/** Collects the computed entries of each output and compares them when all are there. */
export class Outputs {
  readonly #golden: Golden;
  readonly #differences = new Map<string, Collected>();

  constructor(golden: Golden) {
    this.#golden = golden;
  }

  has(name: string): boolean {
    return this.#golden.tensors.has(`out.${name}`);
  }

  /** Entry `n` of output `name`; `tolerance` where it is not the case's. */
  add(name: string, n: number, values: Float32Array, tolerance?: number): void {
    this.#put(name, values, batchEntry(goldenTensor(this.#golden, `out.${name}`), n), tolerance);
  }

  /** Output `name`, which has no batch dimension. */
  addWhole(name: string, values: Float32Array, tolerance?: number): void {
    this.#put(name, values, goldenTensor(this.#golden, `out.${name}`).data, tolerance);
  }

  #put(name: string, values: Float32Array, expected: Float32Array, tolerance: number | undefined): void {
    const found = this.#differences.get(name) ?? { computed: [], expected: [], tolerance };
    found.computed.push(values);
    found.expected.push(expected);
    this.#differences.set(name, found);
  }

  compare(): Difference[] {
    return [...this.#differences].map(([name, { computed, expected, tolerance }]) => {
      const found = difference(name, joined(computed), joined(expected));
      return { ...found, ...(tolerance !== undefined && { ok: found.relativeL2 <= tolerance }) };
    });
  }

  /** Outputs of the file that were never computed. */
  missing(): string[] {
    const names = [...this.#golden.tensors.keys()].filter((key) => key.startsWith('out.')).map((key) => key.slice(4));
    return names.filter((name) => !this.#differences.has(name));
  }

  /** All differences; what was never computed is infinitely far. */
  all(): Difference[] {
    const missing = this.missing().map((output) => ({
      output: `${output} (not computed)`,
      maxAbs: Number.POSITIVE_INFINITY,
      relativeL2: Number.POSITIVE_INFINITY,
    }));
    return [...this.compare(), ...missing];
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

/** Mean over the taps of offsets `[O, I, f, f]`. */
function meanOverTaps(values: Float32Array, taps: number): Float32Array {
  const each = taps ** 2;
  return Float32Array.from({ length: values.length / each }, (_, i) => {
    let sum = 0;
    for (let t = 0; t < each; t++) sum += values[i * each + t] ?? Number.NaN;
    return sum / each;
  });
}

/** One of the engine's graphs with readable memory in place of shared slots: a replay shows its intermediate results. */
export class Inspection {
  readonly #engine: Engine;
  readonly #graph: Graph;
  readonly #readable = new Map<Tensor, Tensor>();

  constructor(engine: Engine, name: 'refine' | 'retune') {
    this.#engine = engine;
    this.#graph = new Graph(`inspect ${name}`);
    for (const record of engine.network.graphs.get(name)?.nodes ?? []) {
      const bindings = record.bindings.map((binding) => ({ ...binding, tensor: this.#persistent(binding.tensor) }));
      this.#graph.add({ ...record, bindings });
    }
  }

  #persistent(bound: Tensor): Tensor {
    const of = owner(bound);
    if (of.lifetime === 'persistent') return bound;
    const copy = this.#readable.get(of) ?? tensor(of.name, of.shape, 'persistent', of.dtype);
    this.#readable.set(of, copy);
    return bound === of ? copy : view(copy, bound.shape);
  }

  /** Replays the graph; what it does to persistent tensors it does again. */
  async run(): Promise<void> {
    const program = await this.#engine.runtime.compile([this.#graph]);
    try {
      for (const executable of program.executables) executable.submit(this.#engine.device);
    } finally {
      program.dispose();
    }
  }

  /** Values of a tensor of the graph after {@link run}. */
  read(of: Tensor): Promise<Float32Array> {
    return this.#engine.read(this.#persistent(of));
  }
}

/** The hypernetwork's features of the last step; the codes they add again are taken back out of the sums. */
async function readFeatures(engine: Engine): Promise<Float32Array> {
  const { hypernetwork, sums } = engine.network;
  if (!hypernetwork) return new Float32Array();
  const before: Float32Array[] = [];
  for (const sum of sums) before.push(await engine.read(sum));
  const refine = new Inspection(engine, 'refine');
  await refine.run();
  sums.forEach((sum, i) => {
    engine.write(sum, before[i] ?? new Float32Array());
  });
  return refine.read(hypernetwork.features);
}

/** ΣΔ of each tuned layer as means over the taps, by index in hypernetwork order. */
async function readDeltas(engine: Engine): Promise<Map<number, Float32Array>> {
  const {
    deltas,
    generator: { generator },
  } = engine.network;
  const retune = new Inspection(engine, 'retune');
  await retune.run();
  const means = new Map<number, Float32Array>();
  for (const [index, { delta, taps }] of deltas) {
    const layer = generator.layers[index];
    if (!layer) continue;
    const count = layer.inChannels * layer.outChannels * taps ** 2;
    const all = await retune.read(delta.tensor);
    means.set(index, meanOverTaps(all.subarray(delta.offset, delta.offset + count), taps));
  }
  return means;
}

/** x → y_0 … y_T, codes, features and offsets of one batch entry. */
async function invert(engine: Engine, golden: Golden, n: number, outputs: Outputs): Promise<void> {
  const { state } = engine.network;
  engine.write(state.x, batchEntry(goldenTensor(golden, 'in.x'), n).slice());
  engine.start();
  outputs.add('y0', n, await engine.read(state.y));
  outputs.add('codes', n, await engine.read(state.base));
  for (let t = 1; outputs.has(`y${t}`); t++) {
    engine.step();
    outputs.add(`y${t}`, n, await engine.read(state.y));
    // The features of the first step, from x and y_0: the pair is as that step left it.
    if (t === 1 && outputs.has('features')) outputs.add('features', n, await readFeatures(engine));
  }
  for (const [layer, values] of await readDeltas(engine))
    if (outputs.has(`delta${layer}`)) outputs.add(`delta${layer}`, n, values);
}

/** The inverted person's styles, edited along a direction, and with styles given one by one. */
async function edit(engine: Engine, golden: Golden, n: number, outputs: Outputs): Promise<void> {
  const {
    state,
    architecture,
    generator: { generator },
  } = engine.network;
  const styles = await engine.read(state.styles);
  const offsets = generator.styleOffsets();
  generator.layers.forEach(({ inChannels }, i) => {
    const at = offsets[i] ?? 0;
    if (outputs.has(`style${i}`)) outputs.add(`style${i}`, n, styles.slice(at, at + inChannels));
  });
  if (outputs.has('edit_plus2')) {
    const direction = batchEntry(goldenTensor(golden, 'in.direction'), n).slice();
    const moved = noEdit(editSpace(architecture));
    const along = { kind: 'latent', name: 'golden', vectors: 1, values: direction } as const;
    addDirection(editSpace(architecture), new Float32Array(), along, { amount: 2 }, moved);
    engine.write(state.offset, moved.offset);
    engine.show();
    outputs.add('edit_plus2', n, await engine.read(state.y));
    engine.run('unedited');
  }
  if (outputs.has('from_styles')) {
    const given = generator.layers.map((_, i) => batchEntry(goldenTensor(golden, `in.style${i}`), n));
    engine.write(state.styles, joined(given));
    engine.run('demodulate', 'synthesize');
    outputs.add('from_styles', n, await engine.read(state.y));
  }
}

/** Pictures of nobody from z, whole and truncated half-way to the average. */
async function generate(engine: Engine, golden: Golden, outputs: Outputs): Promise<void> {
  const { state } = engine.network;
  const z = goldenTensor(golden, 'in.z');
  for (const [name, psi] of [['z_image', 1] as const, ['z_truncated_half', 0.5] as const]) {
    if (!outputs.has(name)) continue;
    for (let n = 0; n < (z.shape[0] ?? 1); n++) {
      engine.write(state.z, batchEntry(z, n).slice());
      engine.write(state.psi, Float32Array.of(psi));
      engine.run('untune');
      engine.generate();
      outputs.add(name, n, await engine.read(state.y));
    }
  }
}

/** Runs a pipeline case; its checkpoints lie beside it. */
export async function runPipeline(
  ctx: Pick<JobContext, 'get'>,
  golden: Golden,
  opened: OpenDevice,
): Promise<Difference[]> {
  const { name } = golden.entry;
  const open = async (file: string) => openCheckpoint(bytesSource(file, await ctx.get(`golden/${file}`)));
  const [hyper, encoder] = [await open(`${name}.hyperstyle.pt`), await open(`${name}.w_encoder.pt`)];
  const engine = await Engine.load(checkpointSource(hyper, encoder), opened);
  try {
    const outputs = new Outputs(golden);
    for (let n = 0; n < (goldenTensor(golden, 'in.x').shape[0] ?? 1); n++) {
      await invert(engine, golden, n, outputs);
      await edit(engine, golden, n, outputs);
    }
    if (golden.tensors.has('in.z')) await generate(engine, golden, outputs);
    return outputs.all();
  } finally {
    engine.dispose();
  }
}
