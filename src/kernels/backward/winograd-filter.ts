/**
 * The gradient of a 3×3 convolution's filter by Winograd's F(4×4, 3×3), turned round: where the forward op multiplies transformed
 * filters and patches, dU = Σ_tiles (A dY Aᵀ) ⊙ (Bᵀ d B) and dw = Gᵀ dU G: 36 products a tile where the plain sum has 144.
 * `filters.ts` has the plain one. Large pictures go through in strips of tiles.
 */
import type { Tensor } from '../../tensor.ts';
import { BLOCK, batchedProduct, roundUp } from '../batched-product.ts';
import { chooseProduct, type KernelFacts } from '../choose.ts';
import type { Conv2dSizes } from '../conv2d.ts';
import { elementDoors } from '../element.ts';
import { inputBindings, inputFields } from '../epilogue.ts';
import { linearGrid, type Recorder, read, readWrite, type Slice, u32, write } from '../kernel.ts';
import { supports } from '../rungs.ts';
import { FREQUENCIES } from '../winograd.ts';
import { planStrips } from './filters.ts';

/** Side of an output tile. */
const TILE = 4;
/** Most bytes either transformed operand may take; well inside WebGPU's default binding limit of 128 MiB. */
const STRIP_BYTES = 32 * 2 ** 20;
/** Up to here a filter's gradient is written more often than pixels are multiplied, and gathering rows is less work. */
const FEW_PIXELS = 4 * 4;

/** Arguments of {@link winogradFilterGradient}. */
export interface WinogradFilterGradientArgs {
  readonly label: string;
  readonly facts: KernelFacts;
  readonly sizes: Conv2dSizes;
  /** `[I, H, W]`, read as `input · inScale + inShift`. */
  readonly input: Tensor;
  readonly inScale?: Slice | undefined;
  readonly inShift?: Slice | undefined;
  /** `[O, H, W]`, read as `gradient · outScale`. */
  readonly gradient: Tensor;
  readonly outScale?: Slice | undefined;
  /** `[1, I, 3, 3, O]` */
  readonly output: Tensor;
  /** Whether what it holds is added to. */
  readonly keep?: boolean | undefined;
  /** Most bytes of a transformed operand; smaller than the default only in tests. */
  readonly maxBytes?: number | undefined;
}

/** Whether a filter's gradient is found this way: the same picture sizes as forward, and nobody asked for another rung. */
export function takesWinograd(s: Conv2dSizes, facts: KernelFacts): boolean {
  const shape = { ...s, spatial: [s.outHeight, s.outWidth] as const };
  const same = s.padding === 1 && s.outHeight === s.height && s.outWidth === s.width;
  const wanted = facts.forced === undefined || facts.forced === 'winograd';
  const trusted = !facts.distrusted?.has('conv2d/winograd');
  return supports('conv2d', 'winograd', shape) && same && wanted && trusted && s.height * s.width > FEW_PIXELS;
}

/** `w[i, :, :, o] = Gᵀ (Σ_tiles (A du Aᵀ)[o] ⊙ (Bᵀ x B)[i]) G`. */
export function winogradFilterGradient(g: Recorder, a: WinogradFilterGradientArgs): void {
  const { sizes: s, label } = a;
  const [rows, columns] = [roundUp(s.inChannels, BLOCK), roundUp(s.outChannels, BLOCK)];
  const tiles = Math.ceil(s.height / TILE) * (s.width / TILE);
  const plan = planStrips(tiles, rows, columns, (a.maxBytes ?? STRIP_BYTES) / FREQUENCIES, FREQUENCIES);
  const { strips, parts, depth } = plan;
  const strip = parts * depth;
  const left = g.transient(`${label} patches`, [FREQUENCIES, strip, rows]);
  const right = g.transient(`${label} tiles`, [FREQUENCIES, strip, columns]);
  const products = g.transient(`${label} products`, [FREQUENCIES, parts, rows, columns]);
  const [patches, gradients] = [
    { shader: 'winograd_rows', input: a.input, channels: s.inChannels, inScale: a.inScale, inShift: a.inShift },
    { shader: 'winograd_gradient_rows', input: a.gradient, channels: s.outChannels, inScale: a.outScale },
  ];
  for (let i = 0; i < strips; i++) {
    const at = { label, sizes: s, firstTile: i * strip, tiles: strip };
    transform(g, { ...at, ...patches, output: left });
    transform(g, { ...at, ...gradients, output: right });
    g.add(
      batchedProduct({
        op: 'filterGradient',
        label: `${label} ${s.inChannels}×${s.outChannels} over ${strip} tiles`,
        left,
        right,
        output: products,
        batches: FREQUENCIES * parts,
        depth,
        rows,
        columns,
        flops: 18 * s.inChannels * s.outChannels * TILE ** 2 * Math.min(strip, tiles - i * strip),
        kernel: chooseProduct({ ...a.facts, precision: 'f32' }),
        precision: 'f32',
      }),
    );
    finish(g, a, { products, parts, rows, columns }, i > 0 || a.keep === true);
  }
}

interface Transform {
  readonly label: string;
  readonly sizes: Conv2dSizes;
  readonly shader: string;
  readonly input: Tensor;
  readonly channels: number;
  readonly inScale?: Slice | undefined;
  readonly inShift?: Slice | undefined;
  readonly firstTile: number;
  readonly tiles: number;
  /** `[36, tiles, C′]` */
  readonly output: Tensor;
}

function transform(g: Recorder, a: Transform): void {
  const { channels, tiles, output, sizes: s } = a;
  const quads = roundUp(channels, BLOCK) / 4;
  g.add({
    op: 'winogradRows',
    label: `${a.label} ${channels} ${s.height}×${s.width}`,
    shader: a.shader,
    parts: [
      'tile_rows',
      'in_vectors',
      'winograd',
      'spectrum',
      ...(a.shader === 'winograd_rows' ? ['winograd_patch'] : []),
    ],
    substitutions: elementDoors(output),
    uniforms: [
      u32('channels', channels),
      u32('channel_quads', quads),
      u32('height', s.height),
      u32('width_quads', s.width / 4),
      u32('first_tile', a.firstTile),
      u32('tiles', tiles),
      ...inputFields(a),
    ],
    bindings: [...inputBindings(a, a.input), read(a.input), write(output)],
    grid: linearGrid(tiles * quads, 64),
    flops: 0,
  });
}

function finish(
  g: Recorder,
  { label, sizes, output }: WinogradFilterGradientArgs,
  p: { products: Tensor; parts: number; rows: number; columns: number },
  keep: boolean,
): void {
  const quads = sizes.outChannels / 4;
  g.add({
    op: 'winogradFilterGradient',
    label: `${label} ${sizes.inChannels}→${sizes.outChannels}`,
    shader: 'winograd_filter_gradient',
    parts: ['winograd'],
    uniforms: [
      u32('in_channels', sizes.inChannels),
      u32('out_quads', quads),
      u32('padded_in', p.rows),
      u32('padded_quads', p.columns / 4),
      u32('parts', p.parts),
      u32('keep', keep ? 1 : 0),
    ],
    bindings: [read(p.products), keep ? readWrite(output) : write(output)],
    grid: linearGrid(sizes.inChannels * quads, 64),
    flops: 0,
  });
}
