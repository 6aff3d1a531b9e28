/** Pullbacks of activations, linear layers, pixel norm, products and scaled noise maps. */
import { ensure } from '../../errors.ts';
import { elementCount, type Tensor, view } from '../../tensor.ts';
import { activationUniforms } from '../activation.ts';
import type { Activation } from '../epilogue.ts';
import { dim, type Recorder, read, u32, write } from '../kernel.ts';
import type { LinearArgs } from '../linear.ts';
import { epsilonField } from '../pixel-norm.ts';
import { elementwise, type Pointwise, rowwise } from '../pointwise.ts';
import type { ProductArgs } from '../product.ts';
import { stridedProduct } from '../strided-product.ts';
import { channelSums, columnSums, scaleChannels } from '../sums.ts';
import type { Backward, Pullback } from './backward.ts';
import { turnFilter } from './filters.ts';

/** A kernel that finds the gradient to an op's input, an invocation an element of it. */
export interface GiveInput extends Omit<Pointwise, 'bindings'> {
  /** What it reads, in the order of its bindings; the gradient to the input follows. */
  readonly from: readonly Tensor[];
  /** Invocations, where each finds more than one element. */
  readonly count?: number | undefined;
}

/** Records such a kernel, and gives what it finds. */
export function giveInput(b: Backward, input: Tensor, { from, count, ...a }: GiveInput): void {
  const dx = b.g.transient(`${a.label} ${input.name} gradient`, input.shape);
  const label = `${a.label} [${input.shape}]`;
  b.g.add(elementwise({ ...a, label, bindings: [...from.map(read), write(dx)] }, count ?? elementCount(input.shape)));
  b.give(input, dx);
}

/**
 * The gradient to what an activation was given.
 * @param z its input, or its output where no slope is negative
 */
export function activationBackward(
  g: Recorder,
  a: { label: string; gradient: Tensor; z: Tensor; activation: Activation | undefined },
): Tensor {
  const { activation, gradient, z } = a;
  const plain = activation === undefined || activation.kind === 'none';
  if (plain && (activation?.gain ?? 1) === 1) return gradient;
  const output = g.transient(`${a.label} before activation, gradient`, z.shape);
  g.add(
    elementwise(
      {
        op: 'activationBackward',
        label: `${a.label} [${z.shape}]`,
        shader: 'activation_backward',
        parts: ['activation'],
        uniforms: activationUniforms(z, activation),
        bindings: [read(activation?.slopes ?? z), read(gradient), read(z), write(output)],
      },
      elementCount(z.shape),
    ),
  );
  return output;
}

