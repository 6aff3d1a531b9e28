/** Max pooling: between the stages of AlexNet and VGG, and on shortcuts around blocks that halve a picture and widen it. */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { dim, type Recorder, read, type UniformField, u32, write } from './kernel.ts';
import { elementwise } from './pointwise.ts';

/** Arguments of {@link maxPool}. */
export interface MaxPoolArgs {
  readonly label: string;
  /** `[C, H, W]` */
  readonly input: Tensor;
  /** Side of a window in pixels; 2 when absent. */
  readonly kernel?: number | undefined;
  /** 2 when absent. */
  readonly stride?: number | undefined;
  /** Pixels of −∞ on each side; 0 when absent. */
  readonly padding?: number | undefined;
  /** Channels of the output, at least the input's; the others are 0. */
  readonly channels?: number | undefined;
  /** `[channels, OH, OW]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
}

/** Shape of the result. */
function pooledShape({ input, kernel = 2, stride = 2, padding = 0, channels = dim(input, 0) }: MaxPoolArgs) {
  const out = (n: number): number => Math.floor((n + 2 * padding - kernel) / stride) + 1;
  return [channels, out(dim(input, 1)), out(dim(input, 2))] as const;
}

/** Uniform fields of `parts/max_pool.wgsl`. */
export function maxPoolUniforms(a: MaxPoolArgs): UniformField[] {
  const { input, kernel = 2, stride = 2, padding = 0 } = a;
  const [channels, height, width] = pooledShape(a);
  return [
    u32('channels', dim(input, 0)),
    u32('out_channels', channels),
    u32('height', dim(input, 1)),
    u32('width', dim(input, 2)),
    u32('out_height', height),
    u32('out_width', width),
    u32('kernel', kernel),
    u32('stride', stride),
    u32('padding', padding),
  ];
}

/**
 * PyTorch's `max_pool2d`, then zero channels behind: `[C, H, W]` → `[channels, OH, OW]`, sizes rounded down.
 * @throws `tensor` error when fewer channels are asked for than there are, nothing is left of the picture, or a window
 * could lie outside
 */
export function maxPool(g: Recorder, a: MaxPoolArgs): Tensor {
  const { input, label, kernel = 2, padding = 0 } = a;
  const where = `maxPool "${label}"`;
  const shape = pooledShape(a);
  const [channels, height, width] = shape;
  ensure(
    channels >= dim(input, 0),
    'tensor',
    () => `${where}: ${channels} channels asked for, the input has ${dim(input, 0)} and none may be lost`,
  );
  ensure(
    height > 0 && width > 0 && 2 * padding <= kernel,
    'tensor',
    () => `${where}: windows of ${kernel}, padding ${padding}, do not fit [${input.shape}]`,
  );
  const output = a.output ?? g.transient(`${label} pooled`, shape);
  expectShape(where, 'output', output, shape);
  g.add(
    elementwise(
      {
        op: 'maxPool',
        label: `${label} [${input.shape}]→[${shape}]`,
        shader: 'max_pool',
        parts: ['max_pool'],
        uniforms: maxPoolUniforms(a),
        bindings: [read(input), write(output)],
        flops: kernel ** 2 * elementCount(shape),
      },
      elementCount(shape),
    ),
  );
  g.pullback?.({ op: 'maxPool', args: a, output });
  return output;
}
