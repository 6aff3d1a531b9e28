/**
 * The way back through squeeze and excitation: to its input, both small matrices and the shortcut. The means are
 * `globalPool`'s part.
 */
import { ensure } from '../../errors.ts';
import { elementCount, type Tensor } from '../../tensor.ts';
import { dim, type Recorder, read, u32, write } from '../kernel.ts';
import { elementwise } from '../pointwise.ts';
import type { SqueezeExciteArgs } from '../se-block.ts';
import { channelSums, scaleChannels } from '../sums.ts';
import type { Pullback } from './backward.ts';

/** `x · gate + shortcut` back to all its operands. */
export const squeezeExcite: Pullback<'squeezeExcite'> = {
  inputs: ({ args, also = [] }) => [args.input, args.fc1, args.fc2, args.shortcut, also[0]],
  pull(b, { args, output, also = [] }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const [pooled, gate] = also;
    ensure(pooled && gate, 'shader', 'squeezeExcite: its gradient needs means and gate');
    const { input, shortcut, shortcutStride, fc1, fc2 } = args;
    const label = args.label ?? 'se';
    if (b.wants(shortcut)) b.give(shortcut, shortcutStride === 1 ? gradient : spread(b.g, args, gradient));
    const dgate = channelSums(b.g, { label: `${label} gate`, a: gradient, by: 'centred', b: input });
    const { dpooled, dfc1, dfc2 } = gateBackward(b.g, args, pooled, gate, dgate);
    b.give(pooled, dpooled);
    b.give(fc1, dfc1);
    b.give(fc2, dfc2);
    if (b.wants(input)) {
      b.give(input, scaleChannels(b.g, { label, input: gradient, scale: { tensor: gate, offset: 0 } }));
    }
  },
};

function gateBackward(
  g: Recorder,
  { fc1, fc2 }: SqueezeExciteArgs,
  pooled: Tensor,
  gate: Tensor,
  dgate: Tensor,
): { dpooled: Tensor; dfc1: Tensor; dfc2: Tensor } {
  const [hidden, channels] = [dim(fc1, 0), dim(fc1, 1)];
  const dpooled = g.transient('se means gradient', [channels]);
  const dfc1 = g.transient('fc1 gradient', fc1.shape);
  const dfc2 = g.transient('fc2 gradient', fc2.shape);
  g.add({
    op: 'squeezeExciteBackward',
    label: `gate ${channels}→${hidden}→${channels}`,
    shader: 'se_gate_backward',
    substitutions: { HIDDEN: hidden },
    uniforms: [u32('channels', channels), u32('hidden', hidden)],
    bindings: [
      ...[pooled, fc1, fc2, gate, dgate].map((tensor) => read(tensor)),
      ...[dpooled, dfc1, dfc2].map((tensor) => write(tensor)),
    ],
    grid: [1, 1, 1],
    flops: 8 * channels * hidden,
  });
  return { dpooled, dfc1, dfc2 };
}

/** The gradient of a picture of which every `stride`-th pixel was taken. */
function spread(g: Recorder, { shortcut, shortcutStride }: SqueezeExciteArgs, gradient: Tensor): Tensor {
  const dx = g.transient('shortcut gradient', shortcut.shape);
  const count = elementCount(shortcut.shape);
  g.add(
    elementwise(
      {
        op: 'spread',
        label: `[${shortcut.shape}]`,
        shader: 'spread',
        uniforms: [
          u32('count', count),
          u32('height', dim(shortcut, 1)),
          u32('width', dim(shortcut, 2)),
          u32('out_height', dim(gradient, 1)),
          u32('out_width', dim(gradient, 2)),
          u32('stride', shortcutStride),
        ],
        bindings: [read(gradient), write(dx)],
      },
      count,
    ),
  );
  return dx;
}
