/** The loss of pictures' gradients, which has no golden: value against plain loops, gradient against finite differences of those. */
import { expect, it } from 'vitest';
import { Tape } from '../../src/gradients/tape.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { gradientLoss } from '../../src/kernels/losses.ts';
import { gradientLossReference } from '../../src/kernels/reference/losses.ts';
import { randomArray, relativeError } from '../../src/kernels/reference/seeded.ts';
import { runKernels } from '../setup/run-kernels.ts';
import { TOLERANCE } from '../tolerances.ts';

const SHAPE = [2, 5, 67] as const; // rows longer than a workgroup, odd sides
const COUNT = SHAPE[0] * SHAPE[1] * SHAPE[2];

/** Central differences of the reference, which is quadratic: exact but for rounding. */
function differences(x: Float32Array, target: Float32Array): Float64Array {
  const step = 0.5;
  return Float64Array.from(x, (value, i) => {
    const moved = Float64Array.from(x);
    moved[i] = value + step;
    const above = gradientLossReference(moved, target, SHAPE);
    moved[i] = value - step;
    return (above - gradientLossReference(moved, target, SHAPE)) / (2 * step);
  });
}

it('gradientLoss agrees with plain loops, its gradient with finite differences', async () => {
  const [x, target] = [randomArray('x', COUNT), randomArray('target', COUNT)];
  const [value = [], gradient = []] = await runKernels((g) => {
    const tape = new Tape(g, DEFAULT_FACTS);
    const input = g.input('x', SHAPE, x);
    const loss = gradientLoss(tape, { label: 'edges', input, target: g.input('target', SHAPE, target) });
    const seed = { of: loss, gradient: g.input('seed', [1], Float32Array.of(1)) };
    return [loss, ...tape.backward([seed], [input])];
  });
  expect(relativeError(value, [gradientLossReference(x, target, SHAPE)])).toBeLessThan(TOLERANCE.op);
  expect(relativeError(gradient, differences(x, target))).toBeLessThan(TOLERANCE.op);
});
