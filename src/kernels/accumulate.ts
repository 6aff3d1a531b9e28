/** The state of an inversion: summed codes, one row a tuned layer, and how many were summed. */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { dim, linearGrid, type Recorder, read, readWrite, u32 } from './kernel.ts';

const WORKGROUP_SIZE = 64;

/** Arguments of {@link accumulateCodes}. */
export interface AccumulateCodesArgs {
  readonly label?: string | undefined;
  /** `[rows, z]`, or feature maps `[rows, z, …]` whose means over the pixels are the codes. */
  readonly codes: Tensor;
  /** `[layers, z + 1]`, updated in place. */
  readonly state: Tensor;
  /** Row of the state the first code is added to; 0 when absent. */
  readonly firstRow?: number | undefined;
}

/** Adds each code to its row of the state and 1 to the row's last element; returns the state. */
export function accumulateCodes(
  g: Recorder,
  { label = 'codes', codes, state, firstRow = 0 }: AccumulateCodesArgs,
): Tensor {
  const where = `accumulateCodes "${label}"`;
  const [rows, z] = [dim(codes, 0), dim(codes, 1)];
  const pixels = elementCount(codes.shape) / (rows * z);
  expectShape(where, 'state', state, [dim(state, 0), z + 1]);
  ensure(
    firstRow >= 0 && firstRow + rows <= dim(state, 0),
    'tensor',
    () => `${where}: rows ${firstRow}..${firstRow + rows} do not lie within the state's ${dim(state, 0)}`,
  );
  g.add({
    op: 'accumulateCodes',
    label: `${label} ${rows}×${z}`,
    shader: 'accumulate',
    overrides: { WORKGROUP_SIZE },
    uniforms: [u32('rows', rows), u32('z', z), u32('pixels', pixels), u32('first_row', firstRow)],
    bindings: [read(codes), readWrite(state)],
    grid: linearGrid(rows * (z + 1), WORKGROUP_SIZE),
    flops: rows * (z * pixels + 1),
  });
  return state;
}
