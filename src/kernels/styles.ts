/** The styles of all generator layers: their affine maps concatenated into one matrix, one dispatch. */
import { expectShape, type Tensor } from '../tensor.ts';
import { DEFAULT_FACTS, type KernelFacts } from './choose.ts';
import { dim, f32, linearGrid, type Recorder, read, u32, write } from './kernel.ts';

const WORKGROUP_SIZE = 64;
/** Invocations that share an output on a GPU; on a CPU a barrier costs more than adding up alone. */
const LANES = 16;

/** Arguments of {@link styles}. */
export interface StylesArgs {
  readonly label?: string | undefined;
  /** `[n, D]`; with n = 1 every layer reads row 0. */
  readonly latents: Tensor;
  /** `[S, D]`: affine weights of all layers, raw checkpoint values. */
  readonly weight: Tensor;
  /** `[S]` */
  readonly bias: Tensor;
  /** `[S]`, whole numbers: which latent row styles this output; ascending, as layers are, for the gradient to the latents. */
  readonly latentRow: Tensor;
  /** 1/√D */
  readonly scale: number;
  /** `[S]`, added: edits of single style channels (StyleSpace, arXiv 2011.12799). */
  readonly offset?: Tensor | undefined;
  /** `[S]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
  /** Whether invocations share an output is chosen by these; a GPU is assumed when absent. */
  readonly facts?: KernelFacts | undefined;
}

/**
 * `s[j] = Σ_d weight[j, d] · scale · latents[row(j), d] + bias[j] + offset[j]` (StyleGAN2 `EqualLinear` of every
 * layer's `modulation`).
 * @throws `tensor` error when shapes disagree
 */
export function styles(g: Recorder, a: StylesArgs): Tensor {
  const label = a.label ?? 'styles';
  const where = `styles "${label}"`;
  const [outputs, features, rows] = [dim(a.weight, 0), dim(a.weight, 1), dim(a.latents, 0)];
  expectShape(where, 'latents', a.latents, [rows, features]);
  expectShape(where, 'bias', a.bias, [outputs]);
  expectShape(where, 'latentRow', a.latentRow, [outputs]);
  if (a.offset) expectShape(where, 'offset', a.offset, [outputs]);
  const output = a.output ?? g.transient(label, [outputs]);
  expectShape(where, 'output', output, [outputs]);
  const { software } = a.facts ?? DEFAULT_FACTS;
  const lanes = software ? 1 : LANES;
  g.add({
    op: 'styles',
    label: `${label} ${features}→${outputs}`,
    shader: 'styles',
    parts: ['tree_sum'],
    substitutions: { WORKGROUP_SIZE, LANES: lanes },
    uniforms: [
      u32('outputs', outputs),
      u32('features', features),
      u32('rows', rows),
      f32('scale', a.scale),
      f32('offset_scale', a.offset ? 1 : 0),
    ],
    bindings: [
      read(a.latents),
      read(a.weight),
      read(a.bias),
      read(a.latentRow),
      read(a.offset ?? a.bias),
      write(output),
    ],
    grid: linearGrid(outputs, WORKGROUP_SIZE / lanes),
    flops: 2 * outputs * features,
  });
  g.pullback?.({ op: 'styles', args: a, output });
  return output;
}
