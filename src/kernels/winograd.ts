/**
 * Stride-1 3×3 convolution by Winograd's minimal filtering F(4×4, 3×3) (Lavin & Gray, arXiv 1509.09308): 36 products
 * where the plain convolution has 144. Input transform → 36 matrix products → output transform with the whole epilogue;
 * the filter transform runs once per weight update. Large pictures go through in strips, so that the two
 * intermediates stay small.
 */
import { type Tensor, tensor } from '../tensor.ts';
import type { Conv2dArgs, Conv2dSizes, ConvWeightShape } from './conv2d.ts';
import { bindConvOperands, epilogueFields, inputFields } from './epilogue.ts';
import { dim, type KernelRecord, linearGrid, type Recorder, read, u32, write } from './kernel.ts';

/** Side of an output tile. */
const TILE = 4;
/** Products a tile needs for one channel pair: (4 + 3 − 1)². */
export const FREQUENCIES = 36;
/** Channels and tiles that one invocation of the wide product kernel owns. */
const BLOCK = 16;
/** Most bytes either intermediate may take; well inside WebGPU's default binding limit of 128 MiB. */
const INTERMEDIATE_BYTES = 64 * 2 ** 20;

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Number of output channels rounded up to whole blocks, as transformed filters are stored. */
export const paddedChannels = (channels: number): number => roundUp(channels, BLOCK);

/** How one Winograd convolution is cut up. */
export interface WinogradPlan {
  /** Tiles in a row of tiles, and in all. */
  readonly tileColumns: number;
  readonly tiles: number;
  /** Most tiles of one strip, and that number rounded up as the intermediates store it. */
  readonly stripTiles: number;
  readonly paddedTiles: number;
  /** Shader of the products. */
  readonly products: 'winograd_gemm' | 'winograd_gemm_narrow';
}

/** Cuts a convolution into tiles and strips (pure). */
export function planWinograd(
  s: Pick<Conv2dSizes, 'inChannels' | 'outChannels' | 'outHeight' | 'outWidth'>,
): WinogradPlan {
  const tileColumns = Math.ceil(s.outWidth / TILE);
  const tiles = tileColumns * Math.ceil(s.outHeight / TILE);
  const bytesPerTile = 4 * FREQUENCIES * Math.max(s.inChannels, paddedChannels(s.outChannels));
  const fit = Math.max(BLOCK, Math.floor(INTERMEDIATE_BYTES / bytesPerTile / BLOCK) * BLOCK);
  const strips = Math.ceil(tiles / fit);
  const stripTiles = Math.min(tiles, roundUp(Math.ceil(tiles / strips), BLOCK));
  const narrow = roundUp(stripTiles, 4) < BLOCK;
  return {
    tileColumns,
    tiles,
    stripTiles,
    paddedTiles: roundUp(stripTiles, narrow ? 4 : BLOCK),
    products: narrow ? 'winograd_gemm_narrow' : 'winograd_gemm',
  };
}

/** Shape of a transformed filter bank, `[36, I, O′]`. */
export const transformedShape = (s: ConvWeightShape): [number, number, number] => [
  FREQUENCIES,
  s.inChannels,
  paddedChannels(s.outChannels),
];

/** Transforms a filter bank `[1, I, 3, 3, O]` into `[36, I, O′]`, a persistent tensor unless `output` is given. */
export function winogradFilter(
  g: Recorder,
  a: { readonly label: string; readonly weight: Tensor; readonly output?: Tensor | undefined },
): Tensor {
  const [inChannels, outChannels] = [dim(a.weight, 1), dim(a.weight, 4)];
  const shape = transformedShape({ groups: 1, inChannels, outChannels, kernel: 3 });
  const output = a.output ?? tensor(`${a.label} winograd`, shape);
  g.add({
    op: 'winogradFilter',
    label: `${a.label} ${inChannels}→${outChannels}`,
    shader: 'winograd_filter',
    uniforms: [u32('in_channels', inChannels), u32('out_channels', outChannels), u32('padded_out', shape[2])],
    bindings: [read(a.weight), write(output)],
    grid: linearGrid(shape[1] * shape[2], 64),
    flops: 0,
  });
  return output;
}

/** One strip of tiles and the intermediates it passes through. */
interface Strip {
  readonly first: number;
  readonly tiles: number;
  readonly padded: number;
  readonly spectrum: Tensor;
  readonly products: Tensor;
}

