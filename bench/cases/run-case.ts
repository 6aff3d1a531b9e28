/** A built case on a device: a contestant whose output is checked by plain loops and whose dispatches are timed. */

import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { DeviceBuffers } from '../../src/runtime/buffers.ts';
import { compileGraphs } from '../../src/runtime/compile.ts';
import type { Executable } from '../../src/runtime/executable.ts';
import { readTensors } from '../../src/runtime/kernel-run.ts';
import type { PipelineCache } from '../../src/runtime/pipelines.ts';
import type { GpuTimer } from '../../src/tuning/timer.ts';
import type { Contestant } from '../contest.ts';
import type { BuiltCase } from './case.ts';

/** A compiled case with its buffers. */
export interface RunningCase extends Contestant {
  /** Shaders it dispatches, in order, each once. */
  readonly variant: string;
  destroy(): void;
}

/** Compiles a case, uploads its operands and runs its preparation. */
export async function startCase(
  device: GPUDevice,
  pipelines: PipelineCache,
  timer: GpuTimer,
  built: BuiltCase,
  tolerance: number,
): Promise<RunningCase> {
  const buffers = new DeviceBuffers(device);
  try {
    const graphs = [built.prepare, built.graph];
    await buffers.allocate([...built.operands.keys(), ...graphs.flatMap((g) => g.persistentTensors()), built.output]);
    for (const [operand, values] of built.operands) buffers.write(operand, values);
    const { executables } = await compileGraphs(buffers, pipelines, graphs);
    const [prepare, timed] = executables;
    if (!timed) throw new Error(`case "${built.graph.name}" compiled to nothing`);
    prepare?.submit(device);
    return running(device, buffers, timer, built, timed, tolerance);
  } catch (error) {
    buffers.destroy();
    throw error;
  }
}

function running(
  device: GPUDevice,
  buffers: DeviceBuffers,
  timer: GpuTimer,
  built: BuiltCase,
  timed: Executable,
  tolerance: number,
): RunningCase {
  const shaders = [...new Set(timed.dispatches.map(({ record }) => record.shader))];
  return {
    name: built.graph.name,
    variant: shaders.join(' + '),
    async check() {
      timed.submit(device);
      const [bytes = new ArrayBuffer()] = await readTensors(buffers, [built.output]);
      const { actual, expected } = built.sample(new Float32Array(bytes));
      return { error: relativeError(actual, expected), tolerance, against: 'plain loops' };
    },
    sample: (estimate) =>
      timer.seconds((encoder, stamps) => timed.encode(encoder, 0, timed.dispatches.length, stamps), estimate),
    destroy: () => buffers.destroy(),
  };
}
