/**
 * Orthogonalised momentum for matrices (Muon, K. Jordan 2024): the step is the momentum with all its singular values
 * made about 1, by five turns of Newton and Schulz, which are matrix products. Vectors take Adam (`optimisers.ts`).
 */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Shape, type Tensor, view } from '../tensor.ts';
import { turnFilter } from './backward/filters.ts';
import { BLOCK, batchedProduct, roundUp } from './batched-product.ts';
import { chooseProduct, type KernelFacts } from './choose.ts';
import { f32, type Recorder, read, readWrite, u32, write } from './kernel.ts';
import { elementwise } from './pointwise.ts';
import { columnSums, squareRuns, squareSums } from './sums.ts';

/** Turns, and the polynomial of each: x ← a x + b x³ + c x⁵ on every singular value, which ends within 0.7 .. 1.2. */
export const NEWTON_SCHULZ = { turns: 5, a: 3.4445, b: -4.775, c: 2.0315 } as const;

/** Arguments of {@link muon}. */
export interface MuonArgs {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** Like the parameter; zeros at first. */
  readonly momentum: Tensor;
  /** The matrix that the parameter is, `[rows, columns]` as it lies in memory. */
  readonly matrix: readonly [rows: number, columns: number];
  /**
   * Columns of the checkpoint's matrix by its rows, where that is the transpose of `matrix`; only the step's length
   * depends on it.
   */
  readonly turned?: boolean | undefined;
  /** 0.95 in the original. */
  readonly beta: number;
  /** `[rate, factor of the gradient]` */
  readonly numbers: Tensor;
  readonly facts: KernelFacts;
}

/**
 * One step on one matrix, in place: `m ← β m + g`, `p −= rate · √max(1, rows / columns) · orthogonal(g + β m)`.
 * @throws `tensor` error when sizes differ
 */
export function muon(g: Recorder, a: MuonArgs): void {
  const { parameter, matrix, numbers } = a;
  const where = `muon "${parameter.name}"`;
  const [rows, columns] = matrix;
  const count = elementCount(parameter.shape);
  ensure(rows * columns === count, 'tensor', () => `${where}: [${matrix}] is no matrix of ${count} elements`);
  for (const [role, { shape, ...rest }] of Object.entries({ gradient: a.gradient, momentum: a.momentum })) {
    expectShape(where, role, { ...rest, shape: [elementCount(shape)] }, [count]);
  }
  expectShape(where, 'numbers', numbers, [2]);
  const wide = columns > rows;
  const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)].map((n) => roundUp(n, BLOCK));
  const sizes = { long: long ?? BLOCK, short: short ?? BLOCK, wide };
  const orthogonal = orthogonalise(g, a, direction(g, a, sizes));
  const [out, into] = a.turned ? [columns, rows] : [rows, columns];
  g.add(
    elementwise(
      {
        op: 'muonApply',
        label: `${parameter.name} ${rows}×${columns}`,
        shader: 'muon_apply',
        uniforms: [
          u32('rows', rows),
          u32('columns', columns),
          u32('padded_short', sizes.short),
          u32('wide', wide ? 1 : 0),
          f32('scale', Math.sqrt(Math.max(1, out / into))),
        ],
        bindings: [read(orthogonal), read(numbers), readWrite(parameter)],
      },
      count,
    ),
  );
}

/** The momentum's new direction as a tall matrix of norm 1, `[L′, S′]`. */
function direction(
  g: Recorder,
  a: MuonArgs,
  { long, short, wide }: { long: number; short: number; wide: boolean },
): Tensor {
  const { matrix, parameter, beta } = a;
  const label = parameter.name;
  const tall = g.transient(`${label} direction`, [long, short]);
  const count = long * short;
  const shape = [
    u32('rows', matrix[0]),
    u32('columns', matrix[1]),
    u32('padded_short', short),
    u32('wide', wide ? 1 : 0),
  ];
  const bindings = [read(a.gradient), read(a.numbers), readWrite(a.momentum), write(tall)];
  const uniforms = [u32('count', count), ...shape, f32('beta', beta)];
  g.add(elementwise({ op: 'muonMomentum', label, shader: 'muon_momentum', uniforms, bindings }, count));
  const runs = squareRuns(tall);
  const partial = g.transient(`${label} squares`, [runs, 1]);
  squareSums(g, { a: tall, into: { tensor: partial, offset: 0 } });
  const squares = columnSums(g, label, partial, [1]);
  g.add(
    elementwise(
      {
        op: 'muonNormalise',
        label,
        shader: 'muon_normalise',
        uniforms: [u32('count', count)],
        bindings: [read(squares), readWrite(tall)],
      },
      count,
    ),
  );
  return tall;
}

/** All singular values of `start` `[L, S]`, which are at most 1, become about 1. */
function orthogonalise(g: Recorder, { parameter, facts }: MuonArgs, start: Tensor): Tensor {
  const [long = BLOCK, short = BLOCK] = start.shape;
  const label = parameter.name;
  const kernel = chooseProduct({ ...facts, precision: 'f32' });
  const multiply = (left: Tensor, right: Tensor, name: string, depth: number, shape: Shape): Tensor => {
    const [rows = BLOCK, columns = BLOCK] = shape;
    const output = g.transient(`${label} ${name}`, shape);
    const sizes = { batches: 1, depth, rows, columns, flops: 2 * rows * columns * depth };
    g.add(
      batchedProduct({
        op: 'muon',
        label: `${label} ${name}`,
        left,
        right,
        output,
        ...sizes,
        kernel,
        precision: 'f32',
      }),
    );
    return output;
  };
  const { a, b, c, turns } = NEWTON_SCHULZ;
  let tall = start;
  for (let turn = 0; turn < turns; turn++) {
    const gram = multiply(tall, tall, 'gram', long, [short, short]);
    const square = multiply(gram, gram, 'gram²', short, [short, short]); // G is symmetric, so that Gᵀ G is its square
    const polynomial = g.transient(`${label} polynomial`, [short, short]);
    const uniforms = [u32('side', short), f32('a', a), f32('b', b), f32('c', c)];
    const bindings = [read(gram), read(square), write(polynomial)];
    g.add(elementwise({ op: 'muonPolynomial', label, shader: 'muon_polynomial', uniforms, bindings }, short ** 2));
    const turned = turnFilter(g, { label, weight: view(tall, [1, long, 1, 1, short]), flip: false });
    tall = multiply(turned, polynomial, 'step', short, [long, short]);
  }
  return tall;
}
