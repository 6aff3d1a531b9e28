/**
 * Affine warp of a picture that lies in a buffer of RGBA words: what cuts turned and scaled squares out of photos.
 * Which square is data (`view`), so that one compiled graph serves all of them.
 */
import { expectShape, type Tensor } from '../tensor.ts';
import { dim, f32, linearGrid, type Recorder, read, u32, write } from './kernel.ts';

const WORKGROUP_SIZE = 64;

/** Pixel indices of the result → those of the source: (u, v) → (a·u + c·v + x, b·u + d·v + y). */
export type AffineMap = readonly [a: number, b: number, c: number, d: number, x: number, y: number];

/** Elements of the tensor that says what is warped. */
export const VIEW_ELEMENTS = 12;

/** What one run of a warp does; {@link viewValues} puts it into the tensor. */
export interface WarpView {
  /** Pixel indices of the result → those of the source. */
  readonly map: AffineMap;
  /** Size of the source, which may fill only the first words of its tensor. */
  readonly width: number;
  readonly height: number;
  /** First column and row of the result; [0, 0] when absent. */
  readonly origin?: readonly [number, number] | undefined;
  /** Bilinear values averaged along each axis; {@link warpSamples} when absent. */
  readonly samples?: number | undefined;
}

/** Values along each axis that leave no source pixel between them, whatever the turn (pure). */
export function warpSamples([a, b, c, d]: AffineMap): number {
  return Math.max(1, Math.ceil(Math.max(Math.hypot(a, b), Math.hypot(c, d)) - 1e-6));
}

/** The view tensor's values. */
export function viewValues({
  map,
  width,
  height,
  origin = [0, 0],
  samples = warpSamples(map),
}: WarpView): Float32Array {
  return Float32Array.of(...map, width, height, ...origin, samples, 0);
}

/** Arguments of {@link warpImage}. */
export interface WarpImageArgs {
  readonly label?: string | undefined;
  /** `[n]` words of RGBA bytes, whatever the dtype says; at least as many as the views have pixels. */
  readonly source: Tensor;
  /** `[12]`, see {@link viewValues}. */
  readonly view: Tensor;
  /** Planes `[3, H, W]` of value · scale + shift with values in 0..255, or `[H, W]` words of RGBA bytes. */
  readonly output: Tensor;
  readonly scale?: number | undefined;
  readonly shift?: number | undefined;
  /** Whether the source's edge goes on outside; else all is 0 there (before scale and shift). */
  readonly extend: boolean;
}

/** Records a warp into `output`. @throws `tensor` error when it has neither form */
export function warpImage(g: Recorder, a: WarpImageArgs): void {
  const { label = 'warp', source, view, output, scale = 1, shift = 0, extend } = a;
  const where = `warpImage "${label}"`;
  const packed = output.shape.length === 2;
  const [height, width] = packed ? [dim(output, 0), dim(output, 1)] : [dim(output, 1), dim(output, 2)];
  expectShape(where, 'output', output, packed ? [height, width] : [3, height, width]);
  expectShape(where, 'view', view, [VIEW_ELEMENTS]);
  g.add({
    op: 'warpImage',
    label: `${label} ${height}×${width}`,
    shader: 'warp_image',
    overrides: { WORKGROUP_SIZE, PACKED: Number(packed), EXTEND: Number(extend) },
    uniforms: [u32('height', height), u32('width', width), f32('scale', scale), f32('shift', shift)],
    bindings: [read(source), read(view), write(output)],
    grid: linearGrid(height * width, WORKGROUP_SIZE),
    flops: 30 * height * width,
  });
}
