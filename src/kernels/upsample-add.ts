/** A smaller picture enlarged and added to a larger one: what joins the levels of a feature pyramid. */
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { dim, type Recorder, read, u32, write } from './kernel.ts';
import { elementwise } from './pointwise.ts';

/** Arguments of {@link upsampleAdd}. */
export interface UpsampleAddArgs {
  readonly label: string;
  /** `[C, H, W]` */
  readonly input: Tensor;
  /** `[C, h, w]` */
  readonly added: Tensor;
  /** Like `added`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
}

/** FLOPs an element: three blends of two values, and the sum. */
const FLOPS = 10;

/**
 * PyTorch's `interpolate(mode='bilinear', align_corners=True)` of `input` to the size of `added`, plus `added`: corners lie on
 * corners. No gradient.
 * @throws `tensor` error when channels differ
 */
export function upsampleAdd(g: Recorder, { label, input, added, output: given }: UpsampleAddArgs): Tensor {
  const where = `upsampleAdd "${label}"`;
  const { shape } = added;
  expectShape(where, 'added', added, [dim(input, 0), dim(added, 1), dim(added, 2)]);
  const output = given ?? g.transient(`${label} pyramid`, shape);
  expectShape(where, 'output', output, shape);
  g.add(
    elementwise(
      {
        op: 'upsampleAdd',
        label: `${label} [${input.shape}]→[${shape}]`,
        shader: 'upsample_add',
        uniforms: [
          u32('channels', dim(input, 0)),
          u32('height', dim(input, 1)),
          u32('width', dim(input, 2)),
          u32('out_height', dim(added, 1)),
          u32('out_width', dim(added, 2)),
        ],
        bindings: [read(input), read(added), write(output)],
        flops: FLOPS * elementCount(shape),
      },
      elementCount(shape),
    ),
  );
  return output;
}
