/** Fully connected layers: the mapping network, the refinement blocks' last layers, the encoder's output. */
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { DEFAULT_FACTS, type KernelFacts } from './choose.ts';
import { type Activation, activationSlope } from './epilogue.ts';
import { dim, f32, type Recorder, read, u32, write } from './kernel.ts';
import { expectScales, matrixAccess } from './matrix.ts';

/** What follows the sum: nothing, ReLU or leaky ReLU (slope 0.2 unless given), then a factor (1 unless given). */
export type LinearActivation = Omit<Activation, 'slopes'> & { readonly kind: Exclude<Activation['kind'], 'prelu'> };

/** Arguments of {@link linear}. */
export interface LinearArgs {
  readonly label?: string | undefined;
  /** `[≥ firstRow + rows, n]` */
  readonly input: Tensor;
  /** `[m, n]`, or `[rows, m, n]` when `groups`. */
  readonly weight: Tensor;
  /** One a weight row, when `weight` is i8. */
  readonly scales?: Tensor | undefined;
  /** `[m]`, or `[rows, m]` when `groups`. */
  readonly bias?: Tensor | undefined;
  /** Factor of the weight; lr_mul/√n in an equalised layer. 1 when absent. */
  readonly weightScale?: number | undefined;
  /** Factor of the bias; lr_mul in an equalised layer. 1 when absent. */
  readonly biasScale?: number | undefined;
  readonly activation?: LinearActivation | undefined;
  /** Every row has a layer of its own. */
  readonly groups?: boolean | undefined;
  /** `[1 or rows, m]`, added at the very end. */
  readonly add?: Tensor | undefined;
  /** Rows of `input` to use; all from `firstRow` when absent. */
  readonly rows?: number | undefined;
  /** First row of `input` to use; 0 when absent. */
  readonly firstRow?: number | undefined;
  /** `[rows, m]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
  /** Whether invocations share an output is chosen by these; a GPU is assumed when absent. */
  readonly facts?: KernelFacts | undefined;
}

/** Invocations of a workgroup: the cores of a CPU share a small layer only if workgroups are small. */
const WORKGROUP_SIZE = { software: 32, gpu: 128 } as const;
/** Invocations that share an output read this many bytes of its weight row at a time: a cache line. */
const LINE_BYTES = 128;

/**
 * Lanes an output on a CPU, where a barrier costs more than adding up alone. One would be best, but with it lavapipe
 * (Mesa 22.3) takes 25 ms instead of 0.6: uniforms alone then decide when the loop ends, and on such it most likely
 * specialises at each dispatch.
 */
const SOFTWARE_LANES = 2;

/** How a linear layer is cut up (pure): invocations of a workgroup, lanes an output, and the grid. */
export interface LinearPlan {
  readonly workgroup: number;
  readonly lanes: number;
  readonly grid: [number, number, number];
}

/**
 * @param vectorBytes bytes of one vector of the weight row; `vectors` is how many the row has
 * @param software whether the adapter is a CPU
 */
export function planLinear(
  rows: number,
  outputs: number,
  vectors: number,
  vectorBytes: number,
  software = false,
): LinearPlan {
  let lanes = software ? SOFTWARE_LANES : 1;
  while (!software && lanes * vectorBytes < LINE_BYTES && lanes < vectors) lanes *= 2;
  const workgroup = WORKGROUP_SIZE[software ? 'software' : 'gpu'];
  return { workgroup, lanes, grid: [Math.ceil(outputs / (workgroup / lanes)), rows, 1] };
}

/**
 * `y = gain · act(weightScale · x·Wᵀ + biasScale · b) + add` → `[rows, m]` (StyleGAN2 `EqualLinear`, PyTorch `Linear`).
 * @throws `tensor` error when shapes disagree
 */
export function linear(g: Recorder, a: LinearArgs): Tensor {
  const label = a.label ?? a.weight.name;
  const where = `linear "${label}"`;
  const sizes = linearSizes(where, a);
  const { rows, n, m } = sizes;
  const matrix = matrixAccess(a.weight, a.scales, n);
  const { software } = a.facts ?? DEFAULT_FACTS;
  const { workgroup, lanes, grid } = planLinear(rows, m, n / matrix.width, matrix.vectorBytes, software);
  const output = a.output ?? g.transient(label, [rows, m]);
  expectShape(where, 'output', output, [rows, m]);
  g.add({
    op: 'linear',
    label: `${label} ${n}→${m} ×${rows}`,
    shader: 'linear',
    parts: [matrix.part, 'tree_sum'],
    substitutions: { ...matrix.substitutions, WORKGROUP_SIZE: workgroup, LANES: lanes },
    overrides: {
      ...matrix.overrides,
      HAS_BIAS: Number(a.bias !== undefined),
      HAS_ADD: Number(a.add !== undefined),
    },
    uniforms: [
      u32('columns', n / matrix.width),
      u32('outputs', m),
      u32('input_row', a.firstRow ?? 0),
      u32('group_stride', a.groups === true ? m : 0),
      u32('add_stride', a.add && dim(a.add, 0) > 1 ? m : 0),
      f32('weight_scale', a.weightScale ?? 1),
      f32('bias_scale', a.biasScale ?? 1),
      f32('slope', activationSlope(a.activation)),
      f32('gain', a.activation?.gain ?? 1),
    ],
    bindings: [...matrix.bindings, read(a.input), read(a.bias ?? a.input), read(a.add ?? a.input), write(output)],
    grid,
    flops: 2 * rows * n * m,
  });
  g.pullback?.({ op: 'linear', args: a, output });
  return output;
}

/** Rows, input and output width of a call, with every shape checked. */
function linearSizes(where: string, a: LinearArgs): { rows: number; n: number; m: number } {
  const [available, n] = [dim(a.input, 0), dim(a.input, 1)];
  const rows = a.rows ?? available - (a.firstRow ?? 0);
  const m = dim(a.weight, a.groups ? 1 : 0);
  expectShape(where, 'input', a.input, [Math.max(available, (a.firstRow ?? 0) + rows), n]);
  expectShape(where, 'weight', a.weight, a.groups ? [rows, m, n] : [m, n]);
  expectScales(where, a.weight, a.scales, elementCount(a.weight.shape) / n);
  if (a.bias) expectShape(where, 'bias', a.bias, a.groups ? [rows, m] : [m]);
  if (a.add) expectShape(where, 'add', a.add, [dim(a.add, 0) > 1 ? rows : 1, m]);
  return { rows, n, m };
}
