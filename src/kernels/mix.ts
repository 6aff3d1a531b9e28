/** How much of a person is shown: summed codes, weighted layer by layer, added to those that re-tune the generator. */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { dim, linearGrid, type Recorder, read, readWrite, type Slice, u32 } from './kernel.ts';

const WORKGROUP_SIZE = 64;

/** Arguments of {@link mixSums}. */
export interface MixSumsArgs {
  readonly label: string;
  /** `[rows, …]`: one row a layer, e.g. `[layers, z + 1]` with the count last. */
  readonly sums: Tensor;
  /** One number a row, `[rows]` within a longer tensor. */
  readonly weights: Slice;
  /** As `sums`, updated in place. */
  readonly active: Tensor;
}

/** `active[r] += weight[r] · sums[r]` for every row; returns `active`. @throws `tensor` error when shapes disagree */
export function mixSums(g: Recorder, { label, sums, weights, active }: MixSumsArgs): Tensor {
  const where = `mixSums "${label}"`;
  const rows = dim(sums, 0);
  const width = elementCount(sums.shape) / rows;
  expectShape(where, 'active', active, sums.shape);
  ensure(
    weights.offset + rows <= elementCount(weights.tensor.shape),
    'tensor',
    () =>
      `${where}: needs ${rows} weights at ${weights.offset}, "${weights.tensor.name}" has [${weights.tensor.shape}]`,
  );
  g.add({
    op: 'mixSums',
    label: `${label} ${rows}×${width}`,
    shader: 'mix',
    overrides: { WORKGROUP_SIZE },
    uniforms: [u32('rows', rows), u32('width', width), u32('first_weight', weights.offset)],
    bindings: [read(sums), read(weights.tensor), readWrite(active)],
    grid: linearGrid(rows * width, WORKGROUP_SIZE),
    flops: 2 * rows * width,
  });
  return active;
}
