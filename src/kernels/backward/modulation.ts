/** Pullbacks of what modulates a generator's convolutions: weight update, styles, demodulation. */
import { ensure } from '../../errors.ts';
import { elementCount, type Tensor } from '../../tensor.ts';
import { dim, f32, type Recorder, read, u32, write } from '../kernel.ts';
import { elementwise, rowwise } from '../pointwise.ts';
import { fill } from '../sums.ts';
import type { WeightUpdateArgs } from '../weight-update.ts';
import type { Pullback } from './backward.ts';

/** θ̂ = θ · (1 + Δ) · scale and its energy, back to θ and Δ. */
export const weightUpdate: Pullback<'weightUpdate'> = {
  inputs: ({ args }) => [args.theta, args.delta?.tensor],
  outputs: ({ args, output }) => [output, ...(args.energy ? [args.energy.tensor] : [])],
  pull(b, { args, output }) {
    const { theta, delta } = args;
    const dtuned = b.gradient(output);
    const denergy = args.energy && b.gradient(args.energy.tensor);
    const { dtheta, ddelta } = weightUpdateBackward(b.g, args, dtuned, denergy);
    b.give(theta, dtheta);
    if (delta) b.giveSlice(delta, ddelta);
  },
};

function weightUpdateBackward(
  g: Recorder,
  a: WeightUpdateArgs,
  dtuned: Tensor | undefined,
  denergy: Tensor | undefined,
): { dtheta: Tensor; ddelta: Tensor } {
  const { theta, delta, label } = a;
  const [inChannels, kernel, outChannels] = [dim(theta, 0), dim(theta, 1), dim(theta, 3)];
  const deltaTaps = delta ? (a.taps ?? kernel) ** 2 : 0;
  const pairs = inChannels * outChannels;
  const dtheta = g.transient(`${label} theta gradient`, theta.shape);
  const ddelta = g.transient(`${label} delta gradient`, [Math.max(1, pairs * deltaTaps)]);
  g.add(
    elementwise(
      {
        op: 'weightUpdateBackward',
        label: `${label} ${inChannels}→${outChannels} ${kernel}×${kernel}`,
        shader: 'weight_update_backward',
        uniforms: [
          u32('in_channels', inChannels),
          u32('out_channels', outChannels),
          u32('taps', kernel ** 2),
          u32('delta_taps', deltaTaps),
          u32('delta', delta?.offset ?? 0),
          u32('energy', a.energy?.offset ?? 0),
          u32('has_tuned', dtuned ? 1 : 0),
          u32('has_energy', denergy ? 1 : 0),
          f32('scale', a.scale),
        ],
        bindings: [
          read(theta),
          read(delta?.tensor ?? theta),
          read(dtuned ?? theta),
          read(denergy ?? theta),
          write(dtheta),
          write(ddelta),
        ],
        flops: 8 * pairs * kernel ** 2,
      },
      pairs,
    ),
  );
  return { dtheta, ddelta };
}

/** Affine maps of all layers, back to latents, weight and bias. */
export const styles: Pullback<'styles'> = {
  inputs: ({ args }) => [args.latents, args.weight, args.bias, args.offset],
  pull(b, { args: a, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const [outputs, features, rows] = [dim(a.weight, 0), dim(a.weight, 1), dim(a.latents, 0)];
    const uniforms = [u32('outputs', outputs), u32('features', features), u32('rows', rows), f32('scale', a.scale)];
    const record = (shader: string, by: Tensor, to: Tensor): void =>
      b.g.add(
        elementwise(
          {
            op: 'stylesBackward',
            label: `${features}→${outputs}`,
            shader,
            parts: ['styles_backward'],
            uniforms,
            bindings: [read(gradient), read(a.latentRow), read(by), write(to)],
            flops: 2 * outputs * features,
          },
          elementCount(to.shape),
        ),
      );
    if (b.wants(a.latents)) {
      const to = b.g.transient('latents gradient', a.latents.shape);
      record('styles_backward_latents', a.weight, to);
      b.give(a.latents, to);
    }
    if (b.wants(a.weight)) {
      const to = b.g.transient('affine weight gradient', a.weight.shape);
      record('styles_backward_weight', a.latents, to);
      b.give(a.weight, to);
    }
    b.give(a.bias, gradient);
    if (a.offset) b.give(a.offset, gradient);
  },
};

/** Demodulation factors of all layers, back to styles and energies. */
export const demodulation: Pullback<'demodulation'> = {
  inputs: ({ args }) => [args.styles, args.energy],
  pull(b, { args: a, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    ensure(a.layers, 'shader', 'demodulation: its gradient needs the layers that its table was made from');
    const dstyles = fill(b.g, b.g.transient('styles gradient by demodulation', a.styles.shape), 0);
    const denergy = b.g.transient('energy gradient', a.energy.shape);
    let channel = 0;
    for (const { style, energy, inChannels, outChannels } of a.layers) {
      b.g.add(
        rowwise(
          {
            op: 'demodulationBackward',
            label: `${inChannels}→${outChannels}`,
            shader: 'demodulation_backward',
            uniforms: [
              u32('rows', inChannels),
              u32('out_channels', outChannels),
              u32('style', style),
              u32('energy', energy),
              u32('channel', channel),
            ],
            bindings: [read(a.styles), read(a.energy), read(output), read(gradient), write(dstyles), write(denergy)],
            flops: 6 * inChannels * outChannels,
          },
          inChannels,
        ),
      );
      channel += outChannels;
    }
    b.give(a.styles, dstyles);
    b.give(a.energy, denergy);
  },
};
