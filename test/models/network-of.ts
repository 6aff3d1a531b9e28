/** The plan of a network with weights that exist in name only. */
import type { Architecture } from '../../src/architecture.ts';
import type { AdapterFacts } from '../../src/kernels/choose.ts';
import { HyperStyleNetwork } from '../../src/method/hyperstyle-network.ts';
import { isUsed, layoutTensors } from '../../src/weights/layout.ts';
import type { TensorInfo } from '../../src/weights/weight-source.ts';

/** Graphs of an architecture with f32 weights. */
export function networkOf(architecture: Architecture, facts: AdapterFacts): HyperStyleNetwork {
  const infos = [...layoutTensors(architecture)].filter(isUsed).map(({ name, shape }): [string, TensorInfo] => {
    return [name, { name, shape, dtype: 'f32' }];
  });
  const { latentCount, styleDim } = architecture;
  const latentAvg = { name: 'latent_avg', shape: [latentCount, styleDim], dtype: 'f32' as const };
  const tensors = new Map<string, TensorInfo>([...infos, ['latent_avg', latentAvg]]);
  return new HyperStyleNetwork({ architecture, tensors }, facts);
}
