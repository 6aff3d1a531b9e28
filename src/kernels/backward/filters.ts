/**
 * Gradients of filters and turned filters, for every kind of convolution. A filter's gradient is a product over pixels
 * of two matrices with a row a pixel: what each output pixel read, and the gradient there. Pixels go through in strips,
 * so that the first fits; a strip is cut into parts that are multiplied side by side, and all parts are added up at the
 * end.
 */
import { elementCount, type Tensor, view } from '../../tensor.ts';
import { BLOCK, batchedProduct, paddedColumns, roundUp } from '../batched-product.ts';
import { chooseProduct, type KernelFacts } from '../choose.ts';
import { dim, type Recorder, read, readWrite, type Slice, u32, write } from '../kernel.ts';
import { elementwise } from '../pointwise.ts';
import { type GatherRowsArgs, gatherRows } from '../sums.ts';

/** Most bytes either matrix may take; well inside WebGPU's default binding limit of 128 MiB. */
const STRIP_BYTES = 32 * 2 ** 20;
/** Blocks of results that keep an adapter busy, and least pixels a part of a sum should have. */
const BUSY_BLOCKS = 256;
const PART_PIXELS = 64;

/** One matrix: where its rows are gathered from. */
export type RowSource = Omit<GatherRowsArgs, 'label' | 'output' | 'firstPixel' | 'pixels' | 'allPixels'>;

/** Arguments of {@link filterGradient}. */
export interface FilterGradientArgs {
  readonly label: string;
  readonly facts: KernelFacts;
  /** Pixels summed over. */
  readonly pixels: number;
  readonly left: RowSource;
  readonly right: RowSource;
  /** Where `[I, taps, O]` goes: the first element, and the step between taps. */
  readonly output: Slice;
  readonly rowStep: number;
  /** Whether what is there is added to. */
  readonly keep?: boolean | undefined;
  /** Most bytes of a matrix; smaller than the default only in tests. */
  readonly maxBytes?: number | undefined;
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

/** One side of the product: channels in whole vectors, all of them for each tap. */
interface Side {
  readonly channels: number;
  readonly taps: number;
  readonly columns: number;
}

function sideOf(source: RowSource): Side {
  const channels = source.channels ?? dim(source.input, 0);
  const taps = source.kernel ** 2;
  return { channels, taps, columns: taps * roundUp(channels, 4) };
}

/** `out[i, tap, o] = Σ_pixels left[pixel, i] · right[pixel, o]`; one side has taps. */
export function filterGradient(g: Recorder, a: FilterGradientArgs): void {
  const [ins, outs] = [sideOf(a.left), sideOf(a.right)];
  const [paddedRows, padded] = [roundUp(ins.columns, BLOCK), paddedColumns(outs.columns)];
  const { strips, parts, depth } = planStrips(a.pixels, paddedRows, padded, a.maxBytes);
  const strip = parts * depth;
  const left = g.transient(`${a.label} left rows`, [strip, paddedRows]);
  const right = g.transient(`${a.label} right rows`, [strip, padded]);
  const result = strips * parts === 1 && !a.keep ? resultAsProducts(a, ins, outs, [paddedRows, padded]) : undefined;
  const products = result ?? g.transient(`${a.label} parts`, [parts, paddedRows, padded]);
  for (let i = 0; i < strips; i++) {
    const at = { firstPixel: i * strip, pixels: strip, allPixels: a.pixels, label: a.label };
    gatherRows(g, { ...a.left, ...at, output: left });
    gatherRows(g, { ...a.right, ...at, output: right });
    g.add(
      batchedProduct({
        op: 'filterGradient',
        label: `${a.label} ${ins.columns}×${outs.columns} over ${strip}`,
        left,
        right,
        output: products,
        batches: parts,
        depth,
        rows: paddedRows,
        columns: padded,
        flops: 2 * ins.channels * ins.taps * outs.channels * outs.taps * Math.min(strip, a.pixels - i * strip),
        kernel: chooseProduct({ ...a.facts, precision: 'f32' }),
        precision: 'f32',
      }),
    );
    if (!result) sumParts(g, a, { products, ins, outs }, i > 0 || a.keep === true);
  }
}

/** The gradient itself where one product is all of it, in its order and without padding: inputs, then taps with outputs. */
function resultAsProducts(
  a: FilterGradientArgs,
  ins: Side,
  outs: Side,
  [rows, columns]: readonly [number, number],
): Tensor | undefined {
  const { tensor, offset } = a.output;
  const ordered =
    ins.taps === 1 && ins.channels === rows && a.rowStep * outs.taps === columns && outs.channels === a.rowStep;
  const whole = offset === 0 && elementCount(tensor.shape) === rows * columns;
  return ordered && whole ? view(tensor, [1, rows, columns]) : undefined;
}

function sumParts(
  g: Recorder,
  a: FilterGradientArgs,
  { products, ins, outs }: { products: Tensor; ins: Side; outs: Side },
  keep: boolean,
): void {
  const { tensor, offset } = a.output;
  g.add(
    elementwise(
      {
        op: 'sumParts',
        label: `${a.label} ${ins.columns}×${outs.columns}`,
        shader: 'sum_parts',
        uniforms: [
          u32('parts', dim(products, 0)),
          u32('in_channels', ins.channels),
          u32('out_channels', outs.channels),
          u32('row_taps', ins.taps),
          u32('column_taps', outs.taps),
          u32('padded_rows', dim(products, 1)),
          u32('padded_quads', dim(products, 2) / 4),
          u32('offset', offset),
          u32('row_step', a.rowStep),
          u32('keep', keep ? 1 : 0),
        ],
        bindings: [read(products), keep ? readWrite(tensor) : write(tensor)],
      },
      ins.channels * ins.taps * outs.taps * Math.ceil(outs.channels / 4),
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
  const first = a.first ?? 0;
  const quads = [inputs, outputs, first, kept].every((n) => n % 4 === 0);
  const width = quads ? 4 : 1;
  g.add(
    elementwise(
      {
        op: 'turnFilter',
        label: `${a.label} [${turned.shape}]`,
        shader: quads ? 'turn_filter_quads' : 'turn_filter',
        uniforms: [
          u32('count', count / width ** 2),
          u32(quads ? 'input_quads' : 'inputs', inputs / width),
          u32('taps', kernel ** 2),
          u32(quads ? 'output_quads' : 'outputs', outputs / width),
          u32('first', first / width),
          u32('kept', kept / width),
          u32('flip', a.flip ? 1 : 0),
        ],
        bindings: [read(a.weight), write(turned)],
      },
      count / width ** 2,
    ),
  );
  return turned;
}
