/** Whole models with made-up weights, for sizes that nobody has trained. */
import { fakeValues } from '../../cli/convert/fake-values.ts';
import type { Architecture } from '../../src/architecture.ts';
import { elementCount } from '../../src/tensor.ts';
import { isUsed, type LayoutTensor, layoutTensors, type RefinementWidths } from '../../src/weights/layout.ts';
import type { TensorInfo, WeightSource } from '../../src/weights/weight-source.ts';

const SEED = 1;

/** Weights of the right statistics for any architecture, made while they are streamed. */
export function syntheticSource(architecture: Architecture, widths: RefinementWidths): WeightSource {
  const { latentCount, styleDim, size } = architecture;
  const average: LayoutTensor = { name: 'latent_avg', shape: [latentCount, styleDim], role: 'equalized' };
  const layout = [...layoutTensors(architecture, widths)].filter(isUsed).concat(average);
  const info = ({ name, shape }: LayoutTensor): TensorInfo => ({ name, shape, dtype: 'f32' });
  return {
    name: `synthetic ${size} px`,
    architecture,
    tensors: new Map(layout.map((tensor) => [tensor.name, info(tensor)])),
    totalBytes: layout.reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0),
    async stream(visit) {
      for (const tensor of layout) await visit(info(tensor), joined([...fakeValues(tensor, SEED)]), 0);
    },
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
