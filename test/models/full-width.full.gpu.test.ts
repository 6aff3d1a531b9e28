/**
 * Layers of the published 1024 model at their full widths on a device with exactly WebGPU's default limits: those that come
 * near a limit. Composed up-convolution filters that need two bindings, the 1024² activation that fills one, products and
 * gathered columns in strips, and heads whose weights are several times a binding; each against plain loops at sampled places.
 * Whole inversions at full width take minutes on a CPU adapter, so `full-width.test.ts` checks their plans instead.
 */
import { describe, expect, it } from 'vitest';
import { FACES_1024 } from '../../bench/cases/architectures.ts';
import type { KernelCase } from '../../bench/cases/case.ts';
import { generatorCases } from '../../bench/cases/generator.ts';
import { headCases } from '../../bench/cases/heads.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { DeviceBuffers } from '../../src/runtime/buffers.ts';
import { compileGraphs } from '../../src/runtime/compile.ts';
import { readTensors } from '../../src/runtime/kernel-run.ts';
import { PipelineCache } from '../../src/runtime/pipelines.ts';
import { PUBLISHED_WIDTHS } from '../../src/weights/layout.ts';
import { gpuDevice } from '../setup/gpu.ts';
import { TOLERANCE } from '../tolerances.ts';

const MIB = 2 ** 20;
/** Milliseconds: seconds on a quiet machine, but CI's CPU adapter may share its cores. */
const PATIENCE = 600_000;
/** Multiply-adds in one submit that a CPU adapter finishes well before a watchdog looks. */
const WORK_PER_SUBMIT = 5e8;

const hypernetwork = FACES_1024.hypernetwork;
/** Two shared layers instead of nine: the weights stay at full size, the work does not. */
const TWO_SHARED = { ...FACES_1024, hypernetwork: hypernetwork && { ...hypernetwork, sharedLayers: [0, 2] } };
const CASES = [...generatorCases(FACES_1024), ...headCases(TWO_SHARED, PUBLISHED_WIDTHS)];

function caseOf(what: string): KernelCase {
  const found = CASES.find((c) => c.what(c.sizes[0] ?? 0) === what);
  if (!found) throw new Error(`no layer "${what}" among ${CASES.map((c) => c.what(c.sizes[0] ?? 0)).join(', ')}`);
  return found;
}

/** Runs a case at its real size; returns the relative L2 error of its sampled outputs. */
async function run(device: GPUDevice, kernel: KernelCase): Promise<number> {
  const built = kernel.build(kernel.sizes[0] ?? 0, DEFAULT_FACTS);
  const buffers = new DeviceBuffers(device);
  try {
    const graphs = [built.prepare, built.graph];
    await buffers.allocate([...built.operands.keys(), ...graphs.flatMap((g) => g.persistentTensors()), built.output]);
    for (const [operand, values] of built.operands) buffers.write(operand, values);
    const { executables } = await compileGraphs(buffers, new PipelineCache(device), graphs);
    for (const executable of executables) executable.submit(device, WORK_PER_SUBMIT);
    const [bytes = new ArrayBuffer()] = await readTensors(buffers, [built.output]);
    const { actual, expected } = built.sample(new Float32Array(bytes));
    expect(expected.length).toBeGreaterThan(0);
    return relativeError(Float32Array.from(actual), Float32Array.from(expected));
  } finally {
    buffers.destroy();
  }
}

describe('at full width and within the default limits', () => {
  it.each([
    ['filters in two bindings', 'up 3×3 512→512 16×16'],
    ['an activation of exactly one binding, in strips', '3×3 32→32 1024×1024'],
    ['a picture from it', 'toRGB 32→3 1024×1024'],
    ['512 MiB of the shared head', '2×512→512×512→512×512×3×3'],
    ['256 MiB of a 1x1 head', '512→131072'],
  ])(
    '%s: %s',
    async (_limit, what) => {
      const device = await gpuDevice();
      const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupStorageSize } = device.limits;
      expect([maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupStorageSize]).toEqual([
        128 * MIB,
        256 * MIB,
        16384,
      ]);
      expect(await run(device, caseOf(what))).toBeLessThan(TOLERANCE.convolution);
    },
    PATIENCE,
  );
});
