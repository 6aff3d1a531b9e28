/**
 * An activation alone. Networks that only run have it in their convolutions (`epilogue.ts`); those that learn need what
 * it was given.
 */
import { ensure } from '../errors.ts';
import { expectShape, type Tensor } from '../tensor.ts';
import { type Activation, activationSlope } from './epilogue.ts';
import { dim, f32, type Recorder, read, type UniformField, u32, write } from './kernel.ts';
import { channelsAndPixels, elementwise } from './pointwise.ts';

/** Arguments of {@link activate}. */
export interface ActivationArgs {
  readonly label: string;
  /** `[C, …]` */
  readonly input: Tensor;
  readonly activation: Activation;
}

/** Uniform fields of `parts/activation.wgsl`. */
export function activationUniforms(input: Tensor, activation: Activation | undefined): UniformField[] {
  const { channels, pixels } = channelsAndPixels(input);
  return [
    u32('count', channels * pixels),
    u32('pixels', pixels),
    u32('has_slopes', activation?.kind === 'prelu' ? 1 : 0),
    f32('slope', activationSlope(activation)),
    f32('gain', activation?.gain ?? 1),
  ];
}

/**
 * `y = gain · act(x)`, like its input.
 * @throws `tensor` error when a PReLU's slopes are not `[C]`
 */
export function activate(g: Recorder, a: ActivationArgs): Tensor {
  const { input, activation, label } = a;
  const { channels, pixels } = channelsAndPixels(input);
  const { slopes } = activation;
  const where = `activation "${label}"`;
  ensure(activation.kind !== 'prelu' || slopes, 'tensor', () => `${where}: prelu needs slopes [${channels}], got none`);
  if (slopes) expectShape(where, 'slopes', slopes, [dim(input, 0)]);
  const output = g.transient(`${label} activated`, input.shape);
  g.add(
    elementwise(
      {
        op: 'activation',
        label: `${label} [${input.shape}]`,
        shader: 'activation',
        parts: ['activation'],
        uniforms: activationUniforms(input, activation),
        bindings: [read(slopes ?? input), read(input), write(output)],
      },
      channels * pixels,
    ),
  );
  g.pullback?.({ op: 'activation', args: a, output });
  return output;
}
