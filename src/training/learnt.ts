/** The tensors that a training moves, and what of the checkpoint lies in each. */
import type { RowLayout } from '../kernels/optimisers.ts';
import type { Parameter, TrainablePlan } from '../models/trainable-plan.ts';
import { elementCount, owner, type Tensor } from '../tensor.ts';
import { belongsTo, isStatistic, type Part } from './recipe.ts';

/** A device tensor that moves. */
export interface Learnt {
  readonly tensor: Tensor;
  /** The checkpoint tensors in it: several where a network reads them as one. */
  readonly keys: readonly (readonly [key: string, parameter: Parameter])[];
  /** Rows of the checkpoint's tensors in it; none for vectors. */
  readonly rows: RowLayout | undefined;
}

function grouped(plan: TrainablePlan, wanted: (key: string) => boolean): Learnt[] {
  const found = new Map<Tensor, [string, Parameter][]>();
  for (const [key, parameter] of plan.parameters) {
    if (!wanted(key)) continue;
    const tensor = owner(parameter.tensor);
    found.set(tensor, [...(found.get(tensor) ?? []), [key, parameter]]);
  }
  return [...found].map(([tensor, keys]) => ({ tensor, keys, rows: rowsOf(plan, tensor, keys) }));
}

/** Tensors with gradients that a part's networks have asked `plan` for. */
export const learntTensors = (plan: TrainablePlan, part: Part): Learnt[] =>
  grouped(plan, (key) => belongsTo(part, key) && !isStatistic(key));

/** The part's running statistics. */
export const runningStatistics = (plan: TrainablePlan, part: Part): Learnt[] =>
  grouped(plan, (key) => belongsTo(part, key) && isStatistic(key));

function rowsOf(plan: TrainablePlan, tensor: Tensor, keys: Learnt['keys']): RowLayout | undefined {
  const [first] = keys;
  if (!first) return undefined;
  const [key, { rows, length, stride }] = first;
  const shape = plan.shape(key);
  const count = elementCount(tensor.shape);
  // a generator's filters have a leading 1, which is no dimension of theirs
  const own = shape.length === 5 ? shape.slice(1) : shape;
  if (own.length < 2) return undefined;
  if (rows > 1) return { groups: count / (length * stride), length, columns: stride };
  const each = elementCount(shape) / (own[0] ?? 1);
  return { groups: count / each, length: each, columns: 1 };
}
