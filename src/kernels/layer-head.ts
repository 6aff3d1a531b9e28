/** Heads of single layers (plain and toRGB): one code → one offset per pair of channels, a matrix-vector product. */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { chooseLayerHead, DEFAULT_FACTS, type KernelFacts } from './choose.ts';
import { dim, linearGrid, type Recorder, read, u32, write } from './kernel.ts';
import { type Chunk, type ChunkedMatrix, chunksOf, matrixAccess } from './matrix.ts';
import type { LayerHeadVariant } from './rungs.ts';

/** Arguments of {@link layerHead}. */
export interface LayerHeadArgs {
  readonly label?: string | undefined;
  /** `[layers, z + 1]`: summed codes and, last, their count t. */
  readonly state: Tensor;
  /** The layer's row of the state. */
  readonly row: number;
  /** `[out·in, z]` in chunks of rows. */
  readonly weight: ChunkedMatrix;
  /** `[out·in]` */
  readonly bias: Tensor;
  /** `out·in` elements, e.g. `[out, in]`. */
  readonly output: Tensor;
  /** What the variant is chosen by; a GPU is assumed when absent. */
  readonly facts?: KernelFacts | undefined;
  /** Takes one variant whatever the sizes. */
  readonly variant?: LayerHeadVariant | undefined;
}

const WORKGROUP_SIZE = 128;
/** A CPU adapter's cores share a small head only if its workgroups are small. */
const DIRECT_WORKGROUP_SIZE = 64;
/** Rows one invocation of the shared variant works on at once, as in its shader. */
const SHARED_ROWS = 2;
/** The same of the direct variant. */
const DIRECT_ROWS = 8;
/** Invocations that share a weight row read this many bytes of it at a time: a cache line. */
const LINE_BYTES = 128;
/** Vectors of the code kept in workgroup memory: at most 8 KiB. */
const TILE = 512;

/** Lanes a weight row and the grid of the shared variant (pure). */
export function planLayerHead(rows: number, vectorBytes: number): { lanes: number; grid: [number, number, number] } {
  const lanes = Math.min(32, LINE_BYTES / vectorBytes);
  return { lanes, grid: linearGrid(rows, (WORKGROUP_SIZE / lanes) * SHARED_ROWS) };
}

/**
 * `Δ = W·Σcode + t·bias` (the last 1x1 convolution of HyperStyle `RefinementBlock`, summed over the steps).
 * @throws `tensor` error when shapes disagree
 */
export function layerHead(g: Recorder, a: LayerHeadArgs): Tensor {
  const label = a.label ?? a.output.name;
  const where = `layerHead "${label}"`;
  const z = dim(a.state, 1) - 1;
  const rows = elementCount(a.output.shape);
  ensure(
    a.row >= 0 && a.row < dim(a.state, 0),
    'tensor',
    () => `${where}: row ${a.row} is not one of the state's ${dim(a.state, 0)}`,
  );
  expectShape(where, 'bias', a.bias, [rows]);
  const shader = a.variant ?? chooseLayerHead(a.facts ?? DEFAULT_FACTS);
  for (const chunk of chunksOf(where, a.weight, rows, z)) addChunk(g, a, label, shader, chunk, z);
  return a.output;
}

/** The dispatch of one chunk of rows. */
function addChunk(
  g: Recorder,
  a: LayerHeadArgs,
  label: string,
  shader: LayerHeadVariant,
  { tensor, firstRow, rows }: Chunk,
  z: number,
): void {
  const matrix = matrixAccess(tensor, a.weight.scales, z);
  const { lanes, grid } = planLayerHead(rows, matrix.vectorBytes);
  const shared = shader === 'layer_head_shared';
  g.add({
    op: 'layerHead',
    label: `${label} ${z}→${rows} rows ${firstRow}`,
    rung: `layerHead/${shader}`,
    shader,
    parts: [matrix.part, 'layer_head', ...(shared ? ['tree_sum'] : [])],
    substitutions: {
      ...matrix.substitutions,
      ...(shared && { WORKGROUP_SIZE, LANES: lanes, TILE: Math.min(TILE, z / matrix.width) }),
    },
    overrides: { ...matrix.overrides, ...(!shared && { WORKGROUP_SIZE: DIRECT_WORKGROUP_SIZE }) },
    uniforms: [
      u32('z', z),
      u32('columns', z / matrix.width),
      u32('rows', rows),
      u32('first_row', firstRow),
      u32('state_row', a.row),
    ],
    bindings: [...matrix.bindings, read(a.state), read(a.bias), write(a.output)],
    grid: shared ? grid : linearGrid(Math.ceil(rows / DIRECT_ROWS), DIRECT_WORKGROUP_SIZE),
    flops: 2 * rows * z,
  });
}
