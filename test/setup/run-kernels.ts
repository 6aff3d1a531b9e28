/** Runs ops inside a GPU test. */
import { KernelRun } from '../../src/runtime/kernel-run.ts';
import type { Tensor } from '../../src/tensor.ts';
import { watchBounds } from './bounds.ts';
import { sharedDevice } from './gpu.ts';

/**
 * Builds ops with `build`, which makes its inputs with `g.input(name, shape, data)` and returns the tensors to read;
 * runs them once on the device that tests share, which has default limits. Fails where they write outside their tensors.
 */
export async function runKernels(build: (g: KernelRun) => readonly Tensor[]): Promise<Float32Array[]> {
  const g = new KernelRun('test');
  const outputs = build(g);
  const { device, pipelines } = await sharedDevice();
  const bounds = watchBounds(device);
  const results = await g.run(bounds.device, outputs, pipelines);
  await bounds.check();
  return results;
}
