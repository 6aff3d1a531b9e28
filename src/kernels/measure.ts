/** How far two pictures are apart. */
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { f32, type Recorder, read, u32, write } from './kernel.ts';

const WORKGROUP_SIZE = 64;
/** Elements each invocation of the first pass should add up, at least. */
const PER_INVOCATION = 16;
const MAX_WORKGROUPS = 256;

/** Arguments of {@link squaredError}. */
export interface SquaredErrorArgs {
  readonly label?: string | undefined;
  readonly a: Tensor;
  /** As `a`. */
  readonly b: Tensor;
  /** `[1]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
}

/** Mean of `(a − b)²` → `[1]` (the L2 of the paper). @throws `tensor` error when shapes differ */
export function squaredError(g: Recorder, { label = 'squared error', a, b, output: given }: SquaredErrorArgs): Tensor {
  const where = `squaredError "${label}"`;
  expectShape(where, 'b', b, a.shape);
  const n = elementCount(a.shape);
  const groups = Math.min(MAX_WORKGROUPS, Math.ceil(n / (WORKGROUP_SIZE * PER_INVOCATION)));
  const sums = g.transient(`${label} sums`, [groups]);
  const output = given ?? g.transient(label, [1]);
  expectShape(where, 'output', output, [1]);
  g.add({
    op: 'squaredError',
    label: `${label} ${n}`,
    shader: 'squared_error',
    parts: ['tree_sum'],
    substitutions: { WORKGROUP_SIZE },
    uniforms: [u32('n', n), u32('last', 0), f32('scale', 1)],
    bindings: [read(a), read(b), write(sums)],
    grid: [groups, 1, 1],
    flops: 3 * n,
  });
  g.add({
    op: 'squaredError',
    label: `${label} mean`,
    shader: 'squared_error',
    parts: ['tree_sum'],
    substitutions: { WORKGROUP_SIZE },
    uniforms: [u32('n', groups), u32('last', 1), f32('scale', 1 / n)],
    bindings: [read(sums), read(sums), write(output)],
    grid: [1, 1, 1],
    flops: groups,
  });
  return output;
}
