/** Upsampling ×2 with StyleGAN2's FIR, alone; `to-rgb.ts` has it fused. */
import { expectShape, type Tensor } from '../tensor.ts';
import { dim, linearGrid, type Recorder, read, u32, write } from './kernel.ts';

/**
 * `[C, H, W]` → `[C, 2H, 2W]`: zero-insertion, padding (2, 1), FIR [1, 3, 3, 1]⊗[1, 3, 3, 1] · 4/64 (StyleGAN2 `Upsample`).
 * @throws `tensor` error when `output` has another shape
 */
export function firUpsample(
  g: Recorder,
  a: { readonly label: string; readonly input: Tensor; readonly output?: Tensor | undefined },
): Tensor {
  const { input, label } = a;
  const [channels, height, width] = [dim(input, 0), dim(input, 1), dim(input, 2)];
  const shape = [channels, 2 * height, 2 * width];
  const output = a.output ?? g.transient(label, shape);
  expectShape(`firUpsample "${label}"`, 'output', output, shape);
  const elements = channels * 4 * height * width;
  g.add({
    op: 'firUpsample',
    label: `${label} [${shape.join(', ')}]`,
    shader: 'fir_upsample',
    uniforms: [u32('channels', channels), u32('height', height), u32('width', width)],
    bindings: [read(input), write(output)],
    grid: linearGrid(elements, 64),
    flops: 8 * elements,
  });
  return output;
}
