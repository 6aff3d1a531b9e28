/**
 * Convolution as one matrix product a group over gathered columns ("im2col"): for the strided, 7×7 and 1×1 convolutions that
 * Winograd cannot take. Gathering once per pixel and tap, instead of once per block of output channels, leaves the
 * product kernel nothing but whole vec4 loads and multiply-adds.
 */
import { type Tensor, view } from '../tensor.ts';
import { batchedProduct, paddedColumns } from './batched-product.ts';
import { elementDoors, storedType } from './element.ts';
import { type ConvOperands, inputBindings, inputFields, isPlain } from './epilogue.ts';
import { dim, i32, linearGrid, type Recorder, read, u32, write } from './kernel.ts';
import type { Precision, ProductKernel } from './rungs.ts';
import { epilogueRecord } from './split-k.ts';

/** One convolution with checked shapes. */
export interface ColumnsArgs extends ConvOperands {
  readonly label: string;
  /** `[I, H, W]` */
  readonly input: Tensor;
  /** `[groups, I/groups, k, k, O/groups]`, O/groups a multiple of 16. */
  readonly filter: Tensor;
  readonly product: ProductKernel;
  readonly precision: Precision;
  /** `[O, OH, OW]` */
  readonly output: Tensor;
}

/** Sizes of one convolution; channel numbers count all groups. */
export interface ColumnsSizes {
  readonly groups: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly height: number;
  readonly width: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** Elements of the gathered columns `[I·k·k, P′]` (pure). */
export function columnsElements(
  s: Pick<ColumnsSizes, 'inChannels' | 'kernel' | 'outHeight' | 'outWidth'>,
): [rows: number, columns: number] {
  return [s.inChannels * s.kernel ** 2, paddedColumns(s.outHeight * s.outWidth)];
}

/** What gathering reads and writes. */
export interface GatherArgs extends Pick<ConvOperands, 'inScale' | 'inShift'> {
  readonly label: string;
  /** `[I, H, W]` */
  readonly input: Tensor;
  /** `[I·k·k, P′]` */
  readonly columns: Tensor;
  readonly rung: 'conv2d/columns' | 'upConv/columns';
  /** Row of `input` that the first output row reads; −padding when absent. */
  readonly firstRow?: number | undefined;
}

/** Records the gathering of `outHeight` rows of columns. */
export function gatherColumns(g: Recorder, a: GatherArgs, s: Omit<ColumnsSizes, 'groups' | 'outChannels'>): void {
  g.add({
    op: 'conv2dColumns',
    label: `${a.label} ${s.inChannels} ${s.outHeight}×${s.outWidth}`,
    rung: a.rung,
    shader: 'conv2d_columns',
    parts: ['in_vectors'],
    substitutions: elementDoors(a.columns),
    uniforms: [
      u32('in_channels', s.inChannels),
      u32('height', s.height),
      u32('width', s.width),
      u32('out_height', s.outHeight),
      u32('out_width', s.outWidth),
      u32('kernel', s.kernel),
      u32('stride', s.stride),
      u32('padding', s.padding),
      i32('first_row', a.firstRow ?? -s.padding),
      u32('padded_pixels', dim(a.columns, 1)),
      ...inputFields(a),
    ],
    bindings: [...inputBindings(a, a.input), read(a.input), write(a.columns)],
    grid: linearGrid((s.inChannels * dim(a.columns, 1)) / 4, 64),
    flops: 0,
  });
}

/** The input itself where it is what gathering would copy: each pixel alone, nothing scaled, whole vectors of them. */
function pixelsAsColumns(a: ColumnsArgs, s: ColumnsSizes, padded: number): Tensor | undefined {
  const same = s.kernel === 1 && s.stride === 1 && s.padding === 0 && s.outHeight * s.outWidth === padded;
  const plain = !a.inScale && !a.inShift && storedType(a.precision) === a.input.dtype;
  return same && plain ? view(a.input, [s.inChannels, padded]) : undefined;
}

/** The output itself where products are the result: nothing to finish, nothing to cut off. */
function outputAsProducts(a: ColumnsArgs, s: ColumnsSizes, padded: number): Tensor | undefined {
  return isPlain(a) && s.outHeight * s.outWidth === padded ? view(a.output, [1, s.outChannels, padded]) : undefined;
}

/** Records gathering, products and epilogue of one convolution whose shapes `conv2d` has checked. */
export function columnsConv(g: Recorder, a: ColumnsArgs, s: ColumnsSizes, flops: number): void {
  const [rows, padded] = columnsElements(s);
  const size = `${s.inChannels}→${s.outChannels} ${s.outHeight}×${s.outWidth}`;
  const own = pixelsAsColumns(a, s, padded);
  const columns = own ?? g.transient(`${a.label} columns`, [rows, padded], storedType(a.precision));
  const result = outputAsProducts(a, s, padded);
  const products = result ?? g.transient(`${a.label} products`, [1, s.outChannels, padded]);
  if (!own) gatherColumns(g, { ...a, columns, rung: 'conv2d/columns' }, s);
  g.add(
    batchedProduct({
      op: 'conv2d',
      label: `${a.label} ${size}`,
      left: a.filter,
      right: columns,
      output: products,
      batches: s.groups,
      depth: rows / s.groups,
      rows: s.outChannels / s.groups,
      columns: padded,
      flops,
      kernel: a.product,
      precision: a.precision,
    }),
  );
  if (!result) g.add({ ...epilogueRecord({ ...a, sums: products }), rung: 'conv2d/columns' });
}
