/** Seeded normal numbers for z: the same on every machine. */

/** SplitMix32: a 32-bit counter through a mixing function (Steele et al., OOPSLA 2014); uniform in (0, 1). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (((z ^ (z >>> 16)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** `count` numbers of N(0, 1) by Box–Muller. */
export function gaussian(seed: number, count: number): Float32Array<ArrayBuffer> {
  const next = uniform(seed);
  return Float32Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()));
}
