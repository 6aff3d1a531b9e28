/**
 * One step of an optimiser on one parameter, in place. What differs from step to step is in a small tensor that the
 * host writes before each run (`src/gradients/schedules.ts` computes it), so that one compiled graph serves all steps.
 */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor, view } from '../tensor.ts';
import { f32, type Recorder, read, readWrite, u32, write } from './kernel.ts';
import { elementwise, rowwise } from './pointwise.ts';
import { addInto, channelSums, columnSums, fill, squareRuns, squareSums } from './sums.ts';

/** A parameter, its gradient, and the two moments that Adam and its kin keep of it; all alike. */
export interface MomentArgs {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
  readonly betas: readonly [number, number];
  readonly eps: number;
  /** The step's numbers. */
  readonly numbers: Tensor;
}

function checkMoments(where: string, a: MomentArgs, numbers: number): number {
  const count = elementCount(a.parameter.shape);
  for (const [role, tensor] of Object.entries({ gradient: a.gradient, first: a.first, second: a.second })) {
    expectShape(where, role, { ...tensor, shape: [elementCount(tensor.shape)] }, [count]);
  }
  expectShape(where, 'numbers', a.numbers, [numbers]);
  return count;
}

/** Adam (arXiv 1412.6980). @throws `tensor` error when sizes differ */
export function adam(g: Recorder, a: MomentArgs): void {
  const count = checkMoments(`adam "${a.parameter.name}"`, a, 3);
  g.add(
    elementwise(
      {
        op: 'adam',
        label: a.parameter.name,
        shader: 'adam',
        uniforms: [u32('count', count), f32('beta1', a.betas[0]), f32('beta2', a.betas[1]), f32('eps', a.eps)],
        bindings: [read(a.gradient), read(a.numbers), readWrite(a.parameter), readWrite(a.first), readWrite(a.second)],
        flops: 10 * count,
      },
      count,
    ),
  );
}

/**
 * Rows of a checkpoint's tensor (its first dimension, in a network's weights the output channels) as they lie in
 * memory: element j of row (n, c) at (n · length + j) · columns + c. Rows one after another have one column; side by
 * side, as convolutions read them, as many as there are output channels.
 */
export interface RowLayout {
  readonly groups: number;
  readonly length: number;
  readonly columns: number;
}

/** Arguments of {@link ranger}. */
export interface RangerArgs extends MomentArgs {
  /** Lookahead's slow weights, like the parameter; they start as it does. */
  readonly slow: Tensor;
  readonly alpha: number;
  /** Rows whose mean the gradient loses; none for vectors. */
  readonly centred?: RowLayout | undefined;
}

/** Ranger as HyperStyle's authors use it: RAdam, centred gradients, Lookahead. @throws `tensor` error when sizes differ */
export function ranger(g: Recorder, a: RangerArgs): void {
  const { parameter, centred } = a;
  const count = checkMoments(`ranger "${parameter.name}"`, a, 4);
  const means = centred ? rowMeans(g, a.gradient, centred) : a.gradient;
  g.add(
    elementwise(
      {
        op: 'ranger',
        label: parameter.name,
        shader: 'ranger',
        uniforms: [
          u32('count', count),
          u32('row_length', centred?.length ?? 1),
          u32('columns', centred?.columns ?? 1),
          u32('centred', centred ? 1 : 0),
          f32('beta1', a.betas[0]),
          f32('beta2', a.betas[1]),
          f32('eps', a.eps),
          f32('alpha', a.alpha),
        ],
        bindings: [
          read(a.gradient),
          read(means),
          read(a.numbers),
          readWrite(parameter),
          readWrite(a.first),
          readWrite(a.second),
          readWrite(a.slow),
        ],
        flops: 14 * count,
      },
      count,
    ),
  );
}

/** The mean of each row, in the order of (n, c). */
function rowMeans(g: Recorder, a: Tensor, { groups, length, columns }: RowLayout): Tensor {
  const factor = 1 / length;
  ensure(
    groups * length * columns === elementCount(a.shape),
    'tensor',
    () => `ranger "${a.name}" [${a.shape}] has not ${groups} × ${length} × ${columns} elements`,
  );
  if (columns > 1) return columnSums(g, a.name, a, [groups, columns], { factor, groups });
  return channelSums(g, { label: a.name, a: view(a, [groups, length]), by: 'one', factor });
}

