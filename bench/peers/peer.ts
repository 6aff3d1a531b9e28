/** What all contestants of the peers suite are: one w in, one picture back in memory that the CPU can read. */

/** One runtime with the generator loaded. */
export interface Peer {
  readonly name: string;
  /** Version and settings in words. */
  readonly variant: string;
  /** w `[14, 128]` → a picture on the CPU, in whatever layout the runtime has; this is what is timed. */
  run(): Promise<Float32Array>;
  /** That picture as `[3, 256, 256]`, for the comparison. */
  planar(picture: Float32Array): Float32Array;
  destroy(): void;
}

/** `[H, W, 3]` to `[3, H, W]`. */
export function toPlanar(pixels: Float32Array): Float32Array {
  const count = pixels.length / 3;
  const planes = new Float32Array(pixels.length);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) planes[c * count + i] = pixels[3 * i + c] ?? Number.NaN;
  }
  return planes;
}
