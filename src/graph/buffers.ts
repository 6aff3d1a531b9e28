/**
 * GPU buffers of one engine: every buffer is made here, labelled, counted, and given back here. Allocation runs inside
 * out-of-memory error scopes; a failure frees what the call had made.
 */
import { ensure, HyperStyleError } from '../errors.ts';
import { byteLength, owner, type Tensor } from '../tensor.ts';

const MIB = 2 ** 20;
const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

/** Bytes that a buffer for `bytes` of data takes: whole words, and what the smallest binding needs. */
export const bufferBytes = (bytes: number): number => Math.max(16, Math.ceil(bytes / 4) * 4);

/** A label and size in bytes for one buffer. */
export interface BufferRequest {
  readonly label: string;
  readonly bytes: number;
  readonly usage?: GPUBufferUsageFlags;
}

/** Owner of GPU memory: persistent tensors by handle, other buffers by request. */
export class DeviceBuffers {
  readonly device: GPUDevice;
  readonly #owned = new Set<GPUBuffer>();
  readonly #tensors = new Map<Tensor, GPUBuffer>();
  #bytes = 0;
  #peak = 0;

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** Bytes of all live buffers. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Largest value of `bytes` so far. */
  get peakBytes(): number {
    return this.#peak;
  }

  /** Number of live buffers. */
  get count(): number {
    return this.#owned.size;
  }

  /**
   * Makes buffers for all requests or none.
   * @throws `memory` error with the need and the limit when one is too large or the GPU has no room
   */
  async create(requests: readonly BufferRequest[]): Promise<GPUBuffer[]> {
    const { device } = this;
    const limit = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
    for (const { label, bytes } of requests) {
      ensure(
        bytes <= limit,
        'memory',
        () => `"${label}" needs ${mib(bytes)} in one buffer, this device allows ${mib(limit)}; use a smaller model`,
      );
    }
    const defaults = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    device.pushErrorScope('out-of-memory');
    const made = requests.map(({ label, bytes, usage = defaults }) =>
      device.createBuffer({ label, size: bufferBytes(bytes), usage }),
    );
    const failure = await device.popErrorScope();
    if (failure) {
      for (const buffer of made) buffer.destroy();
      const need = requests.reduce((sum, { bytes }) => sum + bytes, 0);
      throw new HyperStyleError(
        'memory',
        `the GPU has no room for ${mib(need)} more (${mib(this.bytes)} in use): close other pages or load an f16 or int8 model`,
        { cause: failure },
      );
    }
    for (const buffer of made) {
      this.#owned.add(buffer);
      this.#bytes += buffer.size;
    }
    this.#peak = Math.max(this.#peak, this.#bytes);
    return made;
  }

  /** Makes the buffers of those persistent tensors that have none yet. */
  async allocate(tensors: readonly Tensor[]): Promise<void> {
    const missing = [...new Set(tensors.map(owner))].filter((t) => !this.#tensors.has(t));
    const made = await this.create(missing.map((t) => ({ label: t.name, bytes: byteLength(t) })));
    missing.forEach((t, i) => {
      const buffer = made[i];
      if (buffer) this.#tensors.set(t, buffer);
    });
  }

  /** The buffer of a persistent tensor. @throws `memory` error when it was never allocated. */
  of(tensor: Tensor): GPUBuffer {
    const buffer = this.#tensors.get(owner(tensor));
    ensure(buffer, 'memory', () => `tensor "${tensor.name}" has no GPU buffer: allocate it before compiling its graph`);
    return buffer;
  }

  /** Writes host data into a persistent tensor, `byteOffset` bytes from its start; sizes are padded to whole words. */
  write(tensor: Tensor, data: ArrayBufferView, byteOffset = 0): void {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const whole = bytes.byteLength & ~3;
    const buffer = this.of(tensor);
    ensure(
      byteOffset % 4 === 0,
      'tensor',
      () => `"${tensor.name}": values come at byte ${byteOffset}, not at a whole word; convert the checkpoint again`,
    );
    ensure(
      byteOffset + bytes.byteLength <= buffer.size,
      'tensor',
      () => `"${tensor.name}": ${bytes.byteLength} bytes at ${byteOffset} do not fit its ${buffer.size}`,
    );
    this.device.queue.writeBuffer(buffer, byteOffset, bytes.buffer as ArrayBuffer, bytes.byteOffset, whole);
    if (whole < bytes.byteLength) {
      const tail = new Uint8Array(4);
      tail.set(bytes.subarray(whole));
      this.device.queue.writeBuffer(buffer, byteOffset + whole, tail);
    }
  }

  /** Gives some buffers back. */
  release(buffers: Iterable<GPUBuffer>): void {
    for (const buffer of buffers) {
      if (!this.#owned.delete(buffer)) continue;
      this.#bytes -= buffer.size;
      buffer.destroy();
    }
  }

  /** Gives the buffers of some persistent tensors back. */
  free(tensors: Iterable<Tensor>): void {
    for (const t of tensors) {
      const buffer = this.#tensors.get(t);
      if (buffer) this.release([buffer]);
      this.#tensors.delete(t);
    }
  }

  /** Gives every buffer back. */
  destroy(): void {
    this.release([...this.#owned]);
    this.#tensors.clear();
  }
}