/**
 * A step's numbers with the gradient's factor, the last of them, lowered so that all gradients together have at most a norm
 * (PyTorch's `clip_grad_norm_`). Every optimiser of the step is given these instead.
 * @param a.most the largest norm of factor · gradients
 */
export function clippedNumbers(
  g: Recorder,
  a: { readonly gradients: readonly Tensor[]; readonly numbers: Tensor; readonly most: number },
): Tensor {
  const count = a.gradients.reduce((sum, gradient) => sum + squareRuns(gradient), 0);
  const sums = g.transient('squares of gradients', [Math.max(1, count)]);
  let offset = 0;
  for (const gradient of a.gradients) {
    squareSums(g, { a: gradient, into: { tensor: sums, offset } });
    offset += squareRuns(gradient);
  }
  const clipped = g.transient(`${a.numbers.name} clipped`, a.numbers.shape);
  const uniforms = [
    u32('rows', 1),
    u32('count', count),
    u32('numbers', elementCount(clipped.shape)),
    f32('most', a.most),
  ];
  const bindings = [read(sums), read(a.numbers), write(clipped)];
  g.add(rowwise({ op: 'clipNumbers', label: a.numbers.name, shader: 'clip_numbers', uniforms, bindings }, 1));
  return clipped;
}

/**
 * Adds gradients to sums that outlive a run, so that several pictures make one step; the step's optimisers are given
 * the sums, and one over their number as the gradient's factor. {@link clearSums} begins anew.
 * @param a.sums like the gradients
 */
export function accumulateGradients(
  g: Recorder,
  a: { readonly gradients: readonly Tensor[]; readonly sums: readonly Tensor[] },
): void {
  ensure(
    a.gradients.length === a.sums.length,
    'tensor',
    () => `accumulateGradients: ${a.gradients.length} gradients need as many sums, got ${a.sums.length}`,
  );
  a.gradients.forEach((gradient, i) => {
    const tensor = a.sums[i] ?? gradient;
    addInto(g, { a: gradient, target: { tensor, offset: 0 }, keep: true });
  });
}

/** Makes sums of gradients zero. */
export function clearSums(g: Recorder, sums: readonly Tensor[]): void {
  for (const sum of sums) fill(g, sum, 0);
}

/**
 * Weights averaged over steps, in place: `average += (1 − decay) · (parameter − average)`.
 * @param a.numbers `[1]`: the decay, e.g. of `averageDecay`
 * @throws `tensor` error when sizes differ
 */
export function runningAverage(
  g: Recorder,
  a: { readonly parameter: Tensor; readonly average: Tensor; readonly numbers: Tensor },
): void {
  const { parameter, average, numbers } = a;
  const count = elementCount(parameter.shape);
  const where = `runningAverage "${parameter.name}"`;
  expectShape(where, 'average', { ...average, shape: [elementCount(average.shape)] }, [count]);
  expectShape(where, 'numbers', numbers, [1]);
  const bindings = [read(parameter), read(numbers), readWrite(average)];
  const uniforms = [u32('count', count)];
  g.add(
    elementwise({ op: 'runningAverage', label: parameter.name, shader: 'running_average', uniforms, bindings }, count),
  );
}

/** Makes a noise map mean 0 and mean square 1, in place. */
export function standardise(g: Recorder, map: Tensor): void {
  const count = elementCount(map.shape);
  const flat = view(map, [1, count]);
  const factor = 1 / count;
  const mean = channelSums(g, { label: map.name, a: flat, by: 'one', factor });
  const variance = channelSums(g, { label: map.name, a: flat, by: 'variance', centre: mean, factor });
  g.add(
    elementwise(
      {
        op: 'standardise',
        label: map.name,
        shader: 'standardise',
        uniforms: [u32('count', count)],
        bindings: [read(mean), read(variance), readWrite(map)],
      },
      count,
    ),
  );
}
