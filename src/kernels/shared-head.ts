/**
 * The head that the shared layers have in common: summed codes → summed offsets of all of them, in one pass over its
 * weights. Both maps are affine, so the sums' biases count once a step: they are multiplied by t.
 */
import { expectShape, type Tensor } from '../tensor.ts';
import { batchedProduct } from './batched-product.ts';
import { chooseExpand, chooseProduct, chooseSharedHead, DEFAULT_FACTS, inF32, type KernelFacts } from './choose.ts';
import { dim, type KernelRecord, linearGrid, type Recorder, read, readWrite, u32, write } from './kernel.ts';
import { type Chunk, type ChunkedMatrix, chunksOf, expectScales, matrixAccess } from './matrix.ts';
import type { ExpandVariant, ProductKernel, SharedHeadVariant } from './rungs.ts';

/** Arguments of {@link sharedHead}. */
export interface SharedHeadArgs {
  readonly label?: string | undefined;
  /** `[≥ rows, z + 1]`: summed codes and, last, their count t. */
  readonly state: Tensor;
  /** The shared layers are the first `rows` rows of the state; all when absent. */
  readonly rows?: number | undefined;
  /** `[z, C·z]` in chunks of rows. */
  readonly w2: ChunkedMatrix;
  /** `[C·z]` */
  readonly b2: Tensor;
  /** `[z, C·f²]` */
  readonly w1: Tensor;
  /** `[z]` when `w1` is i8. */
  readonly w1Scales?: Tensor | undefined;
  /** `[C·f²]` */
  readonly b1: Tensor;
  /** C: input and output channels of the shared layers. */
  readonly outChannels: number;
  /** f: side of the offsets. */
  readonly taps: 1 | 3;
  /** `[rows, C, C, f, f]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
  /** What the variants of both maps are chosen by; a GPU is assumed when absent. */
  readonly facts?: KernelFacts | undefined;
  /** Takes one variant of the first map whatever the adapter. */
  readonly expand?: ExpandVariant | undefined;
  /** Takes one variant of the second map whatever the sizes. */
  readonly product?: SharedHeadVariant | undefined;
  /** Parts of the sum over k in the shared variant of the first map, whatever the sizes; a power of two. */
  readonly slices?: number | undefined;
}

/** Sizes every part of the head needs. */
interface Sizes {
  readonly where: string;
  readonly label: string;
  readonly layers: number;
  readonly z: number;
  readonly channels: number;
  readonly taps: number;
}

/** Invocations of a workgroup of the first map, and vectors of columns each owns, as in its shaders. */
const WORKGROUP_SIZE = { registers: 64, quads: 64, shared: 128 } as const;
const VECTORS = { registers: 8, quads: 4, shared: 1 } as const;
/** Parts of the sum over k in the shared variant where a chunk is large; each is read by its own invocations. */
const SLICES = 4;
/** Elements from which on a chunk of w2 does not fit a cache and reading it is all that counts. */
const LARGE_CHUNK = 2 ** 20;
/** Values of k whose codes the shared variant has in workgroup memory at a time. */
const TILE = 64;
/**
 * Layers one invocation of the first map can keep in registers, as in its shader; more are spread over the grid and
 * read w2 again.
 */
const MAX_LAYERS_IN_REGISTERS = 12;
/** Rows an invocation of the direct variant makes, as in its shader, and invocations of a workgroup. */
const PRODUCT_ROWS = 8;
const PRODUCT_WORKGROUP = 64;
/** Invocations of a workgroup that makes the operands of the other. */
const OPERANDS_WORKGROUP = 64;

/**
 * `h = Σz·w2 + t·b2` viewed as `[layers·C, z]`, `Δ = h·w1 + t·b1` viewed as `[layers, C, C, f, f]` without a transpose
 * (HyperStyle `SharedWeightsHypernet`, summed over the steps).
 * @throws `tensor` error when shapes disagree
 */
export function sharedHead(g: Recorder, a: SharedHeadArgs): Tensor {
  const label = a.label ?? 'shared head';
  const z = dim(a.state, 1) - 1;
  const sizes: Sizes = {
    where: `sharedHead "${label}"`,
    label,
    layers: a.rows ?? dim(a.state, 0),
    z,
    channels: a.outChannels,
    taps: a.taps ** 2,
  };
  checkSharedHead(a, sizes);
  const h = g.transient(`${label} h`, [sizes.layers * sizes.channels, z]);
  chunksOf(sizes.where, a.w2, z, sizes.channels * z).forEach((chunk, i) => {
    expand(g, a, sizes, h, chunk, i === 0);
  });
  return product(g, a, sizes, h);
}

function checkSharedHead(a: SharedHeadArgs, { where, layers, z, channels, taps }: Sizes): void {
  expectShape(where, 'state', a.state, [Math.max(layers, dim(a.state, 0)), z + 1]);
  expectShape(where, 'b2', a.b2, [channels * z]);
  expectShape(where, 'w1', a.w1, [z, channels * taps]);
  expectShape(where, 'b1', a.b1, [channels * taps]);
  expectScales(where, a.w1, a.w1Scales, z);
}

