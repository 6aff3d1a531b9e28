/** Options of `HyperStyle.optimise` and `HyperStyle.pivot`: what they mean, and checks before anything is done. */
import { ensure, ensureOneOf, ensureOptions, ensureSignal, inWords } from '../errors.ts';
import { type LatentRecipe, type LatentSpace, SPACES } from '../method/latent-network.ts';
import { LOSSES, type Losses, type LossWeights } from '../method/losses.ts';
import { type LatentSchedule, PROJECTION } from '../method/optimise-latents.ts';
import type { PivotRecipe } from '../method/pivot-network.ts';
import { type PivotSchedule, TUNING } from '../method/pivot-weights.ts';
import type { NetworkLoss } from '../weights/loss-files.ts';
import type { Inversion } from './inversion.ts';
import { ensureCallback } from './options.ts';
import { type Align, ensureAlign } from './photo-aligner.ts';
import type { PictureSource } from './picture-source.ts';
import type { PersonValues, Picture } from './public.ts';

/** What `onProgress` is told. */
export interface TuningProgress {
  /** Steps done, and how many there are at most. */
  readonly step: number;
  readonly steps: number;
  /** Losses by name, each without its weight, and their weighted sum as `total`. */
  readonly losses: Losses;
  /** The picture after these steps; it is disposed of when the callback has ended. */
  readonly picture: Picture;
}

/** What both calls have in common. */
export interface TuningOptions {
  /**
   * Weights of the losses: `l2` 1, `lpips` 1 where `addLpips` came before; 0 by default are `id` (after `addIdentity`),
   * `moco` (after `addMoco`), `face` (after `addFaceDescriptor`), `ms-ssim` (1 − MS-SSIM) and `gradient` (of the
   * pictures' gradients, sharpens).
   */
  readonly loss?: Partial<LossWeights> | undefined;
  /** Told before the first step, every {@link every} steps and at the end; its promise is awaited. */
  readonly onProgress?: ((progress: TuningProgress) => void | Promise<void>) | undefined;
  /** Steps between two reports, from 1; default 10. */
  readonly every?: number | undefined;
  /** Ends the call at once; nothing of it is kept. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the run after the step under way and keeps what it has found. */
  readonly stop?: AbortSignal | undefined;
  /** How the photo is cut; see `InvertOptions.align`. */
  readonly align?: Align | undefined;
  /** Bytes of GPU memory that everything together may take: a call that needs more is refused before it begins. */
  readonly memory?: number | undefined;
  /** Seeds the noise on w, or the latents of the locality regularisation. */
  readonly seed?: number | undefined;
}

/** Options of `HyperStyle.optimise`. Defaults are those of pivotal tuning's first phase. */
export interface OptimiseOptions extends TuningOptions, Partial<Omit<LatentSchedule, 'seed'>> {
  /** `w` (default): one latent for all layers. `w+`: one each, nearer the photo and harder to edit. */
  readonly space?: LatentSpace | undefined;
  /** Where it begins: the average latent (default), the encoder's, or a person's. */
  readonly from?: 'average' | 'encoder' | Inversion | PersonValues | undefined;
  /** Weight of the noise maps' loss, officially 1e5: the maps are then optimised too, and thrown away with the run. Default 0. */
  readonly noiseWeight?: number | undefined;
  /** Pictures wider than this, 256 by default, are averaged down before they are compared. */
  readonly side?: number | undefined;
}

/** Locality regularisation: people near the pivot are to look as before. */
export interface LocalityOptions {
  /** Weight of its losses; officially 0.1. */
  readonly weight?: number | undefined;
  /** Truncation ψ of the latents that point the way, from 0; default 0.5. */
  readonly psi?: number | undefined;
  /** How far from the pivot the pictures are compared, in the units of w; default 30. */
  readonly ball?: number | undefined;
}

/** Options of `HyperStyle.pivot`. Defaults are those of pivotal tuning's second phase. */
export interface PivotOptions extends TuningOptions {
  /**
   * Where it begins: `hyperstyle` (default where the model can) inverts the photo first and tunes what it
   * found, `w` takes the encoder's latent and the checkpoint's weights; or a person: an inversion, one whose
   * latents were optimised, values, or an identity file.
   */
  readonly from?: 'hyperstyle' | 'w' | Inversion | PersonValues | Uint8Array | undefined;
  /** The photo, where a person came first. */
  readonly photo?: PictureSource | undefined;
  /** At most so many, from 1; default 350. */
  readonly steps?: number | undefined;
  /** Step size of Adam, the same throughout; default what the model's folder says, else 3e-4. */
  readonly rate?: number | undefined;
  /** Ends before the step at which LPIPS is at most this: 0.06; without LPIPS the squared error, and then 0 by default: never. */
  readonly stopAt?: number | undefined;
  /** Off when absent. */
  readonly locality?: LocalityOptions | undefined;
  /** Given the state of the run every {@link saveEvery} steps: keep it, and a lost GPU costs no more than those. */
  readonly onSave?: ((saved: Uint8Array<ArrayBuffer>) => void | Promise<void>) | undefined;
  /** Steps between two of `onSave`, from 1; default 50. */
  readonly saveEvery?: number | undefined;
  /** What `onSave` was given: goes on from there; the photo, the losses and the rate must be the same. */
  readonly resume?: Uint8Array | undefined;
}

