/** Rounds a tensor to f16, for filter banks that products read in that type. */
import { elementCount, type Tensor, tensor } from '../tensor.ts';
import { linearGrid, type Recorder, read, u32, write } from './kernel.ts';

/** `y = f16(x)` of any shape; a persistent tensor is made when `output` is absent. Needs the device feature `shader-f16`. */
export function half(
  g: Recorder,
  a: { readonly label: string; readonly input: Tensor; readonly output?: Tensor | undefined },
): Tensor {
  const { input, label } = a;
  const output = a.output ?? tensor(`${label} f16`, input.shape, 'persistent', 'f16');
  const count = elementCount(input.shape);
  g.add({
    op: 'half',
    label: `${label} [${input.shape}]`,
    shader: 'half',
    uniforms: [u32('count', count)],
    bindings: [read(input), write(output)],
    grid: linearGrid(count, 64),
    flops: 0,
  });
  return output;
}
