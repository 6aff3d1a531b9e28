/** Max pooling: between the stages of AlexNet and VGG. */
import { ensure } from '../errors.ts';
import type { Tensor } from '../tensor.ts';
import { dim, type Recorder, read, type UniformField, u32, write } from './kernel.ts';
import { elementwise } from './pointwise.ts';

/** Arguments of {@link maxPool}. */
export interface WindowMaxArgs {
  readonly label: string;
  /** `[C, H, W]` */
  readonly input: Tensor;
  readonly kernel: number;
  readonly stride: number;
  /** Pixels of −∞ on each side; 0 when absent. */
  readonly padding?: number | undefined;
}

/** Height and width of the result. */
export function windowMaxSize({ input, kernel, stride, padding = 0 }: WindowMaxArgs): [height: number, width: number] {
  const out = (n: number): number => Math.floor((n + 2 * padding - kernel) / stride) + 1;
  return [out(dim(input, 1)), out(dim(input, 2))];
}

/** Uniform fields of `window_max.wgsl` and of its backward. */
export function windowMaxUniforms(a: WindowMaxArgs): UniformField[] {
  const [outHeight, outWidth] = windowMaxSize(a);
  return [
    u32('channels', dim(a.input, 0)),
    u32('height', dim(a.input, 1)),
    u32('width', dim(a.input, 2)),
    u32('out_height', outHeight),
    u32('out_width', outWidth),
    u32('kernel', a.kernel),
    u32('stride', a.stride),
    u32('padding', a.padding ?? 0),
  ];
}

/**
 * PyTorch's `max_pool2d`: `[C, H, W]` → `[C, OH, OW]`, rounded down.
 * @throws `tensor` error when nothing is left of the picture, or a window could lie outside it
 */
export function windowMax(g: Recorder, a: WindowMaxArgs): Tensor {
  const { input, label } = a;
  const [height, width] = windowMaxSize(a);
  ensure(
    height > 0 && width > 0 && 2 * (a.padding ?? 0) <= a.kernel,
    'tensor',
    () => `windowMax "${label}": windows of ${a.kernel}, padding ${a.padding ?? 0}, do not fit [${input.shape}]`,
  );
  const output = g.transient(`${label} pooled`, [dim(input, 0), height, width]);
  const count = dim(input, 0) * height * width;
  g.add(
    elementwise(
      {
        op: 'windowMax',
        label: `${label} [${input.shape}]→${height}×${width}`,
        shader: 'window_max',
        uniforms: windowMaxUniforms(a),
        bindings: [read(input), write(output)],
      },
      count,
    ),
  );
  g.pullback?.({ op: 'windowMax', args: a, output });
  return output;
}
