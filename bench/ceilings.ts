/** The two ceilings of an adapter: arithmetic without memory, memory without arithmetic. Measured, never looked up. */

import { Graph } from '../src/graph/graph.ts';
import { f32, linearGrid, read, u32, write } from '../src/kernels/kernel.ts';
import { DeviceBuffers } from '../src/runtime/buffers.ts';
import { compileGraphs } from '../src/runtime/compile.ts';
import type { Executable } from '../src/runtime/executable.ts';
import { PipelineCache } from '../src/runtime/pipelines.ts';
import { elementCount, type Tensor, tensor } from '../src/tensor.ts';
import { type Encode, GpuTimer } from '../src/tuning/timer.ts';
import type { Contestant } from './contest.ts';
import type { Ceilings } from './report.ts';
import { addBenchShaders } from './shaders.ts';
import { quantile } from './stats.ts';

const WORKGROUP_SIZE = 64;
/** Chains · steps · 2 FLOP of one round of `bench_fma.wgsl`, a lane. */
const FLOPS_PER_ROUND = 64;
/** Forms of the FMA kernel; which is fastest depends on the compiler, the ceiling is the best. */
const FORMS = { f32: 1, vec2f: 2, vec4f: 4 } as const;
/** Bytes copied at most: beyond every cache on ordinary machines. */
const COPY_BYTES = 64 * 2 ** 20;
/** Elements an invocation of the copy kernel moves; the best counts. */
const COPY_FORMS = [1, 4, 16] as const;
const INVOCATIONS = 16384;
const SAMPLES = 5;
/** Wanted seconds of one measurement. */
const WANTED_SECONDS = 0.03;
/** Seconds of one execution of the pace maker. */
const PACE_SECONDS = 0.02;

/** Records the FMA kernel in one form. @param rounds loop iterations of each invocation */
export function recordFma(g: Graph, form: keyof typeof FORMS, rounds: number, invocations = INVOCATIONS): Tensor {
  const sums = tensor(`fma sums ${form}`, [invocations * FORMS[form]]);
  g.add({
    op: 'bench',
    label: `fma ${form} ×${rounds}`,
    shader: 'bench_fma',
    substitutions: { VECTOR: form },
    overrides: { WORKGROUP_SIZE },
    uniforms: [u32('rounds', rounds), f32('multiplier', 0.999), f32('addend', 0.001)],
    bindings: [write(sums)],
    grid: linearGrid(invocations, WORKGROUP_SIZE),
    flops: FLOPS_PER_ROUND * FORMS[form] * rounds * invocations,
  });
  return sums;
}

/** Records the copy kernel. @param source `[4·n]` */
export function recordCopy(g: Graph, source: Tensor, perInvocation: number): Tensor {
  const count = elementCount(source.shape) / 4;
  const copied = tensor('copy', source.shape);
  g.add({
    op: 'bench',
    label: `copy ${count * 16} bytes`,
    shader: 'bench_copy',
    overrides: { WORKGROUP_SIZE, PER_INVOCATION: perInvocation },
    uniforms: [u32('count', count)],
    bindings: [read(source), write(copied)],
    grid: linearGrid(Math.ceil(count / perInvocation), WORKGROUP_SIZE),
    flops: 0,
  });
  return copied;
}

/** Compiles one recorded graph, hands it to `use`, frees everything. */
async function withGraph<T>(device: GPUDevice, graph: Graph, use: (executable: Executable) => Promise<T>): Promise<T> {
  const buffers = new DeviceBuffers(device);
  try {
    await buffers.allocate(graph.persistentTensors());
    const { executables } = await compileGraphs(buffers, new PipelineCache(device), [graph]);
    const [executable] = executables;
    if (!executable) throw new Error(`graph "${graph.name}" compiled to nothing`);
    return await use(executable);
  } finally {
    buffers.destroy();
  }
}

const encoding =
  (executable: Executable): Encode =>
  (encoder, timestampWrites) =>
    executable.encode(encoder, 0, executable.dispatches.length, timestampWrites);

/** Best of some samples after warm-ups: a ceiling is what the adapter can do, not what it does on average. */
async function bestSeconds(timer: GpuTimer, executable: Executable): Promise<number> {
  const encode = encoding(executable);
  let estimate = 0;
  for (let i = 0; i < 2; i++) estimate = await timer.seconds(encode, estimate);
  const samples: number[] = [];
  for (let i = 0; i < SAMPLES; i++) samples.push(await timer.seconds(encode, estimate));
  return quantile(samples, 0);
}

