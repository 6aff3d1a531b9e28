/** Latents for every layer from one w, the average latent, and edits along directions. */
import { expectShape, type Tensor } from '../tensor.ts';
import { dim, linearGrid, type Recorder, read, u32, write } from './kernel.ts';

const WORKGROUP_SIZE = 64;

/** Arguments of {@link latents}. */
export interface LatentsArgs {
  readonly label: string;
  /** `[1 or rows, D]` */
  readonly base: Tensor;
  /** Added: `[1 or rows, D]`, the average latent w̄. */
  readonly average?: Tensor | undefined;
  /** `directions [K, D]` times `amounts [K, rows]` is added. */
  readonly edits?: { readonly directions: Tensor; readonly amounts: Tensor } | undefined;
  /** `[rows, D]` */
  readonly output: Tensor;
}

/**
 * `w_r = base + w̄ + Σ_k α_{k,r} n_k`: W repeated for every layer, InterFaceGAN edits (w + α·n, arXiv 1907.10786) restricted to the
 * layers whose amount is not zero.
 * @throws `tensor` error when shapes disagree
 */
export function latents(g: Recorder, a: LatentsArgs): Tensor {
  const where = `latents "${a.label}"`;
  const [rows, features] = [dim(a.output, 0), dim(a.output, 1)];
  const baseRows = dim(a.base, 0);
  expectShape(where, 'base', a.base, [baseRows === 1 ? 1 : rows, features]);
  if (a.average) expectShape(where, 'average', a.average, [dim(a.average, 0) === 1 ? 1 : rows, features]);
  const count = a.edits ? dim(a.edits.directions, 0) : 0;
  if (a.edits) {
    expectShape(where, 'directions', a.edits.directions, [count, features]);
    expectShape(where, 'amounts', a.edits.amounts, [count, rows]);
  }
  g.add({
    op: 'latents',
    label: `${a.label} [${rows}, ${features}]`,
    shader: 'latents',
    overrides: { WORKGROUP_SIZE },
    uniforms: [
      u32('rows', rows),
      u32('features', features),
      u32('base_rows', baseRows),
      u32('average_rows', a.average ? dim(a.average, 0) : 0),
      u32('directions', count),
    ],
    bindings: [
      read(a.base),
      read(a.average ?? a.base),
      read(a.edits?.directions ?? a.base),
      read(a.edits?.amounts ?? a.base),
      write(a.output),
    ],
    grid: linearGrid(rows * features, WORKGROUP_SIZE),
    flops: 2 * rows * features * (count + 1),
  });
  return a.output;
}
