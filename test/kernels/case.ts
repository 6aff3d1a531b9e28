/** One op on one shape, as the kernel tests and the shader checks read it. */
import type { KernelRun } from '../../cli/kernel-run.ts';
import type { Tensor } from '../../src/tensor.ts';

/** What to run and what must come out. The name seeds the data. */
export interface KernelCase {
  readonly name: string;
  build(g: KernelRun): readonly Tensor[];
  expected(): readonly Float32Array[];
}