async function fmaFlops(device: GPUDevice, timer: GpuTimer, form: keyof typeof FORMS): Promise<number> {
  const record = (rounds: number): Graph => {
    const g = new Graph(`fma ${form}`);
    recordFma(g, form, rounds);
    return g;
  };
  const first = record(8);
  const seconds = await withGraph(device, first, (executable) => bestSeconds(timer, executable));
  const rounds = Math.min(1 << 20, Math.max(8, Math.ceil((8 * WANTED_SECONDS) / seconds)));
  const long = record(rounds);
  return long.flops / (await withGraph(device, long, (executable) => bestSeconds(timer, executable)));
}

async function copyRate(device: GPUDevice, timer: GpuTimer, perInvocation: number, bytes: number): Promise<number> {
  const g = new Graph(`copy ×${perInvocation}`);
  recordCopy(g, tensor('copy source', [bytes / 4]), perInvocation);
  return (2 * bytes) / (await withGraph(device, g, (executable) => bestSeconds(timer, executable)));
}

/** A timer for `device`, probed with a small FMA kernel: what every bench begins with. */
export async function openTimer(device: GPUDevice): Promise<GpuTimer> {
  addBenchShaders();
  const g = new Graph('probe');
  recordFma(g, 'f32', 4, WORKGROUP_SIZE);
  return withGraph(device, g, (executable) => GpuTimer.open(device, encoding(executable)));
}

/** Measures both ceilings: the fastest forms of the FMA kernel and of the copy (bytes read + bytes written). */
export async function measureCeilings(device: GPUDevice, timer: GpuTimer): Promise<Ceilings> {
  let best = { flops: 0, fmaForm: '' };
  for (const form of Object.keys(FORMS) as (keyof typeof FORMS)[]) {
    const flops = await fmaFlops(device, timer, form);
    if (flops > best.flops) best = { flops, fmaForm: form };
  }
  const rate = await copyRate(device, timer, COPY_FORMS[1], COPY_BYTES / 64);
  const wanted = 2 ** Math.ceil(Math.log2((rate * WANTED_SECONDS) / 2));
  const size = Math.min(COPY_BYTES, Math.max(COPY_BYTES / 64, wanted));
  const rates: number[] = [];
  for (const form of COPY_FORMS) rates.push(await copyRate(device, timer, form, size));
  return { ...best, bytes: Math.max(...rates) };
}

/** The better of two measurements: other work on the machine only ever lowers a ceiling. */
export function bestCeilings(a: Ceilings, b: Ceilings): Ceilings {
  const arithmetic = a.flops >= b.flops ? a : b;
  return { flops: arithmetic.flops, fmaForm: arithmetic.fmaForm, bytes: Math.max(a.bytes, b.bytes) };
}

/** The FMA ceiling as a contestant: run in turn with others, it tells how fast the adapter was at that moment. */
export interface Pace extends Contestant {
  /** Operations of one execution. */
  readonly flops: number;
  destroy(): void;
}

/** Compiles the fastest FMA form at a length of about 20 ms. */
export async function openPace(device: GPUDevice, timer: GpuTimer, ceilings: Ceilings): Promise<Pace> {
  const form = (Object.keys(FORMS) as (keyof typeof FORMS)[]).find((f) => f === ceilings.fmaForm) ?? 'f32';
  const perRound = FLOPS_PER_ROUND * FORMS[form] * INVOCATIONS;
  const g = new Graph('pace');
  recordFma(g, form, Math.max(1, Math.ceil((PACE_SECONDS * ceilings.flops) / perRound)));
  const buffers = new DeviceBuffers(device);
  await buffers.allocate(g.persistentTensors());
  const { executables } = await compileGraphs(buffers, new PipelineCache(device), [g]);
  return {
    name: 'FMA ceiling',
    flops: g.flops,
    check: async () => ({ error: 0, tolerance: 0, against: 'nothing' }),
    sample: async (estimate) => (executables[0] ? timer.seconds(encoding(executables[0]), estimate) : 0),
    destroy: () => buffers.destroy(),
  };
}
