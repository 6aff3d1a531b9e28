/** Reads GPU buffers back through one staging buffer that grows to the largest read and is then reused. */
import { HyperStyleError } from '../errors.ts';
import type { DeviceBuffers } from './buffers.ts';
import type { Life } from './life.ts';

/** What is read of a buffer: its first bytes, at least 4. */
export interface ReadPart {
  readonly source: GPUBuffer;
  readonly bytes: number;
  /** Submits what fills `source`, right before the copy. */
  readonly prepare?: (() => void) | undefined;
}

/** Staging memory of one engine. Reads queue up by themselves, so a picture can be read in the middle of an inversion. */
export class Readback {
  readonly #buffers: DeviceBuffers;
  readonly #life: Life;
  #staging: GPUBuffer | undefined;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(buffers: DeviceBuffers, life: Life) {
    this.#buffers = buffers;
    this.#life = life;
  }

  /**
   * The first `bytes` bytes of `source`; see {@link ReadPart}.
   * @throws `device` error as soon as the GPU is lost or the model disposed of
   */
  async bytes(source: GPUBuffer, bytes: number, prepare?: () => void): Promise<ArrayBuffer> {
    const [found = new ArrayBuffer(0)] = await this.together([{ source, bytes, prepare }]);
    return found;
  }

  /** The beginnings of several buffers, or of one at several times, which are waited for once. @throws like {@link bytes} */
  together(parts: readonly ReadPart[]): Promise<ArrayBuffer[]> {
    const result = this.#tail.then(() => this.#read(parts));
    this.#tail = result.catch(() => undefined);
    return this.#life.wait(result);
  }

  async #read(parts: readonly ReadPart[]): Promise<ArrayBuffer[]> {
    const { device } = this.#buffers;
    const starts: number[] = [];
    let total = 0;
    for (const { bytes } of parts) {
      starts.push(total);
      total += bytes;
    }
    const staging = await this.#atLeast(total);
    const label = parts[0]?.source.label;
    let encoder: GPUCommandEncoder | undefined;
    const submit = (): void => {
      if (encoder) device.queue.submit([encoder.finish()]);
      encoder = undefined;
    };
    for (const [i, { source, bytes, prepare }] of parts.entries()) {
      if (prepare) submit();
      prepare?.();
      encoder ??= device.createCommandEncoder({ label: `read ${label}` });
      encoder.copyBufferToBuffer(source, 0, staging, starts[i] ?? 0, bytes);
    }
    submit();
    try {
      await staging.mapAsync(GPUMapMode.READ, 0, total);
    } catch (cause) {
      throw new HyperStyleError(
        'device',
        `"${label}" cannot be read back, the GPU was lost or the model disposed of: load it again`,
        { cause },
      );
    }
    try {
      const mapped = staging.getMappedRange(0, total);
      return parts.map(({ bytes }, i) => mapped.slice(starts[i], (starts[i] ?? 0) + bytes));
    } finally {
      staging.unmap(); // what stays mapped takes no further copy
    }
  }

  async #atLeast(bytes: number): Promise<GPUBuffer> {
    if (this.#staging && this.#staging.size >= bytes) return this.#staging;
    if (this.#staging) this.#buffers.release([this.#staging]);
    this.#staging = undefined; // should there be no memory for a larger one
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const [staging] = await this.#buffers.create([{ label: 'readback', bytes, usage }]);
    if (!staging) throw new HyperStyleError('memory', `no staging buffer of ${bytes} bytes`);
    this.#staging = staging;
    return staging;
  }
}
