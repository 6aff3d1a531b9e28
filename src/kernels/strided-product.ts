/** Small matrix products with any strides: transposes, outer products and matrix-vector products of linear layers, there and back. */
import { elementCount, type Tensor } from '../tensor.ts';
import { f32, type Recorder, read, readWrite, u32, write } from './kernel.ts';
import { elementwise } from './pointwise.ts';
import { columnSums } from './sums.ts';

/** Steps of an operand of {@link stridedProduct}, in elements. */
export interface Steps {
  readonly tensor: Tensor;
  readonly first?: number | undefined;
  readonly batch?: number | undefined;
}

/** Arguments of {@link stridedProduct}. */
export interface StridedProductArgs {
  readonly label: string;
  readonly batches?: number | undefined;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly left: Steps & { readonly row: number; readonly depth: number };
  readonly right: Steps & { readonly depth: number; readonly column: number };
  /** `[columns]` */
  readonly bias?: Tensor | undefined;
  readonly factor?: number | undefined;
  readonly output: Tensor;
  /** Whether what the output holds is added to. */
  readonly keep?: boolean | undefined;
  /** Steps of the output; rows of `columns` one after another when absent. */
  readonly steps?: { readonly batch: number; readonly row: number; readonly column: number } | undefined;
}

/** Rows and columns that one invocation of the kernel in blocks owns. */
const BLOCK = 8;

/** Whether the kernel in blocks can: what it reads and writes as vec4 lies so, and there are columns for it. */
function inBlocks(
  { columns, right, output }: StridedProductArgs,
  steps: NonNullable<StridedProductArgs['steps']>,
): boolean {
  const aligned = [right.first ?? 0, right.batch ?? 0, right.depth, steps.batch, steps.row].every((n) => n % 4 === 0);
  const whole = elementCount(right.tensor.shape) % 4 === 0 && elementCount(output.shape) % 4 === 0;
  return columns % BLOCK === 0 && right.column === 1 && steps.column === 1 && aligned && whole;
}

/** Terms that one invocation should add up at most, and invocations up to which its sum is worth cutting. */
const PART_TERMS = 256;
const FEW_INVOCATIONS = 4096;

/** Parts that a product's sums are cut into: many where few invocations would add up thousands of terms each (pure). */
export function partsOfSums(a: StridedProductArgs): number {
  const { batches = 1, rows, columns, depth } = a;
  const invocations = Math.ceil(rows / BLOCK) * Math.ceil(columns / BLOCK);
  const scattered = a.steps !== undefined && (a.steps.row !== columns || a.steps.column !== 1);
  if (batches > 1 || a.bias || a.keep || scattered || depth < 4 * PART_TERMS) return 1;
  let parts = 1;
  const wanted = Math.min(depth / PART_TERMS, FEW_INVOCATIONS / invocations);
  while (2 * parts <= wanted && depth % (2 * parts) === 0) parts *= 2;
  return parts;
}

/** `y[n, r, c] = factor · Σ_k left[n, r, k] · right[n, k, c] + bias[c]` with any steps. */
export function stridedProduct(g: Recorder, a: StridedProductArgs): Tensor {
  const parts = partsOfSums(a);
  if (parts === 1) return wholeProduct(g, a);
  const { rows, columns, left, right, output, label } = a;
  const depth = a.depth / parts;
  const sums = wholeProduct(g, {
    ...a,
    batches: parts,
    depth,
    left: { ...left, batch: depth * left.depth },
    right: { ...right, batch: depth * right.depth },
    output: g.transient(`${label} parts`, [parts, rows, columns]),
    steps: undefined,
  });
  return columnSums(g, label, sums, output.shape, { into: { tensor: output, offset: 0 } });
}

function wholeProduct(g: Recorder, a: StridedProductArgs): Tensor {
  const { batches = 1, rows, columns, depth, left, right } = a;
  const steps = a.steps ?? { batch: rows * columns, row: columns, column: 1 };
  const count = batches * rows * columns;
  const blocks = inBlocks(a, steps);
  const invocations = blocks ? batches * Math.ceil(rows / BLOCK) * (columns / BLOCK) : count;
  g.add({
    ...elementwise(
      {
        op: 'stridedProduct',
        label: `${a.label} ${batches}× ${rows}×${depth}×${columns}`,
        shader: blocks ? 'strided_product_blocks' : 'strided_product',
        uniforms: [
          u32('batches', batches),
          u32('rows', rows),
          u32('columns', columns),
          u32('depth', depth),
          u32('a_first', left.first ?? 0),
          u32('a_batch', left.batch ?? 0),
          u32('a_row', left.row),
          u32('a_depth', left.depth),
          u32('b_first', right.first ?? 0),
          u32('b_batch', right.batch ?? 0),
          u32('b_depth', right.depth),
          u32('b_column', right.column),
          u32('y_batch', steps.batch),
          u32('y_row', steps.row),
          u32('y_column', steps.column),
          u32('has_bias', a.bias ? 1 : 0),
          f32('factor', a.factor ?? 1),
        ],
        bindings: [
          read(left.tensor),
          read(right.tensor),
          read(a.bias ?? right.tensor),
          a.keep ? readWrite(a.output) : write(a.output),
        ],
        flops: 2 * count * depth,
      },
      invocations,
    ),
    parts: ['strided_product'],
    overrides: { KEEP: a.keep ? 1 : 0 },
  });
  return a.output;
}
