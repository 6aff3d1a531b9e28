/** What a training compares pictures with their targets by: the losses of `method/losses.ts`, for a batch. */
import type { Seed } from '../gradients/tape.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { gradientLoss, type SquaredLossArgs, squaredLoss } from '../kernels/losses.ts';
import { addInto, fill } from '../kernels/sums.ts';
import { slice } from '../models/conv-weights.ts';
import { msSsim } from '../models/ms-ssim.ts';
import type { Network } from '../runtime/network.ts';
import { type Tensor, tensor } from '../tensor.ts';
import type { WeightSource } from '../weights/weight-source.ts';

/** A loss that compares pictures by the features of a network of its own: LPIPS, identity, MoCo. */
export interface FeatureLoss {
  /** E.g. `lpips`. */
  readonly name: string;
  readonly weight: number;
  /** Mounted beside the network that learns; its weights never move. */
  readonly network: Network;
  readonly source: Pick<WeightSource, 'name' | 'stream'>;
  /** Records the features of a target, which is a constant. */
  readonly features: (g: Recorder, target: Tensor) => readonly Tensor[];
  /** Records the distance of a picture from a target's features: `[1]`. */
  readonly distance: (g: Recorder, picture: Tensor, features: readonly Tensor[]) => Tensor;
}

/** Losses that need no network: mean squared error, 1 − MS-SSIM, of the pictures' gradients (see `gradientLoss`). */
export const PIXEL_LOSSES = ['l2', 'ms-ssim', 'gradient'] as const;
type PixelLoss = (typeof PIXEL_LOSSES)[number];

/** Their weights; 0 leaves one out. */
export type PixelLosses = Readonly<Record<PixelLoss, number>>;

const RECORD: Readonly<Record<PixelLoss, (g: Recorder, a: SquaredLossArgs) => Tensor>> = {
  l2: squaredLoss,
  'ms-ssim': (g, a) => msSsim(g, { ...a, form: 'standard', distance: true }).mean,
  gradient: gradientLoss,
};

/** A loss of one batch that is a mean over its pictures. */
export interface LossTerm {
  readonly name: string;
  readonly weight: number;
}

/** The losses of a batch's pictures against their targets. */
export class BatchLosses {
  /** Unweighted values `[pictures · terms]`, picture by picture. */
  readonly values: Tensor;
  readonly terms: readonly LossTerm[];
  readonly #pixels: PixelLosses;
  readonly #simple: readonly PixelLoss[];
  readonly #features: readonly FeatureLoss[];
  readonly #targets: readonly Tensor[];
  /** Features of each target, by loss. */
  readonly #kept: readonly (readonly (readonly Tensor[])[])[];

  /** @param targets `[3, H, W]` each */
  constructor(targets: readonly Tensor[], pixels: PixelLosses, features: readonly FeatureLoss[], begin: Recorder) {
    this.#targets = targets;
    this.#pixels = pixels;
    this.#features = features.filter(({ weight }) => weight > 0);
    this.#simple = PIXEL_LOSSES.filter((name) => pixels[name] > 0);
    const simple = this.#simple.map((name) => ({ name, weight: pixels[name] }));
    this.terms = [...this.#features.map(({ name, weight }) => ({ name, weight })), ...simple];
    this.values = tensor('losses of a batch', [targets.length * this.terms.length]);
    this.#kept = this.#features.map((loss) =>
      targets.map((target, n) =>
        loss.features(begin, target).map((found, i) => {
          const kept = tensor(`${loss.name} of target ${n}: ${i}`, found.shape);
          addInto(begin, { a: found, target: slice(kept), keep: false });
          return kept;
        }),
      ),
    );
  }

  /** Records all losses of a batch's pictures. @returns where the way back starts; nothing needs it where nothing learns */
  record(g: Recorder, pictures: readonly Tensor[]): () => Seed[] {
    const found = pictures.flatMap((picture, n) => this.#ofPicture(g, picture, n));
    found.forEach(({ value: a }, i) => {
      addInto(g, { a, target: slice(this.values, i), keep: false });
    });
    return () =>
      found.map(({ value, weight }) => {
        const gradient = fill(g, g.transient('weight', [1]), weight / pictures.length);
        return { of: value, gradient };
      });
  }

  #ofPicture(g: Recorder, picture: Tensor, n: number): { value: Tensor; weight: number }[] {
    const target = this.#targets[n] ?? picture;
    const label = `picture ${n}`;
    return [
      ...this.#features.map((loss, i) => ({
        value: loss.distance(g, picture, this.#kept[i]?.[n] ?? []),
        weight: loss.weight,
      })),
      ...this.#simple.map((name) => ({
        value: RECORD[name](g, { label, input: picture, target }),
        weight: this.#pixels[name],
      })),
    ];
  }

  /**
   * Values that were read, as means by name, and their weighted sum as `total`.
   * @param pictures that the means are over: the first so many of the batch
   */
  read(values: ArrayLike<number>, pictures = this.#targets.length): Record<string, number> {
    const { terms } = this;
    const means = terms.map(({ name }, i): [string, number] => {
      const all = Array.from({ length: pictures }, (_, n) => values[n * terms.length + i] ?? Number.NaN);
      return [name, all.reduce((sum, value) => sum + value, 0) / pictures];
    });
    const total = terms.reduce((sum, { weight }, i) => sum + weight * (means[i]?.[1] ?? Number.NaN), 0);
    return Object.fromEntries([...means, ['total', total]]);
  }
}
