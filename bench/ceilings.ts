/** The two ceilings of an adapter: arithmetic without memory, memory without arithmetic. Measured, never looked up. */
import { DeviceBuffers } from '../src/graph/buffers.ts';
import { compileGraphs } from '../src/graph/compile.ts';
import type { Executable } from '../src/graph/executable.ts';
import { Graph } from '../src/graph/graph.ts';
import { PipelineCache } from '../src/graph/pipelines.ts';
import { f32, linearGrid, read, u32, write } from '../src/kernels/kernel.ts';
import { elementCount, type Tensor, tensor } from '../src/tensor.ts';
import type { Ceilings } from './report.ts';
import { quantile } from './stats.ts';
import { type Encode, GpuTimer } from './timer.ts';

const WORKGROUP_SIZE = 64;
/** Chains · steps · 2 FLOP of one round of `bench_fma.wgsl`, a lane. */
const FLOPS_PER_ROUND = 64;
/** Forms of the FMA kernel; which is fastest depends on the compiler, the ceiling is the best. */
const FORMS = { f32: 1, vec2f: 2, vec4f: 4 } as const;
/** Bytes copied: beyond every cache on ordinary machines. */
const COPY_BYTES = 64 * 2 ** 20;
const INVOCATIONS = 16384;
const SAMPLES = 7;
/** Wanted seconds of one FMA measurement. */
const FMA_SECONDS = 0.05;

/** Records the FMA kernel in one form. @param rounds loop iterations of each invocation */
export function recordFma(g: Graph, form: keyof typeof FORMS, rounds: number, invocations = INVOCATIONS): Tensor {
  const sums = tensor(`fma sums ${form}`, [invocations * FORMS[form]]);
  g.add({
    op: 'bench',
    label: `fma ${form} ×${rounds}`,
    shader: 'bench_fma',
    substitutions: { VECTOR: form, LANES: String(FORMS[form]) },
    overrides: { WORKGROUP_SIZE },
    uniforms: [u32('rounds', rounds), f32('multiplier', 0.999), f32('addend', 0.001)],
    bindings: [write(sums)],
    grid: linearGrid(invocations, WORKGROUP_SIZE),
    flops: FLOPS_PER_ROUND * FORMS[form] * rounds * invocations,
  });
  return sums;
}

/** Records the copy kernel. @param source `[4·n]` */
export function recordCopy(g: Graph, source: Tensor): Tensor {
  const count = elementCount(source.shape) / 4;
  const copied = tensor('copy', source.shape);
  g.add({
    op: 'bench',
    label: `copy ${count * 16} bytes`,
    shader: 'bench_copy',
    overrides: { WORKGROUP_SIZE },
    uniforms: [u32('count', count)],
    bindings: [read(source), write(copied)],
    grid: linearGrid(count, WORKGROUP_SIZE),
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
  const rounds = Math.min(1 << 20, Math.max(8, Math.ceil((8 * FMA_SECONDS) / seconds)));
  const long = record(rounds);
  return long.flops / (await withGraph(device, long, (executable) => bestSeconds(timer, executable)));
}

/** A timer for `device`, probed with a small FMA kernel. */
export async function openTimer(device: GPUDevice): Promise<GpuTimer> {
  const g = new Graph('probe');
  recordFma(g, 'f32', 4, WORKGROUP_SIZE);
  return withGraph(device, g, (executable) => GpuTimer.open(device, encoding(executable)));
}

/** Measures both ceilings: the fastest form of the FMA kernel, and a 64 MiB copy (bytes read + bytes written). */
export async function measureCeilings(device: GPUDevice, timer: GpuTimer): Promise<Ceilings> {
  let best = { flops: 0, fmaForm: '' };
  for (const form of Object.keys(FORMS) as (keyof typeof FORMS)[]) {
    const flops = await fmaFlops(device, timer, form);
    if (flops > best.flops) best = { flops, fmaForm: form };
  }
  const g = new Graph('copy');
  recordCopy(g, tensor('copy source', [COPY_BYTES / 4]));
  const seconds = await withGraph(device, g, (executable) => bestSeconds(timer, executable));
  return { ...best, bytes: (2 * COPY_BYTES) / seconds };
}
