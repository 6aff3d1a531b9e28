/**
 * Stride-1 3×3 convolution by Winograd's minimal filtering F(4×4, 3×3) (Lavin & Gray, arXiv 1509.09308): 36 products
 * where the plain convolution has 144. The points are 0, ±√½, ±√2 and ∞ instead of 0, ±1, ±2 and ∞: they round 2.3
 * times less. Input transform → 36 matrix products → output transform with the whole epilogue; the filter transform
 * runs once per weight update. Large pictures go through in strips, so that the two intermediates stay small.
 */
import { ensure } from '../errors.ts';
import { expectShape, type Tensor, tensor } from '../tensor.ts';
import { BLOCK, batchedProduct, paddedColumns, roundUp } from './batched-product.ts';
import { elementDoors, filterScale, inputScale, storedType } from './element.ts';
import { bindVec4Epilogue, type ConvOperands, inputBindings, inputFields } from './epilogue.ts';
import { dim, f32, type KernelRecord, linearGrid, type Recorder, read, u32, write } from './kernel.ts';
import type { Precision, ProductKernel } from './rungs.ts';

/** Side of an output tile. */
const TILE = 4;
/** Neighbouring tiles that one invocation of either transform handles: the lanes of its vectors. */
const TILES_AT_ONCE = 4;
/** Products a tile needs for one channel pair: (4 + 3 − 1)². */
export const FREQUENCIES = 36;
/** Most bytes either intermediate may take; well inside WebGPU's default binding limit of 128 MiB. */
const INTERMEDIATE_BYTES = 64 * 2 ** 20;

/** Number of output channels rounded up to whole blocks, as transformed filters are stored. */
export const paddedChannels = (channels: number): number => roundUp(channels, BLOCK);

/** How one Winograd convolution is cut up. */
export interface WinogradPlan {
  /** Tiles in a row of tiles, rounded up to whole invocations, and in all. */
  readonly tileColumns: number;
  readonly tiles: number;
  /** Most tiles of one strip, and that number rounded up as the intermediates store it. */
  readonly stripTiles: number;
  readonly paddedTiles: number;
}

/** Sizes of one Winograd convolution; `height` and `width` are those of input and output alike. */
export interface WinogradSizes {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly height: number;
  /** A multiple of 4: rows are read and written in vectors. */
  readonly width: number;
}

/** Cuts a convolution into tiles and strips (pure). */
export function planWinograd(s: WinogradSizes): WinogradPlan {
  const tileColumns = roundUp(s.width / TILE, TILES_AT_ONCE);
  const tiles = tileColumns * Math.ceil(s.height / TILE);
  const bytesPerTile = 4 * FREQUENCIES * Math.max(s.inChannels, paddedChannels(s.outChannels));
  const fit = Math.max(BLOCK, Math.floor(INTERMEDIATE_BYTES / bytesPerTile / BLOCK) * BLOCK);
  const strips = Math.ceil(tiles / fit);
  const stripTiles = Math.min(tiles, roundUp(Math.ceil(tiles / strips), BLOCK));
  return { tileColumns, tiles, stripTiles, paddedTiles: paddedColumns(stripTiles) };
}

/** What a filter transform reads and writes. */
export interface WinogradFilterArgs {
  readonly label: string;
  /** `[1, I, 3, 3, O]` */
  readonly weight: Tensor;
  /** `[36, I, O′]`; a persistent tensor is made when absent. */
  readonly output?: Tensor | undefined;
  readonly precision: Precision;
}

const filterTensor = (a: WinogradFilterArgs, what: string, shape: readonly number[]): Tensor =>
  tensor(`${a.label} ${what}`, shape, 'persistent', storedType(a.precision));

/** What a 3×3 convolution's filters are scaled by. */
const scaleOf = (precision: Precision, inChannels: number): number => filterScale(precision, 9 * inChannels);

/** Transforms a filter bank into `[36, I, O′]`, with O′ = O in whole blocks. @throws `tensor` error when O is no multiple of 4 */
export function winogradFilter(g: Recorder, a: WinogradFilterArgs): Tensor {
  const [inChannels, outChannels] = [dim(a.weight, 1), dim(a.weight, 4)];
  const padded = paddedChannels(outChannels);
  const output = a.output ?? filterTensor(a, 'winograd', [FREQUENCIES, inChannels, padded]);
  expectShape(`winogradFilter "${a.label}"`, 'output', output, [FREQUENCIES, inChannels, padded]);
  ensure(
    outChannels % 4 === 0,
    'tensor',
    () =>
      `winogradFilter "${a.label}": filters are read in vectors of 4 channels, got ${outChannels}; take another rung`,
  );
  const sizes = [u32('in_channels', inChannels), u32('out_quads', outChannels / 4)];
  g.add({
    op: 'winogradFilter',
    label: `${a.label} ${inChannels}→${outChannels}`,
    rung: 'conv2d/winograd',
    shader: 'winograd_filter',
    parts: ['winograd', 'spectrum'],
    substitutions: elementDoors(output),
    uniforms: [...sizes, u32('padded_quads', padded / 4), f32('scale', scaleOf(a.precision, inChannels))],
    bindings: [read(a.weight), write(output)],
    grid: linearGrid((inChannels * padded) / 4, 64),
    flops: 0,
  });
  return output;
}

