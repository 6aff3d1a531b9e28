/** Golden cases of inversion by optimisation: latents, StyleGAN2's projection, pivotal tuning. */
import { noisePyramid } from '../../src/gradients/noise-pyramid.ts';
import { adamNumbers, projectionSchedule } from '../../src/gradients/schedules.ts';
import { squaredLoss } from '../../src/kernels/losses.ts';
import { adam, standardise } from '../../src/kernels/optimisers.ts';
import { sum } from '../../src/kernels/product.ts';
import { addInto, fill } from '../../src/kernels/sums.ts';
import { nearPivot } from '../../src/method/near-pivot.ts';
import { ConvWeights } from '../../src/models/conv-weights.ts';
import { Generator } from '../../src/models/generator.ts';
import { lpipsDistance, lpipsFeatures } from '../../src/models/lpips.ts';
import { trainableGenerator } from '../../src/models/trainable-generator.ts';
import { checkpointOrder, type TrainablePlan } from '../../src/models/trainable-plan.ts';
import type { OpenDevice } from '../../src/runtime/device.ts';
import { owner, type Shape, type Tensor, tensor } from '../../src/tensor.ts';
import type { LpipsKind } from '../../src/weights/lpips-layers.ts';
import { type Difference, difference, type Golden, goldenTensor } from './golden-file.ts';
import { sizesOf } from './gradient-generator.ts';
import { LearningRun } from './learning-run.ts';

const PREFIX = 'generator';

/** A loss and the factor that it counts with. */
interface Term {
  readonly value: Tensor;
  readonly weight: number;
}

/** One case being recorded. */
class Inversion {
  readonly run: LearningRun;
  readonly plan: TrainablePlan;
  readonly numbers: Tensor;
  readonly losses: Tensor;
  readonly terms: Term[] = [];
  readonly #moments: Tensor[] = [];

  constructor(golden: Golden, opened: OpenDevice) {
    this.run = new LearningRun(golden, opened.facts);
    this.plan = this.run.plan();
    this.numbers = this.run.state('numbers', [3]);
    this.losses = this.run.state('losses', [(golden.entry.losses as string[]).length]);
  }

  picture(plan: TrainablePlan, latents: Tensor, noises?: readonly Tensor[] | 'none'): Tensor {
    const { tape, facts, golden } = this.run;
    return trainableGenerator(tape, { plan, sizes: sizesOf(golden.entry), facts, latents, noises, prefix: PREFIX })
      .output;
  }

  term(value: Tensor, weight = 1): void {
    const offset = this.terms.length;
    addInto(this.run.graph, { a: value, target: { tensor: this.losses, offset }, keep: false });
    this.terms.push({ value, weight });
  }

  lpips(kind: LpipsKind, a: Tensor, b: Tensor): Tensor {
    const { tape, facts } = this.run;
    const net = { weights: new ConvWeights(this.plan, facts, tape), kind, prefix: 'lpips.' };
    return lpipsDistance(tape, net, lpipsFeatures(tape, net, a), lpipsFeatures(tape, net, b)).total;
  }

  /** Gradients of the weighted sum of all terms, and an Adam step on every parameter. */
  learn(parameters: readonly Tensor[]): void {
    const { run } = this;
    const seeds = this.terms.map(({ value, weight }) => {
      return { of: value, gradient: fill(run.graph, run.graph.transient('one', [1]), weight) };
    });
    const gradients = run.tape.backward(seeds, parameters);
    const [beta1 = 0, beta2 = 0] = run.golden.entry.betas as number[];
    parameters.forEach((parameter, i) => {
      const gradient = gradients[i];
      if (!gradient) return;
      const [first, second] = [run.state('first', parameter.shape), run.state('second', parameter.shape)];
      this.#moments.push(first, second);
      const constants = { betas: [beta1, beta2] as const, eps: Number(run.golden.entry.eps) };
      adam(run.graph, { parameter, gradient, first, second, numbers: this.numbers, ...constants });
    });
  }

  /** One run of the graph with a rate. @returns the losses before the step */
  async step(t: number, rate: number): Promise<Float32Array> {
    const [beta1 = 0, beta2 = 0] = this.run.golden.entry.betas as number[];
    this.run.write(this.numbers, adamNumbers(t, rate, [beta1, beta2]));
    this.run.run();
    const [losses = new Float32Array()] = await this.run.read(this.losses);
    return losses;
  }
}

/** Rows of numbers, one a step, compared with `out.NAME`. */
function compared(golden: Golden, name: string, rows: readonly Float32Array[]): Difference {
  const expected = goldenTensor(golden, `out.${name}`);
  return difference(name, Float32Array.from(rows.flatMap((row) => [...row])), expected.data);
}

