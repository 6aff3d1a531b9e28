/**
 * The files of the authors' Python tools: `latents.npy`, `weight_deltas/NAME.npy`, and a person's generator as
 * a `g_ema` checkpoint. What reads and writes them, `exchange-files.ts`, is loaded when it is first asked for.
 */
import { imported } from '../errors.ts';
import type { EditFile } from './edit-file.ts';
import type { Inversion } from './inversion.ts';
import type { InversionContext } from './model-context.ts';
import type { PivotedPerson } from './pivoted.ts';
import type { EditOptions, PersonValues } from './public.ts';

/** The part of a person's values that `latents.npy` holds. */
export type BaseLatents = Pick<PersonValues, 'base'>;

const files = (): Promise<typeof import('./exchange-files.ts')> => imported(import('./exchange-files.ts'));

/** People and generators in and out, of one model. */
export class Exchange {
  readonly #context: InversionContext;

  /** @internal */
  constructor(context: InversionContext) {
    this.#context = context;
  }

  /**
   * `latents.npy` of people by picture name: inversions, or the values that were read of them.
   * @throws `option` error for what is no inversion of this model; `device`
   */
  async latents(people: Readonly<Record<string, Inversion | BaseLatents>>): Promise<Uint8Array<ArrayBuffer>> {
    return (await files()).latents(this.#context, people);
  }

  /** `weight_deltas/NAME.npy` of one person, ΣΔ of every tuned layer. Errors as `Inversion.weightOffsets`. */
  async weightDeltas(person: Inversion, options: EditOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return (await files()).weightDeltas(this.#context, person, options);
  }

  /**
   * The person's own generator as a checkpoint `{g_ema, latent_avg}` that StyleGAN2's Python tools load: θ·(1 + ΣΔ)
   * of an inversion, θ + δ of a tuned person. The weights are read from where the model came from once more.
   * @throws `option` error as `Inversion.weightOffsets`, `tensor` for weights kept as int8, errors of the
   *   source; `device`, `memory`
   */
  async generator(person: Inversion | PivotedPerson, options: EditOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return (await files()).generator(this.#context, person, options);
  }

  /**
   * People from the authors' results: `latents.npy`, and offsets for those that have a file of `weight_deltas` (matched by name).
   * They are shown, edited and exported like others; an identity needs codes, which these files do not hold.
   * @throws `file`, `pickle`, `tensor` errors of files that are none or another generator's, `option` for
   *   offsets of nobody or of a layer that this model does not tune; `device`, `memory`
   */
  async importPeople(latents: EditFile, deltas: readonly EditFile[] = []): Promise<Map<string, Inversion>> {
    return (await files()).importPeople(this.#context, latents, deltas);
  }
}
