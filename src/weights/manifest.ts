/**
 * `model.json`: what a converted model folder holds. Everything about the network that is not in the tensors, and the
 * list of files with their sizes and hashes, so that nothing is used before it has been checked.
 */
import type { Architecture, HypernetworkArchitecture, TrunkArchitecture } from '../architecture.ts';
import { ensure, HyperStyleError } from '../errors.ts';
import { BYTES_PER_ELEMENT, type DType, elementCount, type Shape } from '../tensor.ts';
import { checkJson } from './json.ts';
import { architectureOf, isNetworkEntries, type NetworkEntries, networksOf } from './networks.ts';
import { MAX_SHARD_BYTES } from './shards.ts';
import { isTuningRate } from './weight-source.ts';

/** The value of `format`. */
export const MODEL_FORMAT = 'hyperstyle-webgpu';

/** Characters of a model's name are fewer. */
export const MAX_MODEL_NAME = 200;

/** One safetensors file of the folder. */
export interface ShardEntry {
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 of the whole file, lower-case hex. */
  readonly sha256: string;
}

/** The content of `model.json`. */
export interface Manifest {
  readonly format: typeof MODEL_FORMAT;
  /** 2 lists its networks; 1 has the architecture of the one kind of model there was. */
  readonly version: 1 | 2;
  readonly name: string;
  /** What the converter was asked for; single tensors may keep more bits. */
  readonly dtype: 'f32' | 'f16' | 'int8';
  /** Numbers in the model, scales not counted. */
  readonly parameters: number;
  /** Its networks by name; see `networks.ts`. */
  readonly networks: NetworkEntries;
  /** Sizes of the HyperStyle model that they make. */
  readonly architecture: Architecture;
  readonly shards: readonly ShardEntry[];
  readonly tensors: Readonly<Record<string, { readonly dtype: DType; readonly shape: Shape }>>;
  /** safetensors of edit directions, each `[styleDim]`. */
  readonly directions?: string;
  /** safetensors of what moved in generators that were fine-tuned from this one, by the domain's name. */
  readonly domains?: Readonly<Record<string, string>>;
  /** Pictures to try the model on, relative to the folder. */
  readonly samples?: readonly string[];
  /** See {@link WeightSource.tuningRate}. */
  readonly tuningRate?: number;
}

/** A manifest as it is written: sizes stand with their networks. */
export type WrittenManifest = Omit<Manifest, 'architecture'>;

