/**
 * Gradients of filters and turned filters, for every kind of convolution. A filter's gradient is a product over pixels of two
 * matrices with a row a pixel: what each output pixel read, and the gradient there. Pixels go through in strips, so that the first
 * fits; a strip is cut into parts that are multiplied side by side, and all parts are added up at the end.
 */
import { elementCount, type Tensor } from '../../tensor.ts';
import { BLOCK, batchedProduct, paddedColumns, roundUp } from '../batched-product.ts';
import { chooseProduct, type KernelFacts } from '../choose.ts';
import { dim, type Recorder, read, type Slice, u32, write } from '../kernel.ts';
import { elementwise } from '../pointwise.ts';
import { type GatherRowsArgs, gatherRows } from '../sums.ts';

/** Most bytes either matrix may take; well inside WebGPU's default binding limit of 128 MiB. */
const STRIP_BYTES = 32 * 2 ** 20;
/** Blocks of results that keep an adapter busy, and least pixels a part of a sum should have. */
const BUSY_BLOCKS = 256;
const PART_PIXELS = 64;

/** One matrix: where its rows are gathered from. */
export type RowSource = Omit<GatherRowsArgs, 'label' | 'output' | 'firstPixel' | 'pixels'>;

/** Arguments of {@link filterGradient}. */
export interface FilterGradientArgs {
  readonly label: string;
  readonly facts: KernelFacts;
  /** Pixels summed over. */
  readonly pixels: number;
  readonly left: RowSource;
  readonly right: RowSource;
  /** Where `[left columns, right columns]` goes: the first element, the step between rows, and between blocks of `inner` columns. */
  readonly output: Slice;
  readonly rowStep: number;
  readonly inner: number;
  readonly outerStep: number;
}

/** Pixels of a strip and of each of its parts (pure). @param products that are made side by side of each part */
export function planStrips(
  pixels: number,
  rows: number,
  columns: number,
  maxBytes = STRIP_BYTES,
  products = 1,
): { strips: number; parts: number; depth: number } {
  const most = Math.max(PART_PIXELS, Math.floor(maxBytes / (4 * Math.max(rows, columns))));
  const strips = Math.ceil(pixels / most);
  const each = Math.ceil(pixels / strips);
  const blocks = products * Math.ceil((rows / BLOCK) * (columns / BLOCK));
  const parts = Math.max(1, Math.min(Math.ceil(BUSY_BLOCKS / blocks), Math.floor(each / PART_PIXELS)));
  return { strips, parts, depth: Math.ceil(each / parts) };
}

const columnsOf = (source: RowSource): number => (source.channels ?? dim(source.input, 0)) * source.kernel ** 2;

/** `out[r, c] = Σ_pixels left[pixel, r] · right[pixel, c]`. */
export function filterGradient(g: Recorder, a: FilterGradientArgs): void {
  const [rows, columns] = [columnsOf(a.left), columnsOf(a.right)];
  const [paddedRows, padded] = [roundUp(rows, BLOCK), paddedColumns(columns)];
  const { strips, parts, depth } = planStrips(a.pixels, paddedRows, padded);
  const strip = parts * depth;
  const left = g.transient(`${a.label} left rows`, [strip, paddedRows]);
  const right = g.transient(`${a.label} right rows`, [strip, padded]);
  const products = g.transient(`${a.label} parts`, [parts, paddedRows, padded]);
  for (let i = 0; i < strips; i++) {
    const at = { firstPixel: i * strip, pixels: strip, label: a.label };
    gatherRows(g, { ...a.left, ...at, output: left });
    gatherRows(g, { ...a.right, ...at, output: right });
    g.add(
      batchedProduct({
        op: 'filterGradient',
        label: `${a.label} ${rows}×${columns} over ${strip}`,
        left,
        right,
        output: products,
        batches: parts,
        depth,
        rows: paddedRows,
        columns: padded,
        flops: 2 * rows * columns * Math.min(strip, a.pixels - i * strip),
        kernel: chooseProduct({ ...a.facts, precision: 'f32' }),
        precision: 'f32',
      }),
    );
    sumParts(g, a, { products, parts, rows, columns, paddedRows, padded }, i > 0);
  }
}

interface Products {
  readonly products: Tensor;
  readonly parts: number;
  readonly rows: number;
  readonly columns: number;
  readonly paddedRows: number;
  readonly padded: number;
}

function sumParts(g: Recorder, a: FilterGradientArgs, p: Products, keep: boolean): void {
  g.add(
    elementwise(
      {
        op: 'sumParts',
        label: `${a.label} ${p.rows}×${p.columns}`,
        shader: 'sum_parts',
        uniforms: [
          u32('parts', p.parts),
          u32('rows', p.rows),
          u32('columns', p.columns),
          u32('padded_rows', p.paddedRows),
          u32('padded_columns', p.padded),
          u32('offset', a.output.offset),
          u32('row_step', a.rowStep),
          u32('inner', a.inner),
          u32('outer_step', a.outerStep),
          u32('keep', keep ? 1 : 0),
        ],
        bindings: [read(p.products), { tensor: a.output.tensor, access: keep ? 'read_write' : 'write' }],
      },
      p.rows * p.columns,
    ),
  );
}

/** Filters that lead from a convolution's output back to its input. */
export interface TurnFilterArgs {
  readonly label: string;
  /** `[G, A, k, k, B]` */
  readonly weight: Tensor;
  /** Whether taps run backwards: for a convolution, not for an up-convolution. */
  readonly flip: boolean;
  /** Of B: which outputs are wanted; all when absent. */
  readonly first?: number | undefined;
  readonly kept?: number | undefined;
}

/** `[G, A, k, k, B]` → `[G, B′, k, k, A]`. */
export function turnFilter(g: Recorder, a: TurnFilterArgs): Tensor {
  const [groups, inputs, kernel] = [dim(a.weight, 0), dim(a.weight, 1), dim(a.weight, 2)];
  const outputs = dim(a.weight, 4);
  const kept = a.kept ?? outputs;
  const turned = g.transient(`${a.label} turned filter`, [groups, kept, kernel, kernel, inputs]);
  const count = elementCount(turned.shape);
  g.add(
    elementwise(
      {
        op: 'turnFilter',
        label: `${a.label} [${turned.shape}]`,
        shader: 'turn_filter',
        uniforms: [
          u32('count', count),
          u32('inputs', inputs),
          u32('taps', kernel ** 2),
          u32('outputs', outputs),
          u32('first', a.first ?? 0),
          u32('kept', kept),
          u32('flip', a.flip ? 1 : 0),
        ],
        bindings: [read(a.weight), write(turned)],
      },
      count,
    ),
  );
  return turned;
}
