/**
 * GPU memory of one engine: every buffer and texture is made here, labelled, counted, and given back here. Allocation runs inside
 * out-of-memory error scopes; a failure frees what the call had made, and so does the engine's end meanwhile.
 */
import { ensure, HyperStyleError } from '../errors.ts';
import { bufferBytes } from '../graph/memory.ts';
import { byteLength, owner, type Tensor } from '../tensor.ts';
import { TEXTURE_FORMAT } from './pipelines.ts';

const MIB = 2 ** 20;
const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

/** A label and size in bytes for one buffer. */
export interface BufferRequest {
  readonly label: string;
  readonly bytes: number;
  readonly usage?: GPUBufferUsageFlags;
}

/** Bytes of a texel of {@link TEXTURE_FORMAT}. */
const TEXEL_BYTES = 4;

/** Owner of GPU memory: persistent tensors by handle, other buffers and textures by request. */
export class DeviceBuffers {
  readonly device: GPUDevice;
  /** What is alive, with its bytes. */
  readonly #owned = new Map<GPUBuffer | GPUTexture, number>();
  readonly #tensors = new Map<Tensor, GPUBuffer>();
  #bytes = 0;
  #peak = 0;
  #destroyed = false;

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** Bytes of all that is alive. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Largest value of `bytes` so far. */
  get peakBytes(): number {
    return this.#peak;
  }

  /** Number of live buffers and textures. */
  get count(): number {
    return this.#owned.size;
  }

  /**
   * Makes buffers for all requests or none.
   * @throws `memory` error with the need and the limit when one is too large or the GPU has no room, `device`
   *   error when everything was given back meanwhile
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
    const need = requests.reduce((sum, { bytes }) => sum + bufferBytes(bytes), 0);
    return this.#make(need, 'load an f16 or int8 model', () =>
      requests.map(({ label, bytes, usage = defaults }) => {
        const size = bufferBytes(bytes);
        return [device.createBuffer({ label, size, usage }), size];
      }),
    );
  }

  /** Makes a texture that pictures can be written to and read from. @throws as {@link create} */
  async createTexture(label: string, width: number, height: number): Promise<GPUTexture> {
    const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT;
    const bytes = TEXEL_BYTES * width * height;
    const [texture] = await this.#make(bytes, `scale the picture of ${width}×${height} down`, () => [
      [this.device.createTexture({ label, size: [width, height], format: TEXTURE_FORMAT, usage }), bytes],
    ]);
    ensure(texture, 'memory', () => `no texture of ${width}×${height} for "${label}"`);
    return texture;
  }

  /** What `make` makes, with its bytes, or nothing of it. */
  async #make<T extends GPUBuffer | GPUTexture>(
    need: number,
    repair: string,
    make: () => (readonly [object: T, bytes: number])[],
  ): Promise<T[]> {
    const { device } = this;
    device.pushErrorScope('out-of-memory');
    const made = make();
    const failure = await device.popErrorScope();
    if (failure || this.#destroyed) for (const [object] of made) object.destroy();
    if (failure) {
      const message = `the GPU has no room for ${mib(need)} more (${mib(this.bytes)} in use): close other pages or ${repair}`;
      throw new HyperStyleError('memory', message, { cause: failure });
    }
    ensure(!this.#destroyed, 'device', 'this model was disposed of: load it again');
    for (const [object, bytes] of made) {
      this.#owned.set(object, bytes);
      this.#bytes += bytes;
    }
    this.#peak = Math.max(this.#peak, this.#bytes);
    return made.map(([object]) => object);
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

  /** Whether a persistent tensor has memory. */
  has(tensor: Tensor): boolean {
    return this.#tensors.has(owner(tensor));
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

  /** Gives some of what it made back. */
  release(objects: Iterable<GPUBuffer | GPUTexture>): void {
    for (const object of objects) {
      const bytes = this.#owned.get(object);
      if (bytes === undefined) continue;
      this.#owned.delete(object);
      this.#bytes -= bytes;
      object.destroy();
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

  /** Gives everything back, for good. */
  destroy(): void {
    this.#destroyed = true;
    this.release([...this.#owned.keys()]);
    this.#tensors.clear();
  }
}
