/** Reads GPU buffers back through one staging buffer that grows to the largest read and is then reused. */
import { HyperStyleError } from '../errors.ts';
import type { DeviceBuffers } from './buffers.ts';
import type { Life } from './life.ts';

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
   * The first `bytes` bytes of `source` (at least 4). `prepare`, when given, submits what fills `source`, right before
   * the copy. @throws `device` error as soon as the GPU is lost or the model disposed of
   */
  bytes(source: GPUBuffer, bytes: number, prepare?: () => void): Promise<ArrayBuffer> {
    const result = this.#tail.then(() => {
      prepare?.();
      return this.#read(source, bytes);
    });
    this.#tail = result.catch(() => undefined);
    return this.#life.wait(result);
  }

  async #read(source: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    const { device } = this.#buffers;
    const staging = await this.#atLeast(bytes);
    const encoder = device.createCommandEncoder({ label: `read ${source.label}` });
    encoder.copyBufferToBuffer(source, 0, staging, 0, bytes);
    device.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(GPUMapMode.READ, 0, bytes);
    } catch (cause) {
      throw new HyperStyleError(
        'device',
        `"${source.label}" cannot be read back, the GPU was lost or the model disposed of: load it again`,
        { cause },
      );
    }
    try {
      return staging.getMappedRange(0, bytes).slice(0);
    } finally {
      staging.unmap(); // what stays mapped takes no further copy
    }
  }

  async #atLeast(bytes: number): Promise<GPUBuffer> {
    if (this.#staging && this.#staging.size >= bytes) return this.#staging;
    if (this.#staging) this.#buffers.release([this.#staging]);
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const [staging] = await this.#buffers.create([{ label: 'readback', bytes, usage }]);
    if (!staging) throw new HyperStyleError('memory', `no staging buffer of ${bytes} bytes`);
    this.#staging = staging;
    return staging;
  }
}
