/** Pullbacks of what modulates a generator's convolutions: weight update, styles, demodulation. */
import { ensure } from '../../errors.ts';
import { elementCount, type Tensor } from '../../tensor.ts';
import { dim, f32, read, u32, write } from '../kernel.ts';
import { elementwise } from '../pointwise.ts';
import { fill } from '../sums.ts';
import { bindingOf, type Pullback, type Target } from './backward.ts';

/** Of `demodulation_backward.wgsl`. */
const WORKGROUP_SIZE = 64;

/** θ̂ = θ · (1 + Δ) · scale and its energy, back to θ and Δ. */
export const weightUpdate: Pullback<'weightUpdate'> = {
  inputs: ({ args }) => [args.theta, args.delta?.tensor],
  outputs: ({ args, output }) => [output, ...(args.energy ? [args.energy.tensor] : [])],
  pull(b, { args, output }) {
    const { theta, delta } = args;
    const dtuned = b.gradient(output);
    const denergy = args.energy && b.gradient(args.energy.tensor);
    const [inChannels, kernel, outChannels] = [dim(theta, 0), dim(theta, 1), dim(theta, 3)];
    const pairs = inChannels * outChannels;
    const deltaTaps = delta ? (args.taps ?? kernel) ** 2 : 0;
    const dtheta = b.wants(theta) ? b.into(theta) : undefined;
    const ddelta = delta && b.wants(delta.tensor) ? b.intoSlice(delta, pairs * deltaTaps) : undefined;
    b.g.add(
      elementwise(
        {
          op: 'weightUpdateBackward',
          label: `${args.label} ${inChannels}→${outChannels} ${kernel}×${kernel}`,
          shader: 'weight_update_backward',
          overrides: { THETA: fateOf(dtheta), DELTA: fateOf(ddelta) },
          uniforms: [
            u32('in_channels', inChannels),
            u32('out_channels', outChannels),
            u32('taps', kernel ** 2),
            u32('delta_taps', deltaTaps),
            u32('delta', delta?.offset ?? 0),
            u32('delta_gradient', ddelta?.offset ?? 0),
            u32('energy', args.energy?.offset ?? 0),
            u32('has_tuned', dtuned ? 1 : 0),
            u32('has_energy', denergy ? 1 : 0),
            f32('scale', args.scale),
          ],
          bindings: [
            read(theta),
            read(delta?.tensor ?? theta),
            read(dtuned ?? theta),
            read(denergy ?? theta),
            dtheta ? bindingOf(dtheta) : write(b.g.transient(`${args.label} theta unused`, [1])),
            ddelta ? bindingOf(ddelta) : write(b.g.transient(`${args.label} delta unused`, [1])),
          ],
          flops: 8 * pairs * kernel ** 2,
        },
        pairs,
      ),
    );
  },
};

/** What `weight_update_backward.wgsl` does with a gradient. */
const fateOf = (target: Target | undefined): number => (target ? (target.keep ? 2 : 1) : 0);

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
    const sharers = b.facts.software ? 1 : WORKGROUP_SIZE;
    let channel = 0;
    for (const { style, energy, inChannels, outChannels } of a.layers) {
      b.g.add({
        op: 'demodulationBackward',
        label: `${inChannels}→${outChannels}`,
        shader: 'demodulation_backward',
        parts: ['tree_sum'],
        overrides: { SHARERS: sharers },
        uniforms: [
          u32('rows', inChannels),
          u32('out_channels', outChannels),
          u32('style', style),
          u32('energy', energy),
          u32('channel', channel),
        ],
        bindings: [read(a.styles), read(a.energy), read(output), read(gradient), write(dstyles), write(denergy)],
        grid: [Math.ceil((inChannels * sharers) / WORKGROUP_SIZE), 1, 1],
        flops: 6 * inChannels * outChannels,
      });
      channel += outChannels;
    }
    b.give(a.styles, dstyles);
    b.give(a.energy, denergy);
  },
};