function targetOf(run: LearningRun): Tensor {
  const target = goldenTensor(run.golden, 'in.target');
  return run.given('target', target, target.shape.slice(1));
}

function latentsOf(run: LearningRun): Tensor {
  const w = goldenTensor(run.golden, 'in.w');
  return run.given('w', w, w.shape.slice(1));
}

/** A picture that can be read after the run. */
function keep(run: LearningRun, picture: Tensor): Tensor {
  const kept = tensor('y', picture.shape);
  addInto(run.graph, { a: picture, target: { tensor: kept, offset: 0 }, keep: false });
  return kept;
}

/** Adam on w. */
export async function invertLatentCase(golden: Golden, opened: OpenDevice): Promise<Difference[]> {
  const c = new Inversion(golden, opened);
  const [w, target] = [latentsOf(c.run), targetOf(c.run)];
  const picture = c.picture(c.plan, w);
  const y = keep(c.run, picture);
  c.term(squaredLoss(c.run.tape, { label: 'l2', input: picture, target }));
  if ((golden.entry.losses as string[]).includes('lpips')) c.term(c.lpips('alex', picture, target));
  c.learn([w]);
  try {
    await c.run.open(opened.device);
    const [losses, latents]: [Float32Array[], Float32Array[]] = [[], []];
    const steps = Number(golden.entry.steps);
    for (let t = 1; t <= steps; t++) {
      losses.push(await c.step(t, Number(golden.entry.lr)));
      latents.push(...(await c.run.read(w)));
    }
    losses.push(await c.step(steps + 1, 0));
    return [
      compared(golden, 'loss', losses),
      compared(golden, 'w', latents),
      compared(golden, 'y', await c.run.read(y)),
    ];
  } finally {
    c.run.close();
  }
}

/** StyleGAN2's projector, as in pivotal tuning's first phase. */
export async function projectionCase(golden: Golden, opened: OpenDevice): Promise<Difference[]> {
  const c = new Inversion(golden, opened);
  const { run } = c;
  const [w, target, shake] = [
    latentsOf(run),
    targetOf(run),
    run.state('shake', goldenTensor(golden, 'in.w').shape.slice(1)),
  ];
  const maps: Tensor[] = [];
  for (let i = 0; golden.tensors.has(`in.noise_${i}`); i++) {
    const map = goldenTensor(golden, `in.noise_${i}`);
    maps.push(run.given(`noise ${i}`, map, map.shape.slice(-2)));
  }
  const picture = c.picture(c.plan, sum(run.tape, { label: 'shaken', a: w, b: shake }), maps);
  c.term(c.lpips('vgg', picture, target));
  const noise = noisePyramid(run.tape, maps);
  if (noise) c.term(noise, Number(golden.entry.noise_weight));
  c.learn([w, ...maps]);
  for (const map of maps) standardise(run.graph, map);
  const { entry } = golden;
  const steps = Number(entry.steps);
  const shape = { rate: Number(entry.rate), rampDown: Number(entry.ramp_down), rampUp: Number(entry.ramp_up) };
  const noises = {
    noise: Number(entry.noise_factor) * Number(entry.spread),
    noiseLength: Number(entry.noise_length),
  };
  const random = goldenTensor(golden, 'in.shake').data;
  try {
    await run.open(opened.device);
    const [losses, latents]: [Float32Array[], Float32Array[]] = [[], []];
    const width = random.length / steps;
    for (let t = 1; t <= steps; t++) {
      const { rate, noise: deviation } = projectionSchedule(t - 1, { steps, ...shape, ...noises });
      run.write(
        shake,
        random.slice((t - 1) * width, t * width).map((value) => value * deviation),
      );
      losses.push(await c.step(t, rate));
      latents.push(...(await run.read(w)));
    }
    const found = await run.read(...maps);
    const left = found.map((map, i) => compared(golden, `noise_${i}`, [map]));
    return [compared(golden, 'loss', losses), compared(golden, 'w', latents), ...left];
  } finally {
    run.close();
  }
}

/** The pictures of old and new weights at latents near the pivot. */
interface Locality {
  readonly latents: Tensor;
  readonly z: Tensor;
  readonly w: Tensor;
}

