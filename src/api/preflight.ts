/**
 * Before anything large is downloaded: what a model needs, whether this GPU has it, and about how long an inversion will
 * take. Only the manifest is read.
 */

import { HyperStyleError } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { conv2d, prepareConvWeight } from '../kernels/conv2d.ts';
import { type HyperStyleGraph, HyperStyleNetwork } from '../method/hyperstyle-network.ts';
import { DEFAULT_STEPS, INVERSION } from '../method/schedule.ts';
import { DeviceBuffers } from '../runtime/buffers.ts';
import { compileGraphs } from '../runtime/compile.ts';
import { type DeviceOptions, ensureRoom, type OpenDevice, openDevice } from '../runtime/device.ts';
import { Life } from '../runtime/life.ts';
import { memoryNeed } from '../runtime/memory-need.ts';
import { patiently } from '../runtime/patience.ts';
import { PipelineCache } from '../runtime/pipelines.ts';
import { tensor } from '../tensor.ts';
import { openModelFolder } from '../weights/model-folder.ts';
import { checkModelSource, type ModelSource } from '../weights/model-source.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { needOfModel } from './load-model.ts';
import { checkLoadOptions } from './options.ts';

/** Answer of {@link preflight}; bytes and seconds. */
export interface Preflight {
  readonly name: string;
  /** What the GPU adapter calls itself. */
  readonly adapter: string;
  /** Bytes to download when nothing is cached. */
  readonly downloadBytes: number;
  /** GPU memory for weights and lasting state. */
  readonly weightBytes: number;
  /** GPU memory for intermediate tensors. */
  readonly activationBytes: number;
  /** GPU memory that loading needs at most: both, and the weights that are being prepared. */
  readonly peakBytes: number;
  /** Whether the GPU gave that much memory just now. */
  readonly fits: boolean;
  /** Why not, as one line; undefined when it fits. */
  readonly problem: string | undefined;
  /** About how long one inversion of five steps takes, from a measured convolution. */
  readonly inversionSeconds: number;
}

/** Options of {@link preflight}: those that `HyperStyle.load` will get, as far as they change what it allocates. */
export interface PreflightOptions extends Pick<DeviceOptions, 'gpu' | 'kernels' | 'precision'> {
  /** Stops it, wherever it is. */
  readonly signal?: AbortSignal | undefined;
}

/** Size of the trial convolution: like a middle layer of the generator, small enough for a CPU adapter. */
const TRIAL = { channels: 64, side: 64, runs: 3 };

/**
 * Reads the model's manifest and tries the adapter out on a device of its own, which is given back.
 * @throws `network`, `file`, `model` errors for an unreadable manifest, `device` without a GPU or when it is lost, `aborted`
 */
export async function preflight(source: ModelSource, options: PreflightOptions = {}): Promise<Preflight> {
  checkModelSource(source);
  checkLoadOptions('preflight', options);
  const { gpu, kernels, precision, signal } = options;
  const folder = await openModelFolder(source, { signal });
  const opening = openDevice({ gpu, kernels, precision }, needOfModel(folder));
  const opened = await patiently(opening, { signal, discard: ({ device }) => device.destroy() });
  const life = new Life(opened.device);
  try {
    return await life.wait(tryOut(folder, opened), { signal });
  } finally {
    life.end(new HyperStyleError('device', 'this preflight is over'));
    opened.device.destroy();
  }
}

/** What the adapter can do for a model. */
async function tryOut(folder: WeightSource, opened: OpenDevice): Promise<Preflight> {
  const { device, facts, adapterName } = opened;
  const network = await HyperStyleNetwork.inPieces(folder, facts);
  const need = await memoryNeed(network, device.limits);
  const rate = await trialRate(device, facts);
  const problem = await tryAllocation(opened, need.buffers);
  return {
    name: folder.name,
    adapter: adapterName,
    downloadBytes: folder.totalBytes,
    weightBytes: need.weights,
    activationBytes: need.activations,
    peakBytes: need.weights + need.activations + need.loading,
    fits: problem === undefined,
    problem,
    inversionSeconds: inversionFlops(network) / rate,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function inversionFlops({ graphs }: HyperStyleNetwork): number {
  const flops = (names: readonly HyperStyleGraph[]): number => sum(names.map((name) => graphs.get(name)?.flops ?? 0));
  return flops(INVERSION.start) + DEFAULT_STEPS * flops(INVERSION.step);
}

/** The first reason why these buffers cannot all exist, or undefined. */
async function tryAllocation(opened: OpenDevice, sizes: readonly number[]): Promise<string | undefined> {
  const buffers = new DeviceBuffers(opened.device);
  try {
    ensureRoom(opened, Math.max(...sizes));
    await buffers.create(sizes.map((bytes, i) => ({ label: `preflight ${i}`, bytes })));
    return undefined;
  } catch (error) {
    if (error instanceof HyperStyleError) return error.message;
    throw error;
  } finally {
    buffers.destroy();
  }
}

/** Floating-point operations a second of the chosen convolution kernel; the fastest of a few runs. */
async function trialRate(device: GPUDevice, facts: KernelFacts): Promise<number> {
  const { channels, side, runs } = TRIAL;
  const buffers = new DeviceBuffers(device);
  const prepare = new Graph('trial weights');
  const trial = new Graph('trial');
  const input = tensor('trial input', [channels, side, side]);
  const stored = tensor('trial weight', [1, channels, 3, 3, channels]);
  const weight = prepareConvWeight(prepare, { label: 'trial', weight: stored, spatial: [side, side], facts });
  const output = tensor('trial output', input.shape);
  for (let i = 0; i < runs; i++) conv2d(trial, { label: 'trial', input, weight, output });
  try {
    await buffers.allocate([...prepare.persistentTensors(), ...trial.persistentTensors()]);
    const { executables } = await compileGraphs(buffers, new PipelineCache(device), [prepare, trial]);
    let best = Number.POSITIVE_INFINITY;
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      for (const executable of executables) executable.submit(device);
      await device.queue.onSubmittedWorkDone();
      best = Math.min(best, performance.now() - start);
    }
    return (trial.flops / best) * 1000;
  } finally {
    buffers.destroy();
  }
}
