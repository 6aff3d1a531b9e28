/** The re-tuned generator's weights: θ̂ = θ · (1 + ΣΔ) / √fan_in, and per channel pair the energy that demodulation needs. */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { vectorDoors } from './element.ts';
import { dim, f32, linearGrid, type Recorder, read, type Slice, u32, write } from './kernel.ts';

/** Arguments of {@link weightUpdate}. */
export interface WeightUpdateArgs {
  readonly label: string;
  /** `[I, k, k, O]`: checkpoint values in stored order. */
  readonly theta: Tensor;
  /** ΣΔ, `[O, I, f, f]` in checkpoint order. Absent: θ̂ is θ · scale. */
  readonly delta?: Slice | undefined;
  /** f: 3 or 1; with 1, one offset serves all taps. Default: the kernel's side. */
  readonly taps?: 1 | 3 | undefined;
  /** 1/√(I·k²) */
  readonly scale: number;
  /** θ̂ `[I, k, k, O]`, f32 or f16 */
  readonly output: Tensor;
  /** `[I, O]` within a longer tensor: Σ over taps of θ̂²; not kept when absent (toRGB does not demodulate). */
  readonly energy?: Slice | undefined;
}

/**
 * Writes θ̂ and its energy; HyperStyle's `ModulatedConv2d` with `weights_delta`: `weight · (1 + delta)`, then the
 * equalised scale.
 * @returns θ̂, the `output` that was given
 * @throws `tensor` error when shapes disagree or ΣΔ is too short
 */
export function weightUpdate(g: Recorder, a: WeightUpdateArgs): Tensor {
  const { theta, delta, output, label } = a;
  const where = `weightUpdate "${label}"`;
  const [inChannels, kernel, outChannels] = [dim(theta, 0), dim(theta, 1), dim(theta, 3)];
  const pairs = inChannels * outChannels;
  expectShape(where, 'theta', theta, [inChannels, kernel, kernel, outChannels]);
  expectShape(where, 'output', output, theta.shape);
  const energy = a.energy ?? { tensor: g.transient(`${label} energy`, [pairs]), offset: 0 };
  const room = elementCount(energy.tensor.shape);
  ensure(
    energy.offset + pairs <= room,
    'tensor',
    () => `${where}: energy needs ${pairs} elements at ${energy.offset}, "${energy.tensor.name}" has ${room}`,
  );
  const deltaTaps = delta ? (a.taps ?? kernel) ** 2 : 0;
  ensure(
    deltaTaps <= 1 || deltaTaps === kernel ** 2,
    'tensor',
    () =>
      `${where}: offsets have ${a.taps}×${a.taps} taps, the kernel ${kernel}×${kernel}; taps must be 1 or ${kernel}`,
  );
  if (delta) {
    const has = elementCount(delta.tensor.shape);
    ensure(
      delta.offset + pairs * deltaTaps <= has,
      'tensor',
      () => `${where}: delta needs ${pairs * deltaTaps} elements at ${delta.offset}, "${delta.tensor.name}" has ${has}`,
    );
  }
  const width = outChannels % 4 === 0 && energy.offset % 4 === 0 ? 4 : 1;
  g.add({
    op: 'weightUpdate',
    label: `${label} ${inChannels}→${outChannels} ${kernel}×${kernel}`,
    shader: 'weight_update',
    substitutions: vectorDoors(output, width),
    uniforms: [
      u32('in_channels', inChannels),
      u32('out_channels', outChannels / width),
      u32('taps', kernel ** 2),
      u32('delta_taps', deltaTaps),
      u32('delta', delta?.offset ?? 0),
      u32('energy', energy.offset / width),
      f32('scale', a.scale),
    ],
    bindings: [read(theta), read(delta?.tensor ?? theta), write(output), write(energy.tensor)],
    grid: linearGrid(pairs / width, 64),
    flops: 4 * pairs * kernel ** 2,
  });
  g.pullback?.({ op: 'weightUpdate', args: a, output });
  return output;
}