/** `y = gain · act(x)` back to x and a PReLU's slopes. */
export const activation: Pullback<'activation'> = {
  inputs: ({ args }) => [args.input, args.activation.slopes],
  pull(b, { args, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const { input, label } = args;
    const { slopes, gain } = args.activation;
    if (b.wants(input)) {
      b.give(input, activationBackward(b.g, { label, gradient, z: input, activation: args.activation }));
    }
    if (slopes && b.wants(slopes)) {
      b.give(
        slopes,
        channelSums(b.g, { label: `${label} slopes`, a: gradient, by: 'negative', b: input, factor: gain }),
      );
    }
  },
};

/** `x · rsqrt(mean(x²) + ε)` back to x. */
export const pixelNorm: Pullback<'pixelNorm'> = {
  inputs: ({ args }) => [args.input],
  pull(b, { args, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const [rows, n] = [dim(args.input, 0), dim(args.input, 1)];
    const dx = b.g.transient('pixel norm gradient', [rows, n]);
    b.g.add(
      rowwise(
        {
          op: 'pixelNormBackward',
          label: `${rows}×${n}`,
          shader: 'pixel_norm_backward',
          uniforms: [u32('rows', rows), u32('n', n), epsilonField(args)],
          bindings: [read(args.input), read(gradient), write(dx)],
        },
        rows,
      ),
    );
    b.give(args.input, dx);
  },
};

/** Fully connected layers back to input, weight and bias. */
export const linear: Pullback<'linear'> = {
  inputs: ({ args }) => [args.input, args.weight, args.bias, args.add],
  pull(b, { args, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const { activation, add, weight } = args;
    const label = args.label ?? weight.name;
    const plain = activation === undefined || activation.kind === 'none';
    ensure(
      weight.dtype === 'f32' && (plain || !add),
      'tensor',
      () => `linear "${label}": has a gradient with f32 weights, and without an activation before a sum`,
    );
    if (add) b.give(add, dim(add, 0) > 1 ? gradient : columnSums(b.g, label, gradient, add.shape));
    const du = activationBackward(b.g, { label, gradient, z: output, activation });
    linearParts(b, args, label, du);
  },
};

function linearParts(b: Backward, a: LinearArgs, label: string, du: Tensor): void {
  const { weight, input, bias, groups, weightScale: factor = 1 } = a;
  const [rows, m, n] = [dim(du, 0), dim(du, 1), dim(input, 1)];
  const first = (a.firstRow ?? 0) * n;
  const each = groups ? { batches: rows, rows: 1 } : { rows };
  if (b.wants(input)) {
    const output = stridedProduct(b.g, {
      label: `${label} to input`,
      ...each,
      columns: n,
      depth: m,
      left: { tensor: du, batch: m, row: m, depth: 1 },
      right: { tensor: weight, batch: m * n, depth: n, column: 1 },
      factor,
      output: b.g.transient(`${label} input gradient`, [rows, n]),
    });
    b.giveSlice({ tensor: input, offset: first }, output);
  }
  if (b.wants(weight)) {
    const sizes = groups ? { batches: rows, rows: m, columns: n, depth: 1 } : { rows: m, columns: n, depth: rows };
    const { tensor: output, keep } = b.into(weight);
    stridedProduct(b.g, {
      label: `${label} to weight`,
      ...sizes,
      left: { tensor: du, batch: m, row: 1, depth: m },
      right: { tensor: input, first, batch: n, depth: n, column: 1 },
      factor,
      output,
      keep,
    });
  }
  if (bias && b.wants(bias)) b.give(bias, columnSums(b.g, label, du, bias.shape, { factor: a.biasScale }));
}

/** A product with any strides back to both operands and the bias. */
export const product: Pullback<'product'> = {
  inputs: ({ args }) => [args.left.tensor, args.right.tensor, args.bias],
  pull(b, { args: a, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const { batches = 1, rows, columns, depth, left, right, label } = a;
    const out = a.steps ?? { batch: rows * columns, row: columns, column: 1 };
    const dy = { tensor: gradient, batch: out.batch };
    if (b.wants(left.tensor)) {
      const steps = { batch: left.batch ?? 0, row: left.row, column: left.depth };
      giveOperand(b, left.tensor, batches, steps, (to, lay) =>
        stridedProduct(b.g, {
          ...to,
          label: `${label} to left`,
          batches,
          rows,
          columns: depth,
          depth: columns,
          left: { ...dy, row: out.row, depth: out.column },
          right: turnedOperand(b, a),
          steps: lay,
        }),
      );
    }
    if (b.wants(right.tensor)) {
      const steps = { batch: right.batch ?? 0, row: right.depth, column: right.column };
      giveOperand(b, right.tensor, batches, steps, (to, lay) =>
        stridedProduct(b.g, {
          ...to,
          label: `${label} to right`,
          batches,
          rows: depth,
          columns,
          depth: rows,
          left: { tensor: left.tensor, batch: left.batch, row: left.depth, depth: left.row },
          right: { ...dy, depth: out.row, column: out.column },
          steps: lay,
        }),
      );
    }
    if (a.bias && b.wants(a.bias)) b.give(a.bias, biasGradient(b, a, a.bias, gradient));
  },
};

/** Multiply-adds from which it pays to turn a matrix first, so that its product can be computed in blocks. */
const WORTH_TURNING = 2 ** 20;

/** The right operand by its other side: turned in memory where it is one large matrix, else read across. */
function turnedOperand(b: Backward, { batches = 1, rows, columns, depth, right, label }: ProductArgs) {
  const { tensor, batch, depth: step, column } = right;
  const isMatrix = batches === 1 && column === 1 && step === columns && depth * columns === elementCount(tensor.shape);
  if (!isMatrix || rows * columns * depth < WORTH_TURNING) return { tensor, batch, depth: column, column: step };
  const weight = view(tensor, [1, depth, 1, 1, columns]);
  return { tensor: turnFilter(b.g, { label, weight, flip: false }), depth, column: 1 };
}

/** Sums over batches and rows: of columns that lie side by side, or each in one piece. */
function biasGradient(b: Backward, { label, steps, columns }: ProductArgs, bias: Tensor, gradient: Tensor): Tensor {
  if (!steps || steps.column === 1) return columnSums(b.g, label, gradient, bias.shape);
  const each = elementCount(gradient.shape) / columns;
  ensure(
    steps.column === each,
    'shader',
    () => `product "${label}": columns lie neither side by side nor in one piece`,
  );
  return channelSums(b.g, { label, a: view(gradient, [columns, each]), by: 'one' });
}

interface Layout {
  readonly batch: number;
  readonly row: number;
  readonly column: number;
}

/** An operand's gradient in the operand's own order; one that serves all batches gets the sum over them. */
function giveOperand(
  b: Backward,
  operand: Tensor,
  batches: number,
  steps: Layout,
  record: (to: { readonly output: Tensor; readonly keep: boolean }, steps: Layout) => Tensor,
): void {
  if (steps.batch > 0 || batches === 1) {
    const { tensor: output, keep } = b.into(operand);
    record({ output, keep }, steps);
    return;
  }
  const size = elementCount(operand.shape);
  const each = b.g.transient(`${operand.name} gradients`, [batches, size]);
  const products = record({ output: each, keep: false }, { ...steps, batch: size });
  b.give(operand, columnSums(b.g, operand.name, products, operand.shape));
}

/** `strength · map` back to both. */
export const scaleMap: Pullback<'scaleMap'> = {
  inputs: ({ args }) => [args.map, args.strength],
  pull(b, { args: { map, strength, label }, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    const flat = [1, elementCount(map.shape)];
    const whole = view(gradient, flat);
    if (b.wants(map)) {
      const scale = { tensor: strength, offset: 0 };
      b.give(map, view(scaleChannels(b.g, { label: `${label} map`, input: whole, scale }), map.shape));
    }
    if (b.wants(strength)) {
      b.give(strength, channelSums(b.g, { label: `${label} strength`, a: whole, by: 'centred', b: view(map, flat) }));
    }
  },
};

/** A folded BatchNorm by itself, back to its input and both vectors. */
export const normalise: Pullback<'normalise'> = {
  inputs: ({ args }) => [args.input, args.scale.tensor, args.shift.tensor],
  pull(b, { args: { input, scale, shift, label }, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    if (b.wants(scale.tensor)) {
      b.giveSlice(scale, channelSums(b.g, { label: `${label} scale`, a: gradient, by: 'centred', b: input }));
    }
    if (b.wants(shift.tensor)) {
      b.giveSlice(shift, channelSums(b.g, { label: `${label} shift`, a: gradient, by: 'one' }));
    }
    if (b.wants(input)) b.give(input, scaleChannels(b.g, { label, input: gradient, scale }));
  },
};

/** A sum, back to both. */
export const sum: Pullback<'sum'> = {
  inputs: ({ args }) => [args.a, args.b],
  pull(b, { args, output }) {
    const gradient = b.gradient(output);
    if (!gradient) return;
    b.give(args.a, gradient);
    b.give(args.b, gradient);
  },
};