function inputTransform(a: Conv2dArgs, s: Conv2dSizes, plan: WinogradPlan, strip: Strip): KernelRecord {
  return {
    op: 'winogradInput',
    label: `${a.label} ${s.inChannels} ${s.height}×${s.width}`,
    shader: 'winograd_input',
    overrides: { IN_SCALE: a.inScale ? 1 : 0, IN_SHIFT: a.inShift ? 1 : 0 },
    uniforms: [
      u32('in_channels', s.inChannels),
      u32('height', s.height),
      u32('width', s.width),
      u32('tile_columns', plan.tileColumns),
      u32('first_tile', strip.first),
      u32('tiles', strip.tiles),
      u32('padded_tiles', strip.padded),
      u32('padding', s.padding),
      ...inputFields(a),
    ],
    bindings: [
      read(a.input),
      read(a.inScale?.tensor ?? a.input),
      read(a.inShift?.tensor ?? a.input),
      write(strip.spectrum),
    ],
    grid: linearGrid(s.inChannels * strip.padded, 64),
    flops: 0,
  };
}

function productsRecord(a: Conv2dArgs, s: Conv2dSizes, plan: WinogradPlan, strip: Strip, flops: number): KernelRecord {
  const outQuads = paddedChannels(s.outChannels) / 4;
  const tileQuads = strip.padded / 4;
  const blocks = (outQuads / 4) * (plan.products === 'winograd_gemm' ? tileQuads / 4 : tileQuads);
  return {
    op: 'conv2d',
    label: `${a.label} ${s.inChannels}→${s.outChannels} ${s.outHeight}×${s.outWidth}`,
    shader: plan.products,
    uniforms: [
      u32('in_channels', s.inChannels),
      u32('out_quads', outQuads),
      u32('tile_quads', tileQuads),
      u32('frequencies', FREQUENCIES),
    ],
    bindings: [read(a.weight.tensor), read(strip.spectrum), write(strip.products)],
    grid: linearGrid(FREQUENCIES * blocks, 16),
    flops,
  };
}

function outputTransform(
  a: Conv2dArgs,
  s: Conv2dSizes,
  plan: WinogradPlan,
  strip: Strip,
  output: Tensor,
): KernelRecord {
  const pixels = s.outHeight * s.outWidth;
  const epilogue = { ...a, inScale: undefined, inShift: undefined };
  const operands = bindConvOperands(`conv2d "${a.label}"`, epilogue, { ...a.weight.shape, pixels }, strip.products);
  return {
    op: 'winogradOutput',
    label: `${a.label} ${s.outChannels} ${s.outHeight}×${s.outWidth}`,
    shader: 'winograd_output',
    overrides: operands.overrides,
    uniforms: [
      u32('out_channels', s.outChannels),
      u32('padded_out', paddedChannels(s.outChannels)),
      u32('height', s.outHeight),
      u32('width', s.outWidth),
      u32('tile_columns', plan.tileColumns),
      u32('first_tile', strip.first),
      u32('tiles', strip.tiles),
      u32('padded_tiles', strip.padded),
      ...epilogueFields(a),
    ],
    bindings: [read(strip.products), write(output), ...operands.bindings],
    grid: linearGrid(s.outChannels * strip.tiles, 64),
    flops: 0,
  };
}

/**
 * Records the dispatches of one convolution whose shapes `conv2d` has checked. The plain convolution's FLOPs are counted, on
 * the products.
 */
export function winogradConv(g: Recorder, a: Conv2dArgs, s: Conv2dSizes, output: Tensor, flops: number): void {
  const plan = planWinograd(s);
  const spectrum = g.transient(`${a.label} spectrum`, [FREQUENCIES, s.inChannels, plan.paddedTiles]);
  const products = g.transient(`${a.label} products`, [FREQUENCIES, paddedChannels(s.outChannels), plan.paddedTiles]);
  for (let first = 0; first < plan.tiles; first += plan.stripTiles) {
    const tiles = Math.min(plan.stripTiles, plan.tiles - first);
    const strip = { first, tiles, padded: plan.paddedTiles, spectrum, products };
    g.add(inputTransform(a, s, plan, strip));
    g.add(productsRecord(a, s, plan, strip, (flops * tiles) / plan.tiles));
    g.add(outputTransform(a, s, plan, strip, output));
  }
}
