/** Packs the uniform structs of all dispatches of an executable into one buffer (pure). */
import type { KernelRecord } from '../kernels/kernel.ts';

/** The packed bytes and where each record's struct begins. */
export interface PackedUniforms {
  readonly data: ArrayBuffer;
  readonly offsets: readonly number[];
  /** Bytes bound for each record: its struct rounded up to 16. */
  readonly sizes: readonly number[];
}

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/**
 * Lays the records' scalars out one struct after another.
 * @param alignment the device's `minUniformBufferOffsetAlignment`
 */
export function packUniforms(records: readonly KernelRecord[], alignment: number): PackedUniforms {
  const sizes = records.map((r) => Math.max(16, roundUp(r.uniforms.length * 4, 16)));
  const offsets: number[] = [];
  let end = 0;
  for (const size of sizes) {
    offsets.push(end);
    end = roundUp(end + size, alignment);
  }
  const data = new ArrayBuffer(Math.max(16, end));
  const view = new DataView(data);
  records.forEach((record, i) => {
    record.uniforms.forEach(({ type, value }, field) => {
      const at = (offsets[i] ?? 0) + 4 * field;
      if (type === 'f32') view.setFloat32(at, value, true);
      else if (type === 'i32') view.setInt32(at, value, true);
      else view.setUint32(at, value, true);
    });
  });
  return { data, offsets, sizes };
}
