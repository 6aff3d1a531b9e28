/** Resizing by taking the nearest pixel: what the MoCo loss reads its pictures through. */
import type { Tensor } from '../tensor.ts';
import { dim, type Recorder, read, type UniformField, u32, write } from './kernel.ts';
import { elementwise } from './pointwise.ts';

/** Arguments of {@link nearestResize}. */
export interface NearestResizeArgs {
  readonly label: string;
  /** `[C, H, W]` */
  readonly input: Tensor;
  /** `[h, w]` */
  readonly size: readonly [number, number];
}

/** Uniform fields of `parts/nearest_resize.wgsl`. */
export const nearestUniforms = ({ input, size }: NearestResizeArgs): UniformField[] => [
  u32('channels', dim(input, 0)),
  u32('height', dim(input, 1)),
  u32('width', dim(input, 2)),
  u32('out_height', size[0]),
  u32('out_width', size[1]),
];

/** PyTorch's `interpolate(mode='nearest')`: `[C, H, W]` → `[C, h, w]`, row i from floor(i · H / h). */
export function nearestResize(g: Recorder, a: NearestResizeArgs): Tensor {
  const output = g.transient(`${a.label} resized`, [dim(a.input, 0), ...a.size]);
  const bindings = [read(a.input), write(output)];
  const label = `${a.label} [${a.input.shape}]→${a.size.join('×')}`;
  g.add(
    elementwise(
      {
        op: 'nearestResize',
        label,
        shader: 'nearest_resize',
        parts: ['nearest_resize'],
        uniforms: nearestUniforms(a),
        bindings,
      },
      dim(a.input, 0) * a.size[0] * a.size[1],
    ),
  );
  g.pullback?.({ op: 'nearestResize', args: a, output });
  return output;
}
