/** Cases of what e4e's encoder has besides convolutions, at its published sizes. */
import { upsampleAddReference } from '../../src/kernels/reference/pools.ts';
import { upsampleAdd } from '../../src/kernels/upsample-add.ts';
import { elementCount, tensor } from '../../src/tensor.ts';
import { CaseBuilder, floatBytes, type KernelCase } from './case.ts';

/** Channels of the pyramid that the plain loop, which takes a while for all, computes again. */
const SAMPLED_CHANNELS = 2;

/** A level of the pyramid: the one below, twice enlarged and added. */
function pyramidCase(channels: number, side: number): KernelCase {
  const below = [channels, side / 2, side / 2] as const;
  const out = [channels, side, side] as const;
  return {
    network: 'e4e',
    name: 'pyramid',
    count: 1,
    sizes: [side],
    unit: 'px',
    what: () => `${channels} ${side}×${side}`,
    cost: () => ({ flops: 10 * elementCount(out), bytes: floatBytes(below, out, out) }),
    build() {
      const b = new CaseBuilder('pyramid');
      const [x, y] = [b.operand('x', below), b.operand('y', out)];
      const output = tensor('z', out);
      upsampleAdd(b.graph, { label: 'pyramid', input: x.tensor, added: y.tensor, output });
      return b.built(output, (z) => {
        const few = [SAMPLED_CHANNELS, side / 2, side / 2] as const;
        const added = y.values.subarray(0, SAMPLED_CHANNELS * side ** 2);
        const expected = upsampleAddReference(x.values, added, few, [side, side]);
        return { actual: [...z.subarray(0, expected.length)], expected: [...expected] };
      });
    },
  };
}

/** Cases of one photo through the published encoder. */
export function e4eCases(): KernelCase[] {
  return [pyramidCase(512, 32), pyramidCase(512, 64)];
}
