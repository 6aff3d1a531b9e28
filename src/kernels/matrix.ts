/**
 * How shaders read large weight matrices: f32, f16 (two a word) or i8 (four a word, with a scale a row), four elements at
 * a time where the row length allows it. Arithmetic is f32 in every case.
 */
import { ensure } from '../errors.ts';
import { BYTES_PER_ELEMENT, elementCount, type Tensor } from '../tensor.ts';
import { type Binding, dim, read } from './kernel.ts';

/** A matrix `[rows, columns]` in chunks of whole rows that fit a storage binding. */
export interface ChunkedMatrix {
  /** Each `[rows of the chunk, columns]`, one dtype. */
  readonly chunks: readonly Tensor[];
  /** `[rows]`, present when the dtype is i8: value = scale[row] · stored. */
  readonly scales?: Tensor | undefined;
}

/** What a record needs to read one matrix through `shaders/parts/matrix.wgsl`. */
export interface MatrixAccess {
  /** Elements read at a time. */
  readonly width: 1 | 4;
  /** Bytes of one such read. */
  readonly vectorBytes: number;
  /** The part's name. */
  readonly part: 'matrix';
  /** `{{WORD}}` storage type, `{{VECTOR}}` value type, `{{DTYPE}}` and `{{WIDTH}}` of the functions to call. */
  readonly substitutions: Readonly<Record<'WORD' | 'VECTOR' | 'DTYPE' | 'WIDTH', string>>;
  readonly overrides: Readonly<Record<'PER_WORD' | 'HAS_SCALES', number>>;
  /** The matrix and its scales: the first two bindings. */
  readonly bindings: readonly [Binding, Binding];
}

/** Storage types of four elements. */
const WORDS_OF_FOUR = { f32: 'vec4f', f16: 'vec2u', i8: 'u32' } as const;

/**
 * Vector reads where `columns` is a multiple of four, single elements otherwise.
 * @param scales one a row, of an i8 matrix
 */
export function matrixAccess(weight: Tensor, scales: Tensor | undefined, columns: number): MatrixAccess {
  const { dtype } = weight;
  const width = columns % 4 === 0 ? 4 : 1;
  return {
    width,
    vectorBytes: width * BYTES_PER_ELEMENT[dtype],
    part: 'matrix',
    substitutions:
      width === 4
        ? { WORD: WORDS_OF_FOUR[dtype], VECTOR: 'vec4f', DTYPE: dtype, WIDTH: '4' }
        : { WORD: 'u32', VECTOR: 'f32', DTYPE: dtype, WIDTH: '1' },
    overrides: { PER_WORD: width === 4 ? 1 : 4 / BYTES_PER_ELEMENT[dtype], HAS_SCALES: Number(scales !== undefined) },
    bindings: [read(weight), read(scales ?? weight)],
  };
}

/** A chunk and the row of the whole matrix it starts at. */
export interface Chunk {
  readonly tensor: Tensor;
  readonly firstRow: number;
  readonly rows: number;
}

/**
 * The chunks of `matrix` with their places, checked against the whole matrix's shape.
 * @param where op and label for messages
 * @throws `tensor` error when chunks do not add up, mix dtypes, or i8 comes without scales
 */
export function chunksOf(where: string, matrix: ChunkedMatrix, rows: number, columns: number): Chunk[] {
  const [first] = matrix.chunks;
  let firstRow = 0;
  const chunks = matrix.chunks.map((tensor) => {
    const count = elementCount(tensor.shape) / columns;
    ensure(
      dim(tensor, 0) === count && tensor.dtype === first?.dtype,
      'tensor',
      () =>
        `${where}: chunk "${tensor.name}" expects [rows, ${columns}] ${first?.dtype}, got [${tensor.shape.join(', ')}] ${tensor.dtype}`,
    );
    const chunk = { tensor, firstRow, rows: count };
    firstRow += count;
    return chunk;
  });
  ensure(
    firstRow === rows,
    'tensor',
    () => `${where}: the chunks of "${first?.name}" have ${firstRow} rows together, the layer needs ${rows}`,
  );
  if (first) expectScales(where, first, matrix.scales, rows);
  return chunks;
}

/** @throws `tensor` error unless i8 comes with one scale a row and other types with none */
export function expectScales(where: string, weight: Tensor, scales: Tensor | undefined, rows: number): void {
  const expected = weight.dtype === 'i8' ? rows : 0;
  const got = scales ? elementCount(scales.shape) : 0;
  ensure(
    got === expected,
    'tensor',
    () => `${where}: "${weight.name}" is ${weight.dtype} and expects ${expected} scales, got ${got}`,
  );
}
