/** Many small matrix products in one dispatch: what Winograd's frequencies and a convolution's groups both come down to. */
import type { Tensor } from '../tensor.ts';
import type { ProductKernel } from './choose.ts';
import { type KernelRecord, linearGrid, read, u32, write } from './kernel.ts';

/** Rows and columns of the result that one invocation of the wide kernel owns. */
export const BLOCK = 16;
/** Columns that one invocation of the narrow kernel owns. */
const NARROW = 4;
const WORKGROUP = 16;
/** Rows and columns of the result that one workgroup of the shared kernel owns. */
const SHARED_TILE = 64;

/** `n` rounded up to a multiple of `to`. */
export const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Columns as the product kernels store them: whole blocks, narrow ones when there are few. */
export function paddedColumns(columns: number): number {
  const narrow = roundUp(columns, NARROW);
  return narrow < BLOCK ? narrow : roundUp(columns, BLOCK);
}

/** What {@link batchedProduct} multiplies. */
export interface BatchedProduct {
  readonly op: string;
  readonly label: string;
  /** `[B, K, R]`, R a multiple of 16. */
  readonly left: Tensor;
  /** `[B, K, C]`, C from {@link paddedColumns}. */
  readonly right: Tensor;
  /** `[B, R, C]` */
  readonly output: Tensor;
  readonly batches: number;
  readonly depth: number;
  readonly rows: number;
  readonly columns: number;
  readonly flops: number;
  readonly kernel: ProductKernel;
}

/** `output[b, r, c] = Σ_k left[b, k, r] · right[b, k, c]` as a record. */
export function batchedProduct(a: BatchedProduct): KernelRecord {
  const wide = a.columns % BLOCK === 0;
  const shared = a.kernel === 'shared';
  const [tileRows, tileColumns] = [Math.ceil(a.rows / SHARED_TILE), Math.ceil(a.columns / SHARED_TILE)];
  const blocks = a.batches * (a.rows / BLOCK) * (a.columns / (wide ? BLOCK : NARROW));
  return {
    op: a.op,
    label: a.label,
    shader: shared ? 'batched_product_shared' : wide ? 'batched_product' : 'batched_product_narrow',
    uniforms: [
      u32('depth', a.depth),
      u32('row_quads', a.rows / 4),
      u32('column_quads', a.columns / 4),
      u32('batches', a.batches),
    ],
    bindings: [read(a.left), read(a.right), write(a.output)],
    grid: shared ? [tileColumns, tileRows, a.batches] : linearGrid(blocks, WORKGROUP),
    flops: a.flops,
  };
}