/** Shares of the steps are divided by. */
const LEAST_SHARE = 1e-6;

/** @returns the number, or what stands for it */
function number(name: string, value: unknown, otherwise: number, least = 0): number {
  if (value === undefined) return otherwise;
  ensure(
    typeof value === 'number' && Number.isFinite(value) && value >= least,
    'option',
    () => `${name} is ${inWords(value)}, expected a number of ${least} or more`,
  );
  return value;
}

function whole(name: string, value: unknown, otherwise: number, least: number): number {
  const found = number(name, value, otherwise, least);
  ensure(Number.isInteger(found), 'option', () => `${name} is ${inWords(value)}, expected a whole number`);
  return found;
}

/** What to call before a loss counts. */
const ADDING: Readonly<Record<NetworkLoss, string>> = {
  lpips: 'addLpips with its files',
  id: 'addIdentity with its file',
  moco: 'addMoco with its file',
  face: 'addFaceDescriptor',
};

const NETWORK_LOSSES = Object.keys(ADDING) as readonly NetworkLoss[];

/**
 * @param present losses whose networks were added
 * @throws `option` error for a weight that is none, for a network that was not added, or when nothing is left
 */
function lossWeights(given: Partial<LossWeights> | undefined, present: ReadonlySet<NetworkLoss>): LossWeights {
  if (given !== undefined) ensureOptions('loss', given);
  for (const name of Object.keys(given ?? {})) ensureOneOf('a loss', name, LOSSES);
  const counts = (name: keyof LossWeights): boolean => name === 'l2' || (name === 'lpips' && present.has(name));
  const weights = LOSSES.map((name) => [name, number(`loss.${name}`, given?.[name], counts(name) ? 1 : 0)] as const);
  const loss = Object.fromEntries(weights) as LossWeights;
  for (const name of NETWORK_LOSSES) {
    ensure(
      loss[name] === 0 || present.has(name),
      'option',
      () =>
        `loss.${name} is above 0, but its network has not been added: ` +
        `call ${ADDING[name]} before, or leave it out`,
    );
  }
  ensure(
    weights.some(([, weight]) => weight > 0),
    'option',
    'every loss has weight 0: give one of them more',
  );
  return loss;
}

function checkCommon(what: string, options: TuningOptions): void {
  ensureOptions(what, options);
  ensureCallback('onProgress', options.onProgress);
  ensureSignal(options.signal);
  ensureSignal(options.stop);
  ensureAlign(options.align);
  whole('every', options.every, 1, 1);
  whole('seed', options.seed, 0, 0);
  number('memory', options.memory, 0);
}

/** Checked options of `optimise`. */
export function latentPlan(
  o: OptimiseOptions,
  present: ReadonlySet<NetworkLoss>,
): { recipe: LatentRecipe; schedule: LatentSchedule; every: number } {
  checkCommon('optimise', o);
  const { space = 'w' } = o;
  ensureOneOf('space', space, SPACES);
  const recipe = {
    space,
    loss: lossWeights(o.loss, present),
    noiseWeight: number('noiseWeight', o.noiseWeight, 0),
    side: whole('side', o.side, 256, 8),
  };
  ensure(Number.isInteger(Math.log2(recipe.side)), 'option', () => `side is ${recipe.side}, expected a power of two`);
  const schedule = {
    steps: whole('steps', o.steps, PROJECTION.steps, 1),
    rate: number('rate', o.rate, PROJECTION.rate),
    rampDown: number('rampDown', o.rampDown, PROJECTION.rampDown, LEAST_SHARE),
    rampUp: number('rampUp', o.rampUp, PROJECTION.rampUp, LEAST_SHARE),
    noise: number('noise', o.noise, PROJECTION.noise),
    noiseLength: number('noiseLength', o.noiseLength, PROJECTION.noiseLength, LEAST_SHARE),
    seed: o.seed ?? PROJECTION.seed,
  };
  return { recipe, schedule, every: o.every ?? 10 };
}

/** Checked options of `pivot`; `ownRate` is the model's, if it has one. */
export function pivotPlan(
  o: PivotOptions,
  present: ReadonlySet<NetworkLoss>,
  ownRate: number = TUNING.rate,
): { recipe: PivotRecipe; schedule: PivotSchedule; every: number; saveEvery: number } {
  checkCommon('pivot', o);
  ensureCallback('onSave', o.onSave);
  const { locality } = o;
  if (locality !== undefined) ensureOptions('locality', locality);
  const loss = lossWeights(o.loss, present);
  const schedule = {
    steps: whole('steps', o.steps, TUNING.steps, 1),
    rate: number('rate', o.rate, ownRate),
    stopAt: number('stopAt', o.stopAt, loss.lpips > 0 ? TUNING.stopAt : 0),
    psi: number('locality.psi', locality?.psi, TUNING.psi),
    ball: number('locality.ball', locality?.ball, TUNING.ball),
    seed: o.seed ?? TUNING.seed,
    keepEvery: TUNING.keepEvery,
  };
  const recipe = { loss, locality: locality ? number('locality.weight', locality.weight, 0.1) : 0 };
  return { recipe, schedule, every: o.every ?? 10, saveEvery: whole('saveEvery', o.saveEvery, 50, 1) };
}
