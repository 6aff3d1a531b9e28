/** Plain loops for `fillNoise`, written for reading. */

const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;
/** Threefry's key parity constant for 32-bit words. */
const PARITY = 0x1bd11bda;

/** Threefry-2x32 with 20 rounds: 64 bits that are a pure function of key and counter. */
export function threefry(key: readonly [number, number], counter: readonly [number, number]): [number, number] {
  const keys = [key[0], key[1], key[0] ^ key[1] ^ PARITY];
  let [x, y] = [(counter[0] + key[0]) | 0, (counter[1] + key[1]) | 0];
  for (let group = 0; group < 5; group++) {
    for (const rotation of ROTATIONS[group % 2 === 0 ? 0 : 1]) {
      x = (x + y) | 0;
      y = ((y << rotation) | (y >>> (32 - rotation))) ^ x;
    }
    x = (x + (keys[(group + 1) % 3] ?? 0)) | 0;
    y = (y + (keys[(group + 2) % 3] ?? 0) + group + 1) | 0;
  }
  return [x >>> 0, y >>> 0];
}

/** `n` numbers strength · N(0, 1) of one stream of a seed: Box–Muller, two from each 64 bits. */
export function fillNoiseReference(seed: number, stream: number, strength: number, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    const [a, b] = threefry([seed, stream], [Math.floor(i / 2), 0]);
    const u = ((a >>> 8) + 1) / 2 ** 24;
    const angle = ((b >>> 8) / 2 ** 23 - 1) * Math.PI;
    return strength * Math.sqrt(-2 * Math.log(u)) * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  });
}
