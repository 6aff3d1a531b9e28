/**
 * Latents at a fixed distance from a pivot, for the locality regularisation of pivotal tuning (arXiv 2106.05744, §3.3). Host
 * arithmetic.
 */

/**
 * From the pivot towards another latent, `ball` away: the distance counts all rows together.
 * @param pivot `[latentCount, styleDim]`
 * @param towards like it
 * @returns like it; the pivot itself where the other latent is the same
 */
export function nearPivot(pivot: Float32Array, towards: Float32Array, ball: number): Float32Array<ArrayBuffer> {
  const offset = towards.map((value, i) => value - (pivot[i] ?? 0));
  let squares = 0;
  for (const value of offset) squares += value * value;
  const factor = squares > 0 ? ball / Math.sqrt(squares) : 0;
  return Float32Array.from(pivot, (value, i) => value + factor * (offset[i] ?? 0));
}
