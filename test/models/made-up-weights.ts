/** A published model's full structure with the made-up values of `fake-checkpoint`, streamed without a file. */
import { averageTensor, fakeModel } from '../../cli/convert/fake-model.ts';
import { fakeValues } from '../../cli/convert/fake-values.ts';
import { elementCount } from '../../src/tensor.ts';
import { isUsed, type LayoutTensor, layoutTensors } from '../../src/weights/layout.ts';
import { rowCount } from '../../src/weights/shards.ts';
import type { TensorInfo, WeightSource } from '../../src/weights/weight-source.ts';

/** Rows of at most this many numbers come at once, as from shards. */
const CHUNK = 2 ** 22;

/** Weights of a domain's structure for pictures of `size` pixels. */
export function madeUpWeights(domain: 'ffhq' | 'cars', size: number, seed: number): WeightSource {
  const { architecture, widths } = fakeModel(domain, size);
  const used = [...layoutTensors(architecture, widths)].filter(isUsed).concat(averageTensor(architecture));
  const infos = used.map((t): TensorInfo => ({ name: t.name, shape: t.shape, dtype: 'f32' }));
  return {
    name: `made-up ${domain} ${size}`,
    architecture,
    tensors: new Map(infos.map((info) => [info.name, info])),
    totalBytes: 0,
    async stream(visit) {
      for (const [i, info] of infos.entries()) {
        const tensor = used[i];
        if (tensor) await deliver(info, tensor, seed, visit);
      }
    },
  };
}

async function deliver(
  info: TensorInfo,
  tensor: LayoutTensor,
  seed: number,
  visit: Parameters<WeightSource['stream']>[0],
): Promise<void> {
  const rowLength = elementCount(info.shape) / rowCount(info);
  const rows = Math.max(1, Math.floor(CHUNK / rowLength));
  let row = 0;
  for (const bytes of fakeValues(tensor, seed, rows * rowLength)) {
    await visit(info, bytes, row);
    row += rows;
  }
}