function recordLocality(c: Inversion): Locality {
  const { run } = c;
  const { entry } = run.golden;
  const shape: Shape = [1, Number(entry.style_dim)];
  const z = run.state('z', shape);
  const args = { sizes: sizesOf(entry), tunedLayers: [], facts: run.facts, prefix: PREFIX };
  const mapped = new Generator(c.plan, args).mapping(run.before, z);
  const w = tensor('mapped', shape);
  addInto(run.before, { a: mapped, target: { tensor: w, offset: 0 }, keep: false });
  const latents = run.state('near the pivot', shape);
  const before = c.picture(run.plan(), latents, 'none');
  const after = c.picture(c.plan, latents, 'none');
  const share = Number(entry.share);
  const scaled = (value: Tensor): void => c.term(value, share);
  scaled(squaredLoss(run.tape, { label: 'locality l2', input: after, target: before }));
  scaled(c.lpips('alex', after, before));
  return { latents, z, w };
}

/** Average + ψ(w − average) for every layer, then moved from the pivot to a distance. */
function latentsNearPivot(golden: Golden, w: Float32Array): Float32Array<ArrayBuffer> {
  const { psi, ball } = golden.entry;
  const average = goldenTensor(golden, 'in.average').data;
  const towards = w.map((value, i) => (average[i] ?? 0) + Number(psi) * (value - (average[i] ?? 0)));
  const rows = sizesOf(golden.entry).latentCount;
  const all = (row: Float32Array): Float32Array =>
    Float32Array.from({ length: rows * row.length }, (_, i) => row[i % row.length] ?? 0);
  return nearPivot(all(goldenTensor(golden, 'in.w').data), all(towards), Number(ball)).slice(0, w.length);
}

/** Adam on all weights of the generator but those of the mapping network. */
export async function pivotCase(golden: Golden, opened: OpenDevice): Promise<Difference[]> {
  const c = new Inversion(golden, opened);
  const { run } = c;
  const [w, target] = [latentsOf(run), targetOf(run)];
  const picture = c.picture(c.plan, w);
  const y = keep(run, picture);
  c.term(squaredLoss(run.tape, { label: 'l2', input: picture, target }));
  c.term(c.lpips('alex', picture, target));
  const locality = (golden.entry.losses as string[]).includes('locality_l2') ? recordLocality(c) : undefined;
  const fixed = /^generator\.(style|noises)\./;
  const keys = [...c.plan.parameters.keys()].filter((key) => key.startsWith(`${PREFIX}.`) && !fixed.test(key));
  const tensors = keys.flatMap((key) => c.plan.parameters.get(key)?.tensor ?? []);
  c.learn([...new Set(tensors.map(owner))]);
  const random = locality && goldenTensor(golden, 'in.z').data;
  try {
    await run.open(opened.device);
    const losses: Float32Array[] = [];
    const steps = Number(golden.entry.steps);
    for (let t = 1; t <= steps; t++) {
      if (locality && random)
        await moveLatents(c, locality, random.slice((t - 1) * (random.length / steps), t * (random.length / steps)));
      losses.push(await c.step(t, Number(golden.entry.lr)));
    }
    const after = await tensorsAfter(c);
    losses.push(await c.step(steps + 1, 0));
    const rows = losses.map((row, i) =>
      row.map((value, k) => (k < 2 ? value : i < steps ? Number(golden.entry.share) * value : 0)),
    );
    return [compared(golden, 'loss', rows), compared(golden, 'y', await run.read(y)), ...after, stopOf(golden, losses)];
  } finally {
    run.close();
  }
}

async function moveLatents(
  { run }: Inversion,
  { z, w, latents }: Locality,
  values: Float32Array<ArrayBuffer>,
): Promise<void> {
  run.write(z, values);
  run.run(run.before);
  const [mapped] = await run.read(w);
  if (mapped) run.write(latents, latentsNearPivot(run.golden, mapped));
}

async function tensorsAfter({ run, plan }: Inversion): Promise<Difference[]> {
  const names = [...run.golden.tensors.keys()].filter((name) => name.startsWith('out.after.'));
  const found: Difference[] = [];
  for (const name of names) {
    const key = name.slice('out.after.'.length);
    const parameter = plan.parameters.get(`${PREFIX}.${key}`);
    const [values] = parameter ? await run.read(parameter.tensor) : [];
    const ordered = parameter && values ? checkpointOrder(parameter, values) : new Float32Array();
    found.push(difference(`after.${key}`, ordered, goldenTensor(run.golden, name).data));
  }
  return found;
}

/** Whether a run would have ended where the golden's did: before the first step at which LPIPS is small enough. */
function stopOf(golden: Golden, losses: readonly Float32Array[]): Difference {
  const { lpips, steps } = golden.entry.stop as { lpips: number; steps: number };
  const first = losses.findIndex((row) => (row[1] ?? Number.POSITIVE_INFINITY) <= lpips);
  const off = Math.abs(first - steps);
  return { output: 'stop', maxAbs: off, relativeL2: off };
}
