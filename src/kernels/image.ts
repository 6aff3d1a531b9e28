/**
 * Pictures in and out. What touches textures is described by a {@link TextureKernel}, because a graph knows buffers
 * only: the caller binds the texture, which changes with every picture.
 */
import { ensure } from '../errors.ts';
import { expectShape, type Tensor } from '../tensor.ts';
import { dim, type KernelRecord, linearGrid, type Recorder, read, u32, write } from './kernel.ts';

/** A dispatch whose bindings 1 and 2 the caller supplies; see the shader's header for what they are. */
export type TextureKernel = Pick<
  KernelRecord,
  'shader' | 'parts' | 'substitutions' | 'overrides' | 'uniforms' | 'grid'
>;

/** Side of the square workgroups of the texture kernels. */
const WORKGROUP_SIDE = 8;
const WORKGROUP_SIZE = 64;

const pixelGrid = (width: number, height: number): [number, number, number] => [
  Math.ceil(width / WORKGROUP_SIDE),
  Math.ceil(height / WORKGROUP_SIDE),
  1,
];

/** Checked rows `[from, to)` of a picture of `height` rows; all when `rows` is absent. */
function rowRange(where: string, height: number, rows: readonly [number, number] | null | undefined): [number, number] {
  const [from, to] = rows ?? [0, height];
  ensure(
    from >= 0 && from < to && to <= height,
    'tensor',
    () => `${where}: rows ${from}..${to} do not lie within 0..${height}`,
  );
  return [from, to];
}

/**
 * Resizes an `rgba8unorm` texture of any size to `size × size` as Pillow's antialiased BILINEAR does (to the last bit but
 * for rounding), and keeps `rows` of it. Binding 1: the texture (sampled). Binding 2: output `[3, to − from, size]` in
 * [-1, 1]. The picture's size is read from the texture, so one pipeline serves all pictures.
 */
export function resizeImage(size: number, rows?: readonly [number, number] | null): TextureKernel {
  const [from, to] = rowRange('resizeImage', size, rows);
  return {
    shader: 'resize_image',
    overrides: { WORKGROUP_SIDE },
    uniforms: [u32('size', size), u32('first_row', from), u32('rows', to - from)],
    grid: pixelGrid(size, to - from),
  };
}

/**
 * Writes rows of a picture `[3, height, width]` in [-1, 1] (binding 1, clamped) to a storage texture of `width × rows`
 * (binding 2).
 * @param format of the texture; `bgra8unorm` needs the feature `bgra8unorm-storage`
 */
export function toTexture(
  format: 'rgba8unorm' | 'bgra8unorm',
  height: number,
  width: number,
  rows?: readonly [number, number] | null,
): TextureKernel {
  const [from, to] = rowRange('toTexture', height, rows);
  return {
    shader: 'to_texture',
    substitutions: { FORMAT: format },
    overrides: { WORKGROUP_SIDE },
    uniforms: [u32('height', height), u32('width', width), u32('first_row', from), u32('rows', to - from)],
    grid: pixelGrid(width, to - from),
  };
}

/** Arguments of {@link packRgba}. */
export interface PackRgbaArgs {
  readonly label?: string | undefined;
  /** `[3, H, W]` in [-1, 1] */
  readonly input: Tensor;
  /** Rows `[from, to)` to keep; all when absent. */
  readonly rows?: readonly [number, number] | null | undefined;
  /** `[(to − from)·W]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
}

/**
 * A picture as RGBA bytes for reading back: `round(127.5·x + 127.5)`, clamped, alpha 255. The result's elements are 4-byte
 * words that hold one pixel each, whatever its dtype says.
 */
export function packRgba(g: Recorder, { label = 'pack', input, rows, output: given }: PackRgbaArgs): Tensor {
  const [height, width] = [dim(input, 1), dim(input, 2)];
  expectShape(`packRgba "${label}"`, 'input', input, [3, height, width]);
  const [from, to] = rowRange(`packRgba "${label}"`, height, rows);
  const count = (to - from) * width;
  const output = given ?? g.transient(label, [count]);
  expectShape(`packRgba "${label}"`, 'output', output, [count]);
  g.add({
    op: 'packRgba',
    label: `${label} ${to - from}×${width}`,
    shader: 'pack_rgba',
    overrides: { WORKGROUP_SIZE },
    uniforms: [u32('height', height), u32('width', width), u32('first_row', from), u32('rows', to - from)],
    bindings: [read(input), write(output)],
    grid: linearGrid(count, WORKGROUP_SIZE),
    flops: 6 * count,
  });
  return output;
}