/** First map, one chunk of w2: h (+)= Σz[:, chunk]·w2[chunk]. */
function expand(g: Recorder, a: SharedHeadArgs, s: Sizes, h: Tensor, chunk: Chunk, first: boolean): void {
  const columns = s.channels * s.z;
  const matrix = matrixAccess(chunk.tensor, a.w2.scales, columns);
  const passes = Math.ceil(s.layers / MAX_LAYERS_IN_REGISTERS);
  const inRegisters = Math.ceil(s.layers / passes);
  const variant = a.expand ?? chooseExpand(a.facts ?? DEFAULT_FACTS);
  const slices = variant === 'shared' ? (a.slices ?? (chunk.rows * columns < LARGE_CHUNK ? 1 : SLICES)) : 1;
  const perWorkgroup = (WORKGROUP_SIZE[variant] / slices) * VECTORS[variant];
  g.add({
    op: 'sharedHead',
    label: `${s.label} ${s.layers}×${s.z}→${columns} rows ${chunk.firstRow}`,
    rung: `expand/${variant}`,
    shader: `shared_head_expand_${variant}`,
    parts: [matrix.part, 'shared_head_expand'],
    substitutions: {
      ...matrix.substitutions,
      LAYERS: inRegisters,
      ...(variant !== 'registers' && { QUADS: Math.ceil(inRegisters / 4) }),
      ...(variant === 'shared' && {
        WORKGROUP_SIZE: WORKGROUP_SIZE[variant],
        SLICES: slices,
        TILE: Math.min(TILE, chunk.rows),
      }),
    },
    overrides: { ...matrix.overrides, ...(variant !== 'shared' && { WORKGROUP_SIZE: WORKGROUP_SIZE[variant] }) },
    uniforms: [
      u32('z', s.z),
      u32('layers', s.layers),
      u32('columns', columns / matrix.width),
      u32('first_row', chunk.firstRow),
      u32('rows', chunk.rows),
    ],
    bindings: [...matrix.bindings, read(a.state), read(a.b2), first ? write(h) : readWrite(h)],
    grid: [Math.ceil(columns / matrix.width / perWorkgroup), passes, 1],
    flops: 2 * s.layers * chunk.rows * columns,
  });
}

/** Second map: Δ = h·w1 + t·b1. */
function product(g: Recorder, a: SharedHeadArgs, s: Sizes, h: Tensor): Tensor {
  const [rows, columns] = [s.layers * s.channels, s.channels * s.taps];
  const shape = [s.layers, s.channels, s.channels, a.taps, a.taps];
  const output = a.output ?? g.transient(`${s.label} Δ`, shape);
  expectShape(s.where, 'output', output, shape);
  const facts = a.facts ?? DEFAULT_FACTS;
  const variant = a.product ?? chooseSharedHead({ rows, columns }, facts);
  if (variant === 'shared_head_product_direct') g.add(directProduct(a, s, h, output));
  else blockedProduct(g, a, s, { h, output, kernel: chooseProduct(inF32(facts)) });
  return output;
}

function directProduct(a: SharedHeadArgs, s: Sizes, h: Tensor, output: Tensor): KernelRecord {
  const [rows, columns] = [s.layers * s.channels, s.channels * s.taps];
  const matrix = matrixAccess(a.w1, a.w1Scales, columns);
  return {
    op: 'sharedHead',
    label: `${s.label} Δ [${output.shape}]`,
    rung: 'sharedHead/shared_head_product_direct',
    shader: 'shared_head_product_direct',
    parts: [matrix.part],
    substitutions: matrix.substitutions,
    overrides: { ...matrix.overrides, WORKGROUP_SIZE: PRODUCT_WORKGROUP },
    uniforms: [
      u32('rows', rows),
      u32('z', s.z),
      u32('columns', columns / matrix.width),
      u32('rows_per_layer', s.channels),
    ],
    bindings: [...matrix.bindings, read(a.state), read(h), read(a.b1), write(output)],
    grid: [Math.ceil(columns / matrix.width / PRODUCT_WORKGROUP), Math.ceil(rows / PRODUCT_ROWS), 1],
    flops: 2 * rows * s.z * columns,
  };
}

/** The second map as one product of rows and columns in whole blocks, its bias as one more term. */
function blockedProduct(
  g: Recorder,
  a: SharedHeadArgs,
  s: Sizes,
  { h, output, kernel }: { readonly h: Tensor; readonly output: Tensor; readonly kernel: ProductKernel },
): void {
  const [rows, columns, depth] = [s.layers * s.channels, s.channels * s.taps, s.z + 1];
  const left = g.transient(`${s.label} left`, [depth, rows]);
  const right = g.transient(`${s.label} right`, [depth, columns]);
  const matrix = matrixAccess(a.w1, a.w1Scales, columns);
  g.add({
    op: 'sharedHead',
    label: `${s.label} operands [${depth}, ${rows}] [${depth}, ${columns}]`,
    rung: 'sharedHead/shared_head_operands',
    shader: 'shared_head_operands',
    parts: [matrix.part],
    substitutions: matrix.substitutions,
    overrides: { ...matrix.overrides, WORKGROUP_SIZE: OPERANDS_WORKGROUP },
    uniforms: [u32('rows', rows / 4), u32('z', s.z), u32('columns', columns / 4), u32('rows_per_layer', s.channels)],
    bindings: [...matrix.bindings, read(a.state), read(h), read(a.b1), write(left), write(right)],
    grid: linearGrid((depth * (rows + columns)) / 4, OPERANDS_WORKGROUP),
    flops: 0,
  });
  const label = `${s.label} Δ [${output.shape}]`;
  const flops = 2 * rows * s.z * columns;
  g.add(
    batchedProduct({
      op: 'sharedHead',
      label,
      left,
      right,
      output,
      batches: 1,
      depth,
      rows,
      columns,
      flops,
      kernel,
      precision: 'f32', // both operands are made for this one product
    }),
  );
}
