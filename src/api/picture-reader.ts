/** Pictures in: bytes or a browser's bitmap → texture → over white, antialiased resize on the GPU → x. */
import { HyperStyleError } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import { resizeImage } from '../kernels/image.ts';
import type { Engine } from '../method/engine.ts';
import type { Program } from '../runtime/compile.ts';
import type { Tensor } from '../tensor.ts';
import type { Pixels } from './picture-pixels.ts';
import { type PictureSource, type TakenPicture, takePicture } from './picture-source.ts';

/** Reads pictures into the network's x. Keeps the last texture, so pictures of one size need no new one. */
export class PictureReader {
  readonly #engine: Engine;
  readonly #resize: Program;
  readonly #onWarning: (warning: string) => void;
  #texture: GPUTexture | undefined;
  /** As {@link #resize}, at the generator's size into what tuning compares with; compiled when tuning first asks. */
  #whole: Program | undefined;

  private constructor(engine: Engine, resize: Program, onWarning: (warning: string) => void) {
    this.#engine = engine;
    this.#resize = resize;
    this.#onWarning = onWarning;
  }

  /** Compiles the resize. @param onWarning told when a picture is scaled down before that */
  static async create(
    engine: Engine,
    onWarning: (warning: string) => void = (warning) => console.warn(warning),
  ): Promise<PictureReader> {
    const { inputSize, cropRows } = engine.network.architecture;
    const graph = new Graph('resize photo');
    resizeImage(graph, { texture: 'photo', size: inputSize, rows: cropRows, output: engine.network.state.x });
    return new PictureReader(engine, await engine.runtime.compile([graph]), onWarning);
  }

  /** Takes a picture as it is now, for {@link load}. @throws `image` error when it is none */
  take(source: PictureSource): Promise<TakenPicture> {
    const maxSide = this.#engine.device.limits.maxTextureDimension2D;
    return takePicture(source, { maxSide, onWarning: this.#onWarning });
  }

  /**
   * Resizes a picture into x, as Pillow's bilinear `resize` does.
   * @throws `image` error when it cannot be decoded or uploaded: x is then as before; `memory`
   */
  async load(taken: TakenPicture): Promise<void> {
    await this.#run(taken, this.#resize);
  }

  /**
   * Resizes a picture to the generator's own size, into what tuning compares with. Errors as {@link load}.
   * @param at the tensor `[3, rows, size]` that it goes to, and which rows of the picture those are
   */
  async loadTarget(
    taken: TakenPicture,
    at: { readonly target: Tensor; readonly rows: readonly [number, number] },
  ): Promise<void> {
    const { runtime, network } = this.#engine;
    if (!this.#whole) {
      const graph = new Graph('resize whole');
      resizeImage(graph, {
        texture: 'photo',
        size: network.architecture.size,
        rows: at.rows,
        output: at.target,
      });
      this.#whole = await runtime.compile([graph]);
    }
    await this.#run(taken, this.#whole);
  }

  async #run(taken: TakenPicture, resize: Program): Promise<void> {
    const { device } = this.#engine;
    const picture = await taken.open();
    const texture = await this.#textureOf(picture.width, picture.height);
    await this.#upload(picture, texture);
    for (const executable of resize.executables) {
      executable.bindTextures(device, { photo: texture });
      executable.submit(device);
    }
  }

  async #upload(picture: Pixels | ImageBitmap, texture: GPUTexture): Promise<void> {
    const { device } = this.#engine;
    const { width, height } = picture;
    device.pushErrorScope('validation');
    let thrown: unknown;
    try {
      if ('data' in picture) {
        const layout = { bytesPerRow: 4 * width, rowsPerImage: height };
        device.queue.writeTexture({ texture }, picture.data, layout, [width, height]);
      } else {
        const to = { texture, premultipliedAlpha: false, colorSpace: 'srgb' } as const;
        device.queue.copyExternalImageToTexture({ source: picture }, to, [width, height]);
      }
    } catch (cause) {
      thrown = cause;
    }
    const failure = device.popErrorScope(); // taken off in any case
    const cause = thrown ?? (await failure);
    if (cause) throw uploadError(cause);
  }

  async #textureOf(width: number, height: number): Promise<GPUTexture> {
    if (this.#texture?.width === width && this.#texture.height === height) return this.#texture;
    const { buffers } = this.#engine;
    if (this.#texture) buffers.release([this.#texture]);
    this.#texture = undefined;
    this.#texture = await buffers.createTexture('picture', width, height);
    return this.#texture;
  }
}

/** Why a picture did not reach the GPU, for people. */
function uploadError(cause: unknown): HyperStyleError {
  const name = cause instanceof Error ? cause.name : '';
  const message = cause instanceof Error || cause instanceof GPUError ? cause.message : String(cause);
  const [why = ''] = message.split('\n');
  const repair =
    name === 'SecurityError'
      ? 'a page may only read images of its own origin or with CORS'
      : name === 'InvalidStateError'
        ? 'it was closed or moved elsewhere: close it when invert has ended'
        : `${why}; pass { data, width, height } of RGBA bytes`;
  return new HyperStyleError('image', `the picture cannot be read: ${repair}`, { cause });
}
