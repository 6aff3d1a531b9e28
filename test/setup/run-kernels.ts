/** Runs ops on a fresh device inside a GPU test. */
import { KernelRun } from '../../src/graph/kernel-run.ts';
import type { Tensor } from '../../src/tensor.ts';
import { gpuDevice } from './gpu.ts';

/**
 * Builds ops with `build`, which makes its inputs with `g.input(name, shape, data)` and returns the tensors to read;
 * runs them once on a device with default limits and the given features.
 */
export async function runKernels(
  build: (g: KernelRun) => readonly Tensor[],
  features: readonly GPUFeatureName[] = [],
): Promise<Float32Array[]> {
  const g = new KernelRun('test');
  const outputs = build(g);
  return g.run(await gpuDevice([...features]), outputs);
}
