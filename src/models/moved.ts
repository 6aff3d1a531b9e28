/**
 * What pivotal tuning moved, as a person keeps it on the host: f16, in the checkpoint's order, by checkpoint key, and
 * only what did move. Between that and the tensors of a `TunedPlan`, which kernels read in another order.
 */
import { ensure } from '../errors.ts';
import type { Take } from '../runtime/read-all.ts';
import { elementCount, type Tensor } from '../tensor.ts';
import { fromHalf, toHalf } from '../weights/half.ts';
import { checkpointOrder, deviceOrder, type Parameter } from './trainable-plan.ts';
import type { TunedPlan } from './tuned-plan.ts';

/** δ by checkpoint key: bits of f16 in the checkpoint's order. */
export type Moved = ReadonlyMap<string, Uint16Array<ArrayBuffer>>;

/** The checkpoint tensors in each δ of the device. */
function parts(plan: TunedPlan): Map<Tensor, [key: string, parameter: Parameter][]> {
  const found = new Map<Tensor, [string, Parameter][]>();
  for (const [key, parameter] of plan.parameters) {
    const moved = plan.tuned.get(parameter.tensor.name)?.moved;
    if (moved) found.set(moved, [...(found.get(moved) ?? []), [key, parameter]]);
  }
  return found;
}

/** Reads what moved. @throws `device` error when a number is not finite */
export async function readMoved(
  plan: TunedPlan,
  read: (tensors: readonly Tensor[], take: Take) => Promise<void>,
): Promise<Moved> {
  const all = new Map<string, Uint16Array<ArrayBuffer>>();
  const moved = [...parts(plan)];
  const take: Take = (values, i) => {
    for (const [key, parameter] of moved[i]?.[1] ?? []) {
      const halves = toHalf(checkpointOrder(parameter, values));
      ensure(halves.every(isFiniteHalf), 'device', () => `"${key}" moved by more than f16 holds; lower the rate`);
      if (halves.some((bits) => (bits & 0x7fff) !== 0)) all.set(key, halves);
    }
  };
  await read(
    moved.map(([tensor]) => tensor),
    take,
  );
  return all;
}

const isFiniteHalf = (bits: number): boolean => (bits & 0x7c00) !== 0x7c00;

/** Writes what moved; what did not is 0. */
export function writeMoved(plan: TunedPlan, moved: Moved, write: (tensor: Tensor, values: Float32Array) => void): void {
  for (const [tensor, keys] of parts(plan)) {
    const values = new Float32Array(elementCount(tensor.shape));
    for (const [key, parameter] of keys) {
      const halves = moved.get(key);
      if (halves) deviceOrder(parameter, fromHalf(halves), values);
    }
    write(tensor, values);
  }
}

/** Elements of the checkpoint tensor at `key`, or undefined where tuning cannot move it. */
export function movableCount(plan: TunedPlan, key: string): number | undefined {
  const parameter = plan.parameters.get(key);
  return parameter && plan.tuned.has(parameter.tensor.name) ? parameter.rows * parameter.length : undefined;
}
