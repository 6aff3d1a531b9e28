/** The truncation trick: latents moved towards the average. Edits along directions are in `latents.ts`. */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { type Recorder, read, u32, write } from './kernel.ts';

const WORKGROUP_SIZE = 64;

/** Arguments of {@link truncate}. */
export interface TruncateArgs {
  readonly label?: string | undefined;
  /** `[rows, D]` */
  readonly w: Tensor;
  /** `[D]` or `[rows, D]`: the average latent. */
  readonly mean: Tensor;
  /** `[1]`: 1 leaves w alone, 0 gives the average. */
  readonly psi: Tensor;
  /** `[rows, D]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
}

/** `mean + ψ·(w − mean)` → `[rows, D]` (StyleGAN's truncation trick). @throws `tensor` error when shapes disagree */
export function truncate(g: Recorder, a: TruncateArgs): Tensor {
  const label = a.label ?? 'truncate';
  const where = `truncate "${label}"`;
  const n = elementCount(a.w.shape);
  const meanCount = elementCount(a.mean.shape);
  expectRepeats(where, a.mean, meanCount, a.w);
  expectShape(where, 'psi', a.psi, [1]);
  const output = a.output ?? g.transient(label, a.w.shape);
  expectShape(where, 'output', output, a.w.shape);
  g.add({
    op: 'truncate',
    label: `${label} [${a.w.shape}]`,
    shader: 'truncate',
    overrides: { WORKGROUP_SIZE },
    uniforms: [u32('n', n), u32('mean_count', meanCount)],
    bindings: [read(a.w), read(a.mean), read(a.psi), write(output)],
    grid: [Math.ceil(n / WORKGROUP_SIZE), 1, 1],
    flops: 3 * n,
  });
  return output;
}

/** @throws `tensor` error unless `count` elements are one row of `w` or all of them */
function expectRepeats(where: string, tensor: Tensor, count: number, w: Tensor): void {
  const features = w.shape.at(-1) ?? 0;
  ensure(
    count === features || count === elementCount(w.shape),
    'tensor',
    () => `${where}: "${tensor.name}" [${tensor.shape}] does not match latents [${w.shape}]`,
  );
}
