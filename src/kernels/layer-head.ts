/** Heads of single layers (plain and toRGB): one code → one offset per pair of channels, a matrix-vector product. */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { dim, MAX_WORKGROUPS_PER_DIMENSION, type Recorder, read, u32, write } from './kernel.ts';
import { type ChunkedMatrix, chunksOf, matrixAccess } from './matrix.ts';

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
}

const WORKGROUP_SIZE = 128;
/** Rows one invocation works on at once, as in the shader. */
const ROWS = 2;
/** Invocations that share a weight row read this many bytes of it at a time: a cache line. */
const LINE_BYTES = 128;
/** Vectors of the code kept in workgroup memory: at most 8 KiB. */
const TILE = 512;

/** Lanes a weight row and the grid (pure). */
export function planLayerHead(rows: number, vectorBytes: number): { lanes: number; grid: [number, number, number] } {
  const lanes = Math.min(32, LINE_BYTES / vectorBytes);
  const groups = Math.ceil(rows / ((WORKGROUP_SIZE / lanes) * ROWS));
  const y = Math.ceil(groups / MAX_WORKGROUPS_PER_DIMENSION);
  return { lanes, grid: [Math.ceil(groups / y), y, 1] };
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
  for (const chunk of chunksOf(where, a.weight, rows, z)) {
    const { dtype } = chunk.tensor;
    const { width, perWord, substitutions } = matrixAccess(dtype, z);
    const { lanes, grid } = planLayerHead(chunk.rows, { f32: 4, f16: 2, i8: 1 }[dtype] * width);
    g.add({
      op: 'layerHead',
      label: `${label} ${z}→${chunk.rows} rows ${chunk.firstRow}`,
      shader: 'layer_head',
      substitutions,
      overrides: {
        WORKGROUP_SIZE,
        LANES: lanes,
        TILE: Math.min(TILE, z / width),
        PER_WORD: perWord,
        HAS_SCALES: Number(a.weight.scales !== undefined),
      },
      uniforms: [
        u32('z', z),
        u32('columns', z / width),
        u32('rows', chunk.rows),
        u32('firstRow', chunk.firstRow),
        u32('stateRow', a.row),
      ],
      bindings: [read(a.state), read(chunk.tensor), read(a.weight.scales ?? a.state), read(a.bias), write(a.output)],
      grid,
      flops: 2 * chunk.rows * z,
    });
  }
  return a.output;
}
