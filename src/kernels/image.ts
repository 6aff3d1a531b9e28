/**
 * Pictures in and out: textures to what the networks read, and what they draw to textures or bytes. Textures are bound
 * at each run (`TextureBinding`); everything else is as in any other op.
 */
import { ensure } from '../errors.ts';
import { expectShape, type Tensor } from '../tensor.ts';
import { dim, linearGrid, type Recorder, read, u32, write } from './kernel.ts';

/** Side of the square workgroups of kernels with textures. */
const WORKGROUP_SIDE = 8;
const WORKGROUP_SIZE = 64;

const pixelGrid = (width: number, height: number): [number, number, number] => [
  Math.ceil(width / WORKGROUP_SIDE),
  Math.ceil(height / WORKGROUP_SIDE),
  1,
];

/** Rows `[from, to)` of a picture; all of them when absent. */
type Rows = readonly [from: number, to: number] | null | undefined;

/** @throws `tensor` error when rows do not lie in a picture of `height` rows */
function rowRange(where: string, height: number, rows: Rows): [number, number] {
  const [from, to] = rows ?? [0, height];
  ensure(
    from >= 0 && from < to && to <= height,
    'tensor',
    () => `${where}: rows ${from}..${to} do not lie within 0..${height}`,
  );
  return [from, to];
}

/** Arguments of {@link resizeImage}. */
export interface ResizeImageArgs {
  /** Name of the texture to read, of any size. */
  readonly texture: string;
  /** Side of the resized picture in pixels. */
  readonly size: number;
  /** Rows of it to keep. */
  readonly rows?: Rows;
  /** `[3, to − from, size]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
}

/**
 * Resizes a texture to `size × size` as Pillow's antialiased BILINEAR does (to the last bit but for rounding), laid
 * over white, and keeps `rows` of it: `[3, to − from, size]` in [-1, 1]. The picture's size is read from the texture,
 * so one record serves all pictures.
 * @throws `tensor` error when the rows or the output do not fit
 */
export function resizeImage(g: Recorder, { texture, size, rows, output: given }: ResizeImageArgs): Tensor {
  const [from, to] = rowRange('resizeImage', size, rows);
  const shape = [3, to - from, size];
  const output = given ?? g.transient(`${texture} resized`, shape);
  expectShape('resizeImage', 'output', output, shape);
  g.add({
    op: 'resizeImage',
    label: `${texture}→${to - from}×${size}`,
    shader: 'resize_image',
    overrides: { WORKGROUP_SIDE },
    uniforms: [u32('size', size), u32('first_row', from), u32('rows', to - from)],
    bindings: [write(output)],
    textures: [{ name: texture, access: 'load' }],
    grid: pixelGrid(size, to - from),
    flops: 0, // depends on the picture
  });
  return output;
}

/** Arguments of {@link toTexture}. */
export interface ToTextureArgs {
  /** `[3, H, W]` in [-1, 1] */
  readonly input: Tensor;
  /** Rows of it to write. */
  readonly rows?: Rows;
  /** Name of a storage texture of `W × (to − from)`. */
  readonly texture: string;
}

/** Writes rows of a picture, clamped, to a texture. @throws `tensor` error when input or rows do not fit */
export function toTexture(g: Recorder, { input, rows, texture }: ToTextureArgs): void {
  const [height, width] = [dim(input, 1), dim(input, 2)];
  expectShape('toTexture', 'input', input, [3, height, width]);
  const [from, to] = rowRange('toTexture', height, rows);
  g.add({
    op: 'toTexture',
    label: `${to - from}×${width}→${texture}`,
    shader: 'to_texture',
    overrides: { WORKGROUP_SIDE },
    uniforms: [u32('height', height), u32('width', width), u32('first_row', from), u32('rows', to - from)],
    bindings: [read(input)],
    textures: [{ name: texture, access: 'store' }],
    grid: pixelGrid(width, to - from),
    flops: 0,
  });
}

/** Arguments of {@link packRgba}. */
export interface PackRgbaArgs {
  readonly label?: string | undefined;
  /** `[3, H, W]` in [-1, 1] */
  readonly input: Tensor;
  /** Rows of it to keep. */
  readonly rows?: Rows;
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
