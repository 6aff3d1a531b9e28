/**
 * Which model an identity belongs to. The mark is of values that every conversion of a checkpoint keeps
 * exactly, so that its f32, f16 and int8 models agree, and two hypernetworks of one generator do not. It is
 * taken while the weights stream in.
 */
import type { Architecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { BYTES_PER_ELEMENT, elementCount } from '../tensor.ts';
import { storedAs } from '../weights/quantize.ts';
import { sha256 } from '../weights/sha256.ts';
import { rowBytes } from '../weights/shards.ts';
import { AVERAGE_LATENT } from '../weights/unified-keys.ts';
import type { TensorInfo, WeightSource } from '../weights/weight-source.ts';

/** What an identity must share with a model. */
export interface ModelMark {
  /** Sizes, as one line. */
  readonly architecture: string;
  /** First digits of a SHA-256 of the average latent w̄. */
  readonly latents: string;
  /** First digits of a SHA-256 over the hypernetwork's vectors (biases, BatchNorm); of nothing where there is none. */
  readonly hypernetwork: string;
}

/**
 * Checks that a person belongs to a model.
 * @param what the person is called
 * @param made the mark of the model that made them, and its name as `model`
 * @throws `model` error naming what differs
 */
export function ensureSameModel(
  what: string,
  made: Readonly<Partial<Record<keyof ModelMark | 'model', string>>>,
  mark: ModelMark,
): void {
  for (const part of ['architecture', 'latents', 'hypernetwork'] as const) {
    ensure(
      made[part] === mark[part],
      'model',
      () =>
        `${what}: made with "${made.model}" (${part} ${made[part] ?? 'not said'}), ` +
        `this model's is ${mark[part]}; load the model it was made with`,
    );
  }
}

const DIGITS = 16;

function sizes(arch: Architecture): string {
  const hyper = arch.hypernetwork;
  return [arch.size, arch.styleDim, arch.latentCount, hyper?.tunedLayers.join('.'), hyper?.separable].join(' ');
}

/** Takes the mark of what streams through. */
export class Marking {
  /** The same source; its stream is looked at. */
  readonly source: WeightSource;
  readonly #architecture: Architecture;
  /** Bytes of tensors of which rows are missing. */
  readonly #partial = new Map<string, { readonly bytes: Uint8Array<ArrayBuffer>; missing: number }>();
  readonly #digests = new Map<string, string>();

  constructor(source: WeightSource) {
    this.#architecture = source.architecture;
    const { tensors } = source;
    this.source = {
      ...source,
      stream: (visit, options) =>
        source.stream(async (info, bytes, rowOffset) => {
          if (isMarked(info, tensors)) await this.#take(info, bytes, rowOffset);
          await visit(info, bytes, rowOffset);
        }, options),
    };
  }

  /** The mark, when everything has streamed through. */
  async mark(): Promise<ModelMark> {
    const vectors = [...this.#digests].filter(([name]) => name !== AVERAGE_LATENT).sort(([a], [b]) => (a < b ? -1 : 1));
    const listed = new TextEncoder().encode(vectors.map((pair) => pair.join(' ')).join('\n'));
    return {
      architecture: sizes(this.#architecture),
      latents: (this.#digests.get(AVERAGE_LATENT) ?? (await sha256(new Uint8Array()))).slice(0, DIGITS),
      hypernetwork: (await sha256(listed)).slice(0, DIGITS),
    };
  }

  async #take(info: TensorInfo, bytes: Uint8Array, rowOffset: number): Promise<void> {
    const total = elementCount(info.shape) * BYTES_PER_ELEMENT[info.dtype];
    const partial = this.#partial.get(info.name) ?? { bytes: new Uint8Array(total), missing: total };
    this.#partial.set(info.name, partial);
    partial.bytes.set(bytes, rowOffset * rowBytes(info));
    partial.missing -= bytes.byteLength;
    if (partial.missing > 0) return;
    this.#partial.delete(info.name);
    this.#digests.set(info.name, await sha256(partial.bytes));
  }
}

/** Whether every conversion keeps a tensor's values, and it tells a person's codes apart. Scales exist in int8 models only. */
function isMarked(info: TensorInfo, tensors: ReadonlyMap<string, TensorInfo>): boolean {
  if (info.name === AVERAGE_LATENT) return true;
  if (!info.name.startsWith('hypernet.') || storedAs(info, 'int8') !== 'f32') return false;
  return !(info.name.endsWith('.scale') && tensors.has(info.name.slice(0, -'.scale'.length)));
}
