/** Fresh noise: normal numbers that depend on seed, stream and position only, so every device makes the same picture. */
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { linearGrid, type Recorder, read, u32, write } from './kernel.ts';

const WORKGROUP_SIZE = 64;

/** Arguments of {@link fillNoise}. */
export interface FillNoiseArgs {
  readonly label?: string | undefined;
  /** `[1]`: its four bytes are read as a u32. */
  readonly seed: Tensor;
  /** Which sequence of the seed; maps of one picture need different ones. 0 when absent. */
  readonly stream?: number | undefined;
  /** `[1]`: standard deviation. */
  readonly strength: Tensor;
  readonly output: Tensor;
}

/** Fills `output` with `strength · N(0, 1)` (Threefry-2x32-20 and Box–Muller; see the shader). */
export function fillNoise(g: Recorder, a: FillNoiseArgs): Tensor {
  const label = a.label ?? a.output.name;
  expectShape(`fillNoise "${label}"`, 'seed', a.seed, [1]);
  expectShape(`fillNoise "${label}"`, 'strength', a.strength, [1]);
  const n = elementCount(a.output.shape);
  g.add({
    op: 'fillNoise',
    label: `${label} [${a.output.shape}]`,
    shader: 'fill_noise',
    overrides: { WORKGROUP_SIZE },
    uniforms: [u32('n', n), u32('stream', a.stream ?? 0)],
    bindings: [read(a.seed), read(a.strength), write(a.output)],
    grid: linearGrid(Math.ceil(n / 2), WORKGROUP_SIZE),
    flops: 40 * n,
  });
  return a.output;
}
