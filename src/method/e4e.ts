/**
 * e4e on the device of a model (arXiv 2102.02766): its encoder alone, mounted beside the model whose photo it reads. Its latents
 * in W+ are where an inversion may begin (`../api/invert.ts`). Its own generator is not loaded: it is the model's.
 */
import type { LatentEncoderArchitecture } from '../architecture.ts';
import { E4eEncoderNetwork } from '../models/e4e-encoder.ts';
import { addHeads, readHeads } from '../models/latent-heads.ts';
import type { Mounted } from '../runtime/mounted.ts';
import type { SourceOf } from '../weights/checkpoint-source.ts';
import type { StreamOptions } from '../weights/weight-source.ts';
import type { Engine } from './engine.ts';

/** A mounted e4e encoder. Its methods must run inside the runtime's `exclusive`. */
export class E4e {
  readonly #network: E4eEncoderNetwork;
  readonly #mounted: Mounted<'encode'>;
  readonly #width: number;

  private constructor(network: E4eEncoderNetwork, mounted: Mounted<'encode'>, width: number) {
    this.#network = network;
    this.#mounted = mounted;
    this.#width = width;
  }

  /** Mounts the encoder beside a model whose sizes it fits. Errors as `Runtime.mount`. */
  static async mount(
    engine: Engine,
    source: SourceOf<LatentEncoderArchitecture>,
    options: StreamOptions = {},
  ): Promise<E4e> {
    const network = new E4eEncoderNetwork(source, engine.network.state.x, engine.opened.facts);
    const mounted = await engine.runtime.mount(network, source, options);
    return new E4e(network, mounted, source.architecture.styleDim);
  }

  /** The latents of the photo in the model's x `[latentCount, styleDim]`. @throws `device` error when the GPU is lost */
  async encode(): Promise<Float32Array<ArrayBuffer>> {
    this.#mounted.run('encode');
    const { heads, state } = this.#network;
    const found = await readHeads(heads, (batch) => this.#mounted.read(batch));
    return addHeads(await this.#mounted.read(state.average), found, this.#width);
  }

  /** Gives its memory back. */
  dispose(): void {
    this.#mounted.dispose();
  }
}
