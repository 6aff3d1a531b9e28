/** A small matrix product whose operands may lie in any order: heads where they are differentiated at the code of one pass. */
import type { Shape, Tensor } from '../tensor.ts';
import type { Recorder } from './kernel.ts';
import { stridedProduct } from './sums.ts';

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
}

/** `y[n, r, c] = Σ_k left[n, r, k] · right[n, k, c] + bias[c]`. */
export function product(g: Recorder, a: ProductArgs): Tensor {
  const output = g.transient(`${a.label} product`, a.shape ?? [a.batches ?? 1, a.rows, a.columns]);
  stridedProduct(g, { ...a, output });
  g.pullback?.({ op: 'product', args: a, output });
  return output;
}
