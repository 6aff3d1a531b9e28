/** Squeeze and excitation with the residual sum: the end of an IR-SE unit, in three dispatches. */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import type { KernelFacts } from './choose.ts';
import { dim, linearGrid, type Recorder, read, u32, write } from './kernel.ts';
import { globalPool } from './pools.ts';

const WORKGROUP_SIZE = 256;
/** Invocations that share a hidden unit of fc1. */
const LANES = 32;
/** Hidden units the gate's workgroup memory has room for, beside the partial sums. */
const MAX_HIDDEN = 3072;
/** Room in workgroup memory for at least so many: all blocks of an IR-SE50 share one pipeline. */
const LEAST_HIDDEN = 32;

/** Arguments of {@link squeezeExcite}. */
export interface SqueezeExciteArgs {
  readonly label?: string | undefined;
  /** `[C, H, W]` */
  readonly input: Tensor;
  /** `[R, C]` */
  readonly fc1: Tensor;
  /** `[C, R]` */
  readonly fc2: Tensor;
  /** `[C, H', W']` with `H = ⌈H'/stride⌉`, `W = ⌈W'/stride⌉`. */
  readonly shortcut: Tensor;
  /** Every how many pixels the shortcut is sampled. */
  readonly shortcutStride: 1 | 2;
  /** `[C, H, W]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
  /** What tells how many share the mean's sums; a GPU is assumed when absent. */
  readonly facts?: KernelFacts | undefined;
}

/**
 * `x · σ(fc2·relu(fc1·mean(x))) + shortcut[:, ::s, ::s]` → `[C, H, W]` (HyperStyle `SEModule` in `bottleneck_IR_SE`).
 * @throws `tensor` error when shapes disagree
 */
export function squeezeExcite(g: Recorder, a: SqueezeExciteArgs): Tensor {
  const label = a.label ?? 'se';
  const where = `squeezeExcite "${label}"`;
  const [channels, height, width] = [dim(a.input, 0), dim(a.input, 1), dim(a.input, 2)];
  const [shortcutHeight, shortcutWidth] = [dim(a.shortcut, 1), dim(a.shortcut, 2)];
  const sampled = [dim(a.shortcut, 0), ...[shortcutHeight, shortcutWidth].map((n) => Math.ceil(n / a.shortcutStride))];
  ensure(
    `${sampled}` === `${a.input.shape}`,
    'tensor',
    () =>
      `${where}: shortcut [${a.shortcut.shape}] sampled every ${a.shortcutStride} gives [${sampled}], expects [${a.input.shape}]`,
  );
  const { pooled, gate } = seGate(g, a, label, where);
  const output = a.output ?? g.transient(label, a.input.shape);
  expectShape(where, 'output', output, a.input.shape);
  const count = elementCount(a.input.shape);
  g.add({
    op: 'squeezeExcite',
    label: `${label} scale [${a.input.shape}]`,
    shader: 'se_scale',
    overrides: { WORKGROUP_SIZE },
    uniforms: [
      u32('channels', channels),
      u32('height', height),
      u32('width', width),
      u32('shortcut_height', shortcutHeight),
      u32('shortcut_width', shortcutWidth),
      u32('stride', a.shortcutStride),
    ],
    bindings: [read(a.input), read(gate), read(a.shortcut), write(output)],
    grid: linearGrid(count, WORKGROUP_SIZE),
    flops: 2 * count,
  });
  g.pullback?.({ op: 'squeezeExcite', args: a, output, also: [pooled, gate] });
  return output;
}

/** Mean, fc1 with ReLU, fc2 with sigmoid: the gate `[C]`, and the means. */
function seGate(
  g: Recorder,
  { input, fc1, fc2, facts }: SqueezeExciteArgs,
  label: string,
  where: string,
): { pooled: Tensor; gate: Tensor } {
  const [channels, hidden] = [dim(input, 0), dim(fc1, 0)];
  expectShape(where, 'fc1', fc1, [hidden, channels]);
  expectShape(where, 'fc2', fc2, [channels, hidden]);
  ensure(hidden <= MAX_HIDDEN, 'tensor', () => `${where}: fc1 has ${hidden} hidden units, at most ${MAX_HIDDEN} fit`);
  const pooled = globalPool(g, { label: `${label} pool`, input, facts });
  const gate = g.transient(`${label} gate`, [channels]);
  g.add({
    op: 'squeezeExcite',
    label: `${label} gate ${channels}→${hidden}→${channels}`,
    shader: 'se_gate',
    parts: ['tree_sum'],
    substitutions: { WORKGROUP_SIZE, LANES, HIDDEN: Math.max(LEAST_HIDDEN, hidden) },
    uniforms: [u32('channels', channels), u32('hidden', hidden)],
    bindings: [read(pooled), read(fc1), read(fc2), write(gate)],
    grid: [1, 1, 1],
    flops: 4 * channels * hidden,
  });
  return { pooled, gate };
}
