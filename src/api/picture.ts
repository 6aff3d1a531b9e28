/** Pictures out: a generated picture kept on the GPU, drawn into a canvas without readback or read back as pixels. */
import { outputRows } from '../architecture.ts';
import { ensure, HyperStyleError } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import { packRgba, toTexture } from '../kernels/image.ts';
import type { Engine } from '../method/engine.ts';
import type { Executable } from '../runtime/executable.ts';
import { byteLength, type Tensor, tensor } from '../tensor.ts';
import { type Canvas, canvasTexture } from './canvas.ts';
import type { Picture, Pixels } from './public.ts';

/** Buffers kept for the next pictures: as many as an inversion by the paper's five steps and an edit of it take. */
const SPARE_PICTURES = 7;

/** Turns picture tensors into canvases and pixels, and lends the buffers pictures live in. */
export class PictureStore {
  readonly width: number;
  readonly height: number;
  readonly #engine: Engine;
  readonly #free: GPUBuffer[] = [];
  readonly #shown: Tensor;
  readonly #packed: Tensor;
  readonly #pack: Executable;
  readonly #draw: Executable;

  private constructor(engine: Engine, tensors: { shown: Tensor; packed: Tensor }, pack: Executable, draw: Executable) {
    this.#engine = engine;
    this.#shown = tensors.shown;
    this.#packed = tensors.packed;
    this.#pack = pack;
    this.#draw = draw;
    const [from, to] = outputRows(engine.network.architecture);
    this.width = engine.network.architecture.size;
    this.height = to - from;
  }

  /** Compiles packing and drawing. */
  static async create(engine: Engine): Promise<PictureStore> {
    const { size } = engine.network.architecture;
    const rows = outputRows(engine.network.architecture);
    const shown = tensor('shown picture', [3, size, size]);
    const packed = tensor('packed picture', [(rows[1] - rows[0]) * size]);
    const graphs = [new Graph('pack'), new Graph('draw')] as const;
    packRgba(graphs[0], { input: shown, rows, output: packed });
    toTexture(graphs[1], { input: shown, rows, texture: 'canvas' });
    const [pack, draw] = (await engine.runtime.compile(graphs)).executables;
    ensure(pack && draw, 'shader', 'packing and drawing pictures were lost while compiling');
    return new PictureStore(engine, { shown, packed }, pack, draw);
  }

  /** Bytes of one picture `[3, size, size]`. */
  get bytes(): number {
    return byteLength(this.#shown);
  }

  /** A buffer for one picture, used before where possible. */
  async take(): Promise<GPUBuffer> {
    const reused = this.#free.pop();
    if (reused) return reused;
    const [made] = await this.#engine.buffers.create([{ label: 'picture', bytes: this.bytes }]);
    if (!made) throw new HyperStyleError('memory', `no picture buffer of ${this.bytes} bytes`);
    return made;
  }

  /** A kept copy of a picture in the network's memory, by default of its latest. @param of `[3, size, size]` */
  async capture(of: Tensor = this.#engine.network.state.y): Promise<StoredPicture> {
    const buffer = await this.take();
    this.#engine.runtime.copy(this.#engine.buffers.of(of), buffer, this.bytes);
    return new StoredPicture(this, buffer);
  }

  /** Takes a picture's buffer back, for the next one unless enough lie there. */
  give(buffer: GPUBuffer): void {
    if (this.#free.length < SPARE_PICTURES) this.#free.push(buffer);
    else this.#engine.buffers.release([buffer]);
  }

  /** Writes a picture buffer into a canvas, whose size is set to the picture's. */
  draw(buffer: GPUBuffer, canvas: Canvas): void {
    const { runtime, device } = this.#engine;
    runtime.ensureAlive();
    this.#draw.bindTextures(device, { canvas: canvasTexture(canvas, device, this) });
    this.#submit(this.#draw, buffer);
  }

  /** A picture buffer's pixels. */
  async pixels(buffer: GPUBuffer): Promise<Pixels> {
    const engine = this.#engine;
    engine.runtime.ensureAlive();
    const bytes = await engine.runtime.readback.bytes(engine.buffers.of(this.#packed), byteLength(this.#packed), () =>
      this.#submit(this.#pack, buffer),
    );
    return { data: new Uint8ClampedArray(bytes), width: this.width, height: this.height };
  }

  /** Runs what reads `shown` on a picture buffer. */
  #submit(executable: Executable, buffer: GPUBuffer): void {
    const { runtime, buffers, device } = this.#engine;
    runtime.copy(buffer, buffers.of(this.#shown), this.bytes);
    executable.submit(device);
  }

  /** Values of a picture buffer `[3, size, size]`, not clamped. */
  async values(buffer: GPUBuffer): Promise<Float32Array> {
    this.#engine.runtime.ensureAlive();
    return new Float32Array(await this.#engine.runtime.readback.bytes(buffer, this.bytes));
  }
}

/** One generated picture on the GPU. */
export class StoredPicture implements Picture {
  readonly width: number;
  readonly height: number;
  readonly #store: PictureStore;
  readonly #buffer: GPUBuffer;
  #disposed = false;
  /** Reads under way: the buffer is given back after the last of them. */
  #reads = 0;

  /** Made by the engine. */
  constructor(store: PictureStore, buffer: GPUBuffer) {
    this.#store = store;
    this.#buffer = buffer;
    this.width = store.width;
    this.height = store.height;
  }

  #live(): GPUBuffer {
    ensure(!this.#disposed, 'option', 'this picture was disposed of: keep its inversion, or read its pixels first');
    return this.#buffer;
  }

  async #read<T>(read: (buffer: GPUBuffer) => Promise<T>): Promise<T> {
    const buffer = this.#live();
    this.#reads++;
    try {
      return await read(buffer);
    } finally {
      this.#reads--;
      this.#giveBack();
    }
  }

  #giveBack(): void {
    if (this.#disposed && this.#reads === 0) this.#store.give(this.#buffer);
  }

  /**
   * Draws into a canvas without reading anything back. The canvas must not have another context; its size becomes the picture's.
   * @throws `device` error when the canvas cannot be used or the GPU is lost
   */
  draw(canvas: Canvas): void {
    this.#store.draw(this.#live(), canvas);
  }

  /** RGBA bytes, clamped to [0, 255]; in a browser they are good for `new ImageData(data, width, height)`. */
  toImageData(): Promise<Pixels> {
    return this.#read((buffer) => this.#store.pixels(buffer));
  }

  /** The picture as the generator made it `[3, size, size]`: about [-1, 1], not clamped, rows outside the crop included. */
  toFloats(): Promise<Float32Array> {
    return this.#read((buffer) => this.#store.values(buffer));
  }

  /** Gives its memory back; a few buffers are kept for the model's next pictures. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#giveBack();
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
