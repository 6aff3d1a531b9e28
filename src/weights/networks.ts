/**
 * The networks of a model as `model.json` lists them: each by a name, with its kind, where its tensors begin in
 * the checkpoint, and the sizes that its kind has. A HyperStyle model's are three; a folder may list others
 * beside them.
 */
import type { Architecture, LatentEncoderArchitecture } from '../architecture.ts';

/** One network of a model folder. */
export interface NetworkEntry {
  /** What it is, e.g. `stylegan2`: says which fields follow, and which layout its tensors have. */
  readonly kind: string;
  /** First part of its tensors' names, e.g. `decoder`. */
  readonly prefix: string;
  readonly [field: string]: unknown;
}

/** Networks by name. */
export type NetworkEntries = Readonly<Record<string, NetworkEntry>>;

/** Kinds of a HyperStyle model's networks. */
export const KINDS = { hypernetwork: 'hyperstyle', generator: 'stylegan2', encoder: 'w-encoder' } as const;

/** Encoders into W+, which come with a generator in one file. */
export type LatentEncoderKind = 'restyle' | 'e4e';

/** What tells one kind of them from another. */
interface LatentEncoderFacts {
  /** In words. */
  readonly title: string;
  /** `kind` of its entry in `model.json`, whose name is the key here. */
  readonly kind: string;
  /** Channels that it reads: a photo's, or those of photo and reconstruction. */
  readonly channels: number;
  /** `encoder_type` in its checkpoint's options. */
  readonly encoderType: string;
  /** The published checkpoint. */
  readonly file: string;
}

/** The encoders into W+ that are known. */
export const LATENT_ENCODERS: Readonly<Record<LatentEncoderKind, LatentEncoderFacts>> = {
  restyle: {
    title: 'ReStyle-e4e',
    kind: 'restyle-e4e',
    channels: 6,
    encoderType: 'ProgressiveBackboneEncoder',
    file: 'restyle_e4e_*.pt',
  },
  e4e: { title: 'e4e', kind: 'e4e', channels: 3, encoderType: 'Encoder4Editing', file: 'e4e_*_encode.pt' },
};

const PREFIXES = { hypernetwork: 'hypernet', generator: 'decoder', encoder: 'encoder' } as const;

/** The networks of a HyperStyle model, in the order in which a checkpoint has them. */
export function networksOf({ encoder, hypernetwork, ...generator }: Architecture): NetworkEntries {
  const entry = (name: keyof typeof KINDS, sizes: object | null): [string, NetworkEntry][] =>
    sizes ? [[name, { kind: KINDS[name], prefix: PREFIXES[name], ...sizes }]] : [];
  return Object.fromEntries([
    ...entry('hypernetwork', hypernetwork),
    ...entry('generator', generator),
    ...entry('encoder', encoder),
  ]);
}

/** The networks of a model that finds latents in W+: its generator, and its encoder beside it. */
export function latentEncoderNetworks(
  name: LatentEncoderKind,
  { encoder, ...generator }: LatentEncoderArchitecture,
): NetworkEntries {
  const { kind } = LATENT_ENCODERS[name];
  return {
    ...networksOf({ ...generator, encoder: null, hypernetwork: null }),
    [name]: { kind, prefix: PREFIXES.encoder, ...encoder },
  };
}

/** The encoder into W+ of such a model, its sizes unchecked; undefined where a folder has none of that kind. */
export function latentEncoderEntry(name: LatentEncoderKind, networks: NetworkEntries): NetworkEntry | undefined {
  const entry = Object.hasOwn(networks, name) ? networks[name] : undefined;
  return entry?.kind === LATENT_ENCODERS[name].kind && entry.prefix === PREFIXES.encoder ? entry : undefined;
}

/**
 * The inverse of {@link networksOf}, unchecked: what an {@link Architecture} must prove to be.
 * @returns null when a listed network is of another kind or has other tensors than a HyperStyle model's
 */
export function architectureOf(networks: NetworkEntries): Readonly<Record<string, unknown>> | null {
  const found: Record<string, Readonly<Record<string, unknown>> | null> = {};
  for (const name of ['hypernetwork', 'generator', 'encoder'] as const) {
    const entry = Object.hasOwn(networks, name) ? networks[name] : undefined;
    if (entry && (entry.kind !== KINDS[name] || entry.prefix !== PREFIXES[name])) return null;
    if (!entry) found[name] = null;
    else {
      const { kind: _kind, prefix: _prefix, ...sizes } = entry;
      found[name] = sizes;
    }
  }
  const { generator, encoder, hypernetwork } = found;
  return generator ? { ...generator, encoder, hypernetwork } : null;
}

/** Whether `value`, from an untrusted file, lists networks. */
export function isNetworkEntries(value: unknown): value is NetworkEntries {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries: unknown[] = Object.values(value);
  return entries.length > 0 && entries.length <= 64 && entries.every(isNetworkEntry);
}

function isNetworkEntry(value: unknown): value is NetworkEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, prefix } = value as Readonly<Record<string, unknown>>;
  return [kind, prefix].every((text) => typeof text === 'string' && /^[\w.-]{1,100}$/.test(text));
}
