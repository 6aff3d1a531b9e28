/** Latents of random z, many at a time. */
import { gaussian } from '../gaussian.ts';
import type { Engine } from './engine.ts';

/** Samples that are queued before one is waited for: hosts answer a read after up to ten milliseconds. */
export const SAMPLES_TOGETHER = 50;

/** w `[styleDim]` of the z that each seed from `seed` on gives, untruncated. Runs inside the engine's `exclusive`. */
export async function sampleLatents(engine: Engine, seed: number, count: number): Promise<Float32Array[]> {
  const { state, architecture } = engine.network;
  const { styleDim } = architecture;
  const source = engine.buffers.of(state.base);
  const found: Float32Array[] = [];
  engine.write(state.psi, Float32Array.of(1));
  while (found.length < count) {
    const first = seed + found.length;
    const parts = Array.from({ length: Math.min(SAMPLES_TOGETHER, count - found.length) }, (_, i) => ({
      source,
      bytes: 4 * styleDim,
      prepare: () => {
        engine.write(state.z, gaussian(first + i, styleDim));
        engine.run('map');
      },
    }));
    for (const w of await engine.runtime.readback.together(parts)) found.push(new Float32Array(w));
  }
  return found;
}
