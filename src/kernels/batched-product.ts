/** Many small matrix products in one dispatch: what Winograd's frequencies and a convolution's groups both come down to. */
import type { Tensor } from '../tensor.ts';
import { elementDoors, termType } from './element.ts';
import { type KernelRecord, linearGrid, read, u32, write } from './kernel.ts';
import { narrowKernel, type Precision, type ProductKernel } from './rungs.ts';

/** Rows and columns of the result that one invocation of the wide kernel owns. */
export const BLOCK = 16;
/** Columns that one invocation of the narrow kernel owns. */
const NARROW = 4;
const WORKGROUP = 16;
/** Invocations of a workgroup of the quad kernel, each of which owns 16 rows of 4 columns. */
const QUADS_WORKGROUP = 64;
/** Rows and columns of the result that one workgroup of the shared and of the matrix kernel owns. */
const TILE = 64;
/** Kernels that multiply in one type only have no substitution for it. */
const FIXED_TERMS: ReadonlySet<string> = new Set(['batched_product_quads', 'batched_product_matrix']);

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
  /** `[B, K, R]`, R a multiple of 16; f32 or f16. */
  readonly left: Tensor;
  /** `[B, K, C]`, C from {@link paddedColumns}; the same type. */
  readonly right: Tensor;
  /** `[B, R, C]`, f32 */
  readonly output: Tensor;
  /** What the terms are multiplied in. */
  readonly precision: Precision;
  readonly batches: number;
  readonly depth: number;
  readonly rows: number;
  readonly columns: number;
  readonly flops: number;
  readonly kernel: ProductKernel;
}

/**
 * Shader and grid of one product (pure): some kernels leave what is no whole block of columns to others, and the matrix
 * kernel what is less than a fragment deep, since its bindings must hold one.
 */
export function planBatchedProduct(
  a: Pick<BatchedProduct, 'batches' | 'depth' | 'rows' | 'columns' | 'kernel'>,
): Pick<KernelRecord, 'rung' | 'shader' | 'parts' | 'grid'> {
  const { batches, depth, rows, columns } = a;
  const wide = columns % BLOCK === 0;
  const whole = wide && (a.kernel !== 'matrix' || depth >= BLOCK);
  const kernel = whole ? a.kernel : narrowKernel(a.kernel);
  const narrowBlocks = batches * (rows / BLOCK) * (columns / NARROW);
  const rung = `product/${kernel}` as const;
  const tiles: KernelRecord['grid'] = [Math.ceil(columns / TILE), Math.ceil(rows / TILE), batches];
  switch (kernel) {
    case 'matrix':
      return { rung, shader: 'batched_product_matrix', parts: ['batched_product'], grid: tiles };
    case 'shared': {
      const parts = ['batched_product', 'product_rows', 'outer'];
      return { rung, shader: 'batched_product_shared', parts, grid: tiles };
    }
    case 'quads': {
      const parts = ['batched_product', 'product_rows'];
      return { rung, shader: 'batched_product_quads', parts, grid: linearGrid(narrowBlocks, QUADS_WORKGROUP) };
    }
    default: {
      if (wide) {
        const grid = linearGrid((narrowBlocks * NARROW) / BLOCK, WORKGROUP);
        return { rung, shader: 'batched_product', parts: ['batched_product', 'outer'], grid };
      }
      const parts = ['batched_product', 'product_rows', 'outer'];
      return { rung, shader: 'batched_product_narrow', parts, grid: linearGrid(narrowBlocks, WORKGROUP) };
    }
  }
}

/** `output[b, r, c] = Σ_k left[b, k, r] · right[b, k, c]` as a record. */
export function batchedProduct(a: BatchedProduct): KernelRecord {
  const plan = planBatchedProduct(a);
  const terms = FIXED_TERMS.has(plan.shader) ? {} : { TERM: termType(a.precision) };
  return {
    op: a.op,
    label: a.label,
    ...plan,
    substitutions: { ...elementDoors(a.left), ...terms },
    uniforms: [
      u32('depth', a.depth),
      u32('row_quads', a.rows / 4),
      u32('column_quads', a.columns / 4),
      u32('batches', a.batches),
    ],
    bindings: [read(a.left), read(a.right), write(a.output)],
    flops: a.flops,
  };
}
