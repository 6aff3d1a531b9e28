/** The plan of a network with weights that exist in name only. */
import type { Architecture } from '../../src/architecture.ts';
import type { KernelFacts } from '../../src/kernels/choose.ts';
import { HyperStyleNetwork } from '../../src/method/hyperstyle-network.ts';
import { isUsed, layoutTensors } from '../../src/weights/layout.ts';
import type { TensorInfo } from '../../src/weights/weight-source.ts';

/** Every tensor of an architecture, in f32. */
export function tensorsOf(architecture: Architecture): Map<string, TensorInfo> {
  const { latentCount, styleDim } = architecture;
  const used = [...layoutTensors(architecture)].filter(isUsed);
  const all = [...used, { name: 'latent_avg', shape: [latentCount, styleDim] }];
  return new Map(all.map(({ name, shape }) => [name, { name, shape, dtype: 'f32' }]));
}

/** Graphs of an architecture with f32 weights. */
export function networkOf(architecture: Architecture, facts: KernelFacts): HyperStyleNetwork {
  return new HyperStyleNetwork({ architecture, tensors: tensorsOf(architecture) }, facts);
}
