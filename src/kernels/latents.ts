/** Latents for every layer from one w or one a layer, and what is added to them. */
import { expectShape, type Tensor } from '../tensor.ts';
import { dim, linearGrid, type Recorder, read, u32, write } from './kernel.ts';

const WORKGROUP_SIZE = 64;

/** Arguments of {@link latents}. */
export interface LatentsArgs {
  readonly label: string;
  /** `[1 or rows, D]` */
  readonly base: Tensor;
  /** Added: `[1 or rows, D]`, the average latent w̄ or the sum of all edits. */
  readonly added?: Tensor | undefined;
  /** `[rows, D]` */
  readonly output: Tensor;
}

/**
 * `w_r = base + added`: W repeated for every layer and centred at the average, or latents and their edits
 * (InterFaceGAN's w + α·n, arXiv 1907.10786, any number of them added up beforehand).
 * @throws `tensor` error when shapes disagree
 */
export function latents(g: Recorder, a: LatentsArgs): Tensor {
  const where = `latents "${a.label}"`;
  const [rows, features] = [dim(a.output, 0), dim(a.output, 1)];
  const baseRows = dim(a.base, 0);
  expectShape(where, 'base', a.base, [baseRows === 1 ? 1 : rows, features]);
  const addedRows = a.added ? dim(a.added, 0) : 0;
  if (a.added) expectShape(where, 'added', a.added, [addedRows === 1 ? 1 : rows, features]);
  g.add({
    op: 'latents',
    label: `${a.label} [${rows}, ${features}]`,
    shader: 'latents',
    overrides: { WORKGROUP_SIZE },
    uniforms: [u32('rows', rows), u32('features', features), u32('base_rows', baseRows), u32('added_rows', addedRows)],
    bindings: [read(a.base), read(a.added ?? a.base), write(a.output)],
    grid: linearGrid(rows * features, WORKGROUP_SIZE),
    flops: rows * features,
  });
  return a.output;
}
