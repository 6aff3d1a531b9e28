/** Small matrix products whose operands may lie in any order (heads, differentiated at the code of one pass), and plain sums. */
import { expectShape, type Shape, type Tensor } from '../tensor.ts';
import type { Recorder } from './kernel.ts';
import { stridedProduct } from './strided-product.ts';
import { addInto } from './sums.ts';

/** Arguments of {@link product}. */
export interface ProductArgs {
  readonly label: string;
  readonly batches?: number | undefined;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Element (n, r, k) of the left operand lies at n · batch + r · row + k · depth. A batch step of 0: the same for all. */
  readonly left: { readonly tensor: Tensor; readonly batch?: number; readonly row: number; readonly depth: number };
  /** Likewise element (n, k, c). */
  readonly right: { readonly tensor: Tensor; readonly batch?: number; readonly depth: number; readonly column: number };
  /** `[columns]` */
  readonly bias?: Tensor | undefined;
  /** Shape of the result; `[batches, rows, columns]` when absent. */
  readonly shape?: Shape | undefined;
  /** Steps of the result; rows of columns one after another when absent. */
  readonly steps?: { readonly batch: number; readonly row: number; readonly column: number } | undefined;
}

/** `y[n, r, c] = Σ_k left[n, r, k] · right[n, k, c] + bias[c]`. */
export function product(g: Recorder, a: ProductArgs): Tensor {
  const output = g.transient(`${a.label} product`, a.shape ?? [a.batches ?? 1, a.rows, a.columns]);
  stridedProduct(g, { ...a, output });
  g.pullback?.({ op: 'product', args: a, output });
  return output;
}

/** Arguments of {@link sum}. */
export interface SumArgs {
  readonly label: string;
  readonly a: Tensor;
  readonly b: Tensor;
}

/** `a + b`, like both. @throws `tensor` error when their shapes differ */
export function sum(g: Recorder, args: SumArgs): Tensor {
  const { a, b, label } = args;
  expectShape(`sum "${label}"`, 'b', b, a.shape);
  const output = g.transient(`${label} sum`, a.shape);
  addInto(g, { a, b, target: { tensor: output, offset: 0 }, keep: false });
  g.pullback?.({ op: 'sum', args, output });
  return output;
}
