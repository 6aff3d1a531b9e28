/** Pictures in: bytes or a browser's image → texture → antialiased resize on the GPU → x. */
import { HyperStyleError } from '../errors.ts';
import { resizeImage } from '../kernels/image.ts';
import type { Engine } from '../method/engine.ts';
import { TextureDispatch } from '../runtime/texture-dispatch.ts';
import { checkPicture, hasPixels, type PictureSource, pictureSize } from './picture-source.ts';

/** Reads pictures into the network's x. Keeps the last texture, so pictures of one size need no new one. */
export class PictureReader {
  readonly #engine: Engine;
  readonly #kernel: TextureDispatch;
  #texture: GPUTexture | undefined;

  private constructor(engine: Engine, kernel: TextureDispatch) {
    this.#engine = engine;
    this.#kernel = kernel;
  }

  /** Compiles the resize. */
  static async create(engine: Engine): Promise<PictureReader> {
    const { inputSize, cropRows } = engine.network.architecture;
    return new PictureReader(
      engine,
      await TextureDispatch.create(engine.buffers, resizeImage(inputSize, cropRows), 'in'),
    );
  }

  /** Resizes `source` into x, as Pillow's bilinear `resize` does. @throws `image` error when it cannot be read, `memory` */
  async load(source: PictureSource): Promise<void> {
    const { device, network, buffers } = this.#engine;
    checkPicture(source, device.limits.maxTextureDimension2D);
    const { width, height } = pictureSize(source);
    const texture = await this.#textureOf(width, height);
    if (hasPixels(source)) {
      const { data } = source;
      const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
      device.queue.writeTexture({ texture }, bytes, { bytesPerRow: 4 * width, rowsPerImage: height }, [width, height]);
    } else {
      try {
        device.queue.copyExternalImageToTexture({ source }, { texture, premultipliedAlpha: false }, [width, height]);
      } catch (cause) {
        throw new HyperStyleError(
          'image',
          'the picture cannot be read: a page may only read images of its own origin or with CORS',
          { cause },
        );
      }
    }
    this.#kernel.run(texture, buffers.of(network.state.x));
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
