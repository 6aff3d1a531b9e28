/** Whole models with made-up weights, for sizes that nobody has trained, and published ones that nobody can download. */
import { averageTensor } from '../../cli/convert/fake-model.ts';
import { fakeValues } from '../../cli/convert/fake-values.ts';
import type { Architecture } from '../../src/architecture.ts';
import { elementCount } from '../../src/tensor.ts';
import { isUsed, type LayoutTensor, layoutTensors, type RefinementWidths } from '../../src/weights/layout.ts';
import { rowCount } from '../../src/weights/shards.ts';
import type { TensorInfo, TensorVisitor, WeightSource } from '../../src/weights/weight-source.ts';

const SEED = 1;
/** Whole rows of about this many numbers come at once, as from shards. */
const CHUNK = 2 ** 22;

/** Weights of the right statistics for any architecture, made while they are streamed: those of `fake-checkpoint --seed 1`. */
export function syntheticSource(architecture: Architecture, widths: RefinementWidths): WeightSource {
  const layout = [...layoutTensors(architecture, widths)].filter(isUsed).concat(averageTensor(architecture));
  return {
    name: `synthetic ${architecture.size} px`,
    architecture,
    tensors: new Map(layout.map((tensor) => [tensor.name, infoOf(tensor)])),
    totalBytes: layout.reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0),
    async stream(visit) {
      for (const tensor of layout) await deliver(tensor, visit);
    },
  };
}

const infoOf = ({ name, shape }: LayoutTensor): TensorInfo => ({ name, shape, dtype: 'f32' });

async function deliver(tensor: LayoutTensor, visit: TensorVisitor): Promise<void> {
  const rowLength = elementCount(tensor.shape) / rowCount(tensor);
  const rows = Math.max(1, Math.floor(CHUNK / rowLength));
  let row = 0;
  for (const bytes of fakeValues(tensor, SEED, rows * rowLength)) {
    await visit(infoOf(tensor), bytes, row);
    row += rows;
  }
}