/** A file of the folder itself: no way out of it. */
const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const DOMAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/;
const SAMPLE_NAME = /^(samples\/)?[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
/** A model.json of a full-size model has 60 KB. */
const MAX_MANIFEST_CHARS = 2 ** 22;
/** Far above any network of this kind, far below what a loop or an allocation over them could not bear. */
const MAX_WIDTH = 2 ** 14;
const MAX_LAYERS = 256;
const MAX_DIMENSIONS = 16;
const MAX_DOMAINS = 64;

/**
 * Reads and checks `model.json`.
 * @param where its address, for error messages
 * @throws `model` error that names the first wrong field
 */
export function parseManifest(where: string, text: string): Manifest {
  const fail = (field: string, value: unknown, expected: string): string =>
    `${where}: ${field} is ${JSON.stringify(value)?.slice(0, 80)}, expected ${expected}; convert the checkpoint again`;
  ensure(
    text.length <= MAX_MANIFEST_CHARS,
    'model',
    () => `${where}: has ${text.length} characters, above ${MAX_MANIFEST_CHARS}; is this a model.json?`,
  );
  const value = parseJson(where, text);
  ensure(isRecord(value) && value.format === MODEL_FORMAT, 'model', () =>
    fail('format', isRecord(value) ? value.format : value, MODEL_FORMAT),
  );
  ensure(value.version === 1 || value.version === 2, 'model', () =>
    fail('version', value.version, '1 or 2 (or update this library)'),
  );
  ensure(typeof value.name === 'string' && value.name.length < MAX_MODEL_NAME, 'model', () =>
    fail('name', value.name, 'a text'),
  );
  ensure(isOneOf(['f32', 'f16', 'int8'], value.dtype), 'model', () => fail('dtype', value.dtype, 'f32, f16 or int8'));
  ensure(isNatural(value.parameters), 'model', () => fail('parameters', value.parameters, 'a whole number'));
  const { architecture, networks } = sizesOf(value);
  ensure(isArchitecture(architecture), 'model', () =>
    value.version === 1
      ? fail('architecture', value.architecture, 'sizes of a network (see src/architecture.ts)')
      : fail(
          'networks',
          value.networks,
          'generator, and possibly encoder and hypernetwork, each {kind, prefix, sizes…}',
        ),
  );
  ensure(Array.isArray(value.shards) && value.shards.length > 0 && value.shards.every(isShard), 'model', () =>
    fail('shards', value.shards, `a list of {file, bytes, sha256}, each at most ${MAX_SHARD_BYTES} bytes`),
  );
  ensure(isRecord(value.tensors) && Object.values(value.tensors).every(isTensor), 'model', () =>
    fail('tensors', value.tensors, 'a record of {dtype, shape}'),
  );
  checkSizes(where, value as unknown as Manifest);
  const { directions, domains, samples, tuningRate } = value;
  ensure(directions === undefined || isName(FILE_NAME, directions), 'model', () =>
    fail('directions', directions, 'a file name'),
  );
  ensure(domains === undefined || isDomains(domains), 'model', () =>
    fail('domains', domains, `at most ${MAX_DOMAINS} file names, each by a name of letters, digits, dots and dashes`),
  );
  ensure(
    samples === undefined || (Array.isArray(samples) && samples.every((s) => isName(SAMPLE_NAME, s))),
    'model',
    () => fail('samples', samples, 'a list of file names'),
  );
  ensure(tuningRate === undefined || isTuningRate(tuningRate), 'model', () =>
    fail('tuningRate', tuningRate, 'a number above 0, at most 1'),
  );
  return { ...value, architecture, networks: networks ?? networksOf(architecture) } as unknown as Manifest;
}

/** What a manifest of either version says of its networks, unchecked. */
function sizesOf(value: Readonly<Record<string, unknown>>): { architecture: unknown; networks?: NetworkEntries } {
  const { version, architecture, networks } = value;
  if (version === 1) return { architecture };
  return isNetworkEntries(networks) ? { architecture: architectureOf(networks), networks } : { architecture: null };
}

/** @throws `model` error when the tensors cannot come out of the shards, so that nothing is allocated for what never arrives */
function checkSizes(where: string, { shards, tensors }: Pick<Manifest, 'shards' | 'tensors'>): void {
  const stored = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  let needed = 0;
  for (const { dtype, shape } of Object.values(tensors)) needed += elementCount(shape) * BYTES_PER_ELEMENT[dtype];
  ensure(
    needed <= stored,
    'model',
    () => `${where}: tensors need ${needed} bytes, the shards have ${stored}; convert the checkpoint again`,
  );
}

function parseJson(where: string, text: string): unknown {
  try {
    checkJson(text);
    return JSON.parse(text);
  } catch (cause) {
    throw new HyperStyleError(
      'model',
      `${where}: is no valid JSON (${(cause as Error).message.split('\n')[0]}); is this the address of a model folder?`,
      { cause },
    );
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isNaturals(value: unknown): value is number[] {
  return Array.isArray(value) && value.length < 1000 && value.every(isNatural);
}

function isName(pattern: RegExp, value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isDomains(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= MAX_DOMAINS && entries.every(([name, file]) => isDomainName(name) && isName(FILE_NAME, file))
  );
}

/** Whether `name` can name a domain of a folder. */
export function isDomainName(name: string): boolean {
  return DOMAIN_NAME.test(name);
}

/** A whole number from `least` to `most`. */
function isWithin(least: number, most: number, value: unknown): value is number {
  return isNatural(value) && value >= least && value <= most;
}

function isOneOf(choices: readonly string[], value: unknown): boolean {
  return typeof value === 'string' && choices.includes(value);
}

function isShard(value: unknown): value is ShardEntry {
  return (
    isRecord(value) &&
    isName(FILE_NAME, value.file) &&
    isWithin(0, MAX_SHARD_BYTES, value.bytes) &&
    isName(/^[0-9a-f]{64}$/, value.sha256)
  );
}

function isTensor(value: unknown): boolean {
  return (
    isRecord(value) &&
    isOneOf(['f32', 'f16', 'i8'], value.dtype) &&
    isNaturals(value.shape) &&
    value.shape.length <= MAX_DIMENSIONS &&
    value.shape.every((n) => n > 0)
  );
}

/** Two rows `[from, to)` of a picture of `side` rows. */
function isRowRange(value: unknown, side: number): boolean {
  return isNaturals(value) && value.length === 2 && (value[0] ?? 0) < (value[1] ?? 0) && (value[1] ?? 0) <= side;
}

/** Whether `value`, from an untrusted file, are sizes of a trunk. */
export function isTrunk(value: unknown): value is TrunkArchitecture {
  return (
    isRecord(value) &&
    isWithin(1, MAX_WIDTH, value.stem) &&
    isNaturals(value.widths) &&
    value.widths.every((width) => isWithin(1, MAX_WIDTH, width)) &&
    isNaturals(value.units) &&
    value.units.reduce((sum, units) => sum + units, 0) <= MAX_LAYERS &&
    value.widths.length === value.units.length
  );
}

function isHypernetwork(value: unknown): value is HypernetworkArchitecture {
  if (!isTrunk(value)) return false;
  const { tunedLayers, sharedLayers, sharedTaps, separable } = value as unknown as Record<string, unknown>;
  return (
    isNaturals(tunedLayers) &&
    isNaturals(sharedLayers) &&
    (sharedTaps === 1 || sharedTaps === 3) &&
    typeof separable === 'boolean'
  );
}

function isArchitecture(value: unknown): value is Architecture {
  if (!isRecord(value)) return false;
  const { size, channels, cropRows, encoder, hypernetwork } = value;
  if (!isNatural(size) || !isRecord(channels)) return false;
  const levels = Math.log2(size) - 1;
  const widths = Array.from({ length: levels }, (_, i) => channels[String(4 * 2 ** i)]);
  return (
    Number.isInteger(levels) &&
    levels >= 1 &&
    levels <= 10 &&
    isWithin(1, MAX_WIDTH, value.styleDim) &&
    isWithin(0, MAX_LAYERS, value.mappingLayers) &&
    value.latentCount === 2 * levels &&
    isWithin(1, MAX_WIDTH, value.inputSize) &&
    widths.every((n) => isWithin(1, MAX_WIDTH, n)) &&
    (cropRows === null || isRowRange(cropRows, value.inputSize)) &&
    (encoder === null || isTrunk(encoder)) &&
    (hypernetwork === null || isHypernetwork(hypernetwork))
  );
}