/** One convolution with checked shapes: its transformed filters and what surrounds it. */
export interface WinogradArgs extends ConvOperands {
  readonly label: string;
  /** `[I, H, W]` */
  readonly input: Tensor;
  /** `[36, I, O′]` from {@link winogradFilter}. */
  readonly filter: Tensor;
  readonly product: ProductKernel;
  readonly precision: Precision;
  /** `[O, OH, OW]` */
  readonly output: Tensor;
}

/** One strip of tiles and the intermediates it passes through. */
interface Strip {
  readonly first: number;
  readonly tiles: number;
  readonly padded: number;
  readonly spectrum: Tensor;
  readonly products: Tensor;
}

function inputTransform(a: WinogradArgs, s: WinogradSizes, plan: WinogradPlan, strip: Strip): KernelRecord {
  return {
    op: 'winogradInput',
    label: `${a.label} ${s.inChannels} ${s.height}×${s.width}`,
    rung: 'conv2d/winograd',
    shader: 'winograd_input',
    parts: ['in_vectors', 'winograd', 'winograd_patch', 'spectrum'],
    substitutions: elementDoors(strip.spectrum),
    uniforms: [
      u32('in_channels', s.inChannels),
      u32('height', s.height),
      u32('width_quads', s.width / 4),
      u32('tile_columns', plan.tileColumns),
      u32('first_tile', strip.first),
      u32('padded_tiles', strip.padded),
      ...inputFields(a),
      f32('scale', inputScale(a.precision)),
    ],
    bindings: [...inputBindings(a, a.input), read(a.input), write(strip.spectrum)],
    grid: linearGrid((s.inChannels * strip.padded) / TILES_AT_ONCE, 64),
    flops: 0,
  };
}

function productsRecord(a: WinogradArgs, s: WinogradSizes, strip: Strip, flops: number): KernelRecord {
  return batchedProduct({
    op: 'conv2d',
    label: `${a.label} ${s.inChannels}→${s.outChannels} ${dim(a.output, 1)}×${dim(a.output, 2)}`,
    left: a.filter,
    right: strip.spectrum,
    output: strip.products,
    batches: FREQUENCIES,
    depth: s.inChannels,
    rows: paddedChannels(s.outChannels),
    columns: strip.padded,
    flops,
    kernel: a.product,
    precision: a.precision,
  });
}

function outputTransform(a: WinogradArgs, s: WinogradSizes, plan: WinogradPlan, strip: Strip): KernelRecord {
  const epilogue = bindVec4Epilogue(`convolution "${a.label}"`, a, a.output, strip.products);
  return {
    op: 'winogradOutput',
    label: `${a.label} ${s.outChannels} ${s.height}×${s.width}`,
    rung: 'conv2d/winograd',
    shader: 'winograd_output',
    parts: ['winograd', 'vec4_epilogue'],
    overrides: epilogue.overrides,
    uniforms: [
      u32('out_channels', s.outChannels),
      u32('padded_out', paddedChannels(s.outChannels)),
      u32('height', s.height),
      u32('width_quads', s.width / 4),
      u32('tile_columns', plan.tileColumns),
      u32('first_tile', strip.first),
      u32('tiles', strip.tiles),
      u32('padded_tiles', strip.padded),
      ...epilogue.fields,
      f32('unit', 1 / (scaleOf(a.precision, s.inChannels) * inputScale(a.precision))),
    ],
    bindings: [...epilogue.bindings, read(strip.products), write(a.output)],
    grid: linearGrid((s.outChannels * strip.tiles) / TILES_AT_ONCE, 64),
    flops: 0,
  };
}

/**
 * Records the dispatches of one convolution whose shapes its op has checked.
 * @param flops of the plain convolution; counted on the products
 * @throws `tensor` error when rows are no whole vectors, or input and output differ in size (padding 1 keeps it)
 */
export function winogradConv(g: Recorder, a: WinogradArgs, s: WinogradSizes, flops: number): void {
  const where = `convolution "${a.label}"`;
  expectShape(where, 'output', a.output, [s.outChannels, s.height, s.width]);
  ensure(
    s.width % TILE === 0,
    'tensor',
    () => `${where}: Winograd reads rows in vectors of ${TILE}, the picture is ${s.width} wide; take another rung`,
  );
  const plan = planWinograd(s);
  const spectrum = g.transient(
    `${a.label} spectrum`,
    [FREQUENCIES, s.inChannels, plan.paddedTiles],
    storedType(a.precision),
  );
  const products = g.transient(`${a.label} products`, [FREQUENCIES, paddedChannels(s.outChannels), plan.paddedTiles]);
  for (let first = 0; first < plan.tiles; first += plan.stripTiles) {
    const tiles = Math.min(plan.stripTiles, plan.tiles - first);
    const strip = { first, tiles, padded: plan.paddedTiles, spectrum, products };
    g.add(inputTransform(a, s, plan, strip));
    g.add(productsRecord(a, s, strip, (flops * tiles) / plan.tiles));
    g.add(outputTransform(a, s, plan, strip));
  }
}
