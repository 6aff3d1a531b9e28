/**
 * `model.json`: what a converted model folder holds. Everything about the network that is not in the tensors, and the
 * list of files with their sizes and hashes, so that nothing is used before it has been checked.
 */
import type { Architecture, HypernetworkArchitecture, TrunkArchitecture } from '../architecture.ts';
import { ensure, HyperStyleError } from '../errors.ts';
import type { DType, Shape } from '../tensor.ts';
import { checkJson } from './json.ts';

/** The value of `format`. */
export const MODEL_FORMAT = 'hyperstyle-webgpu';

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
  readonly version: 1;
  readonly name: string;
  /** What the converter was asked for; single tensors may keep more bits. */
  readonly dtype: 'f32' | 'f16' | 'int8';
  /** Numbers in the model, scales not counted. */
  readonly parameters: number;
  readonly architecture: Architecture;
  readonly shards: readonly ShardEntry[];
  readonly tensors: Readonly<Record<string, { readonly dtype: DType; readonly shape: Shape }>>;
  /** safetensors of edit directions, each `[styleDim]`. */
  readonly directions?: string;
  /** Pictures to try the model on, relative to the folder. */
  readonly samples?: readonly string[];
}

/** A file of the folder itself: no way out of it. */
const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const SAMPLE_NAME = /^(samples\/)?[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
/** A model.json of a full-size model has 60 KB. */
const MAX_MANIFEST_CHARS = 2 ** 22;

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
  ensure(value.version === 1, 'model', () => fail('version', value.version, '1 (or update this library)'));
  ensure(typeof value.name === 'string' && value.name.length < 200, 'model', () => fail('name', value.name, 'a text'));
  ensure(['f32', 'f16', 'int8'].includes(String(value.dtype)), 'model', () =>
    fail('dtype', value.dtype, 'f32, f16 or int8'),
  );
  ensure(isNatural(value.parameters), 'model', () => fail('parameters', value.parameters, 'a whole number'));
  ensure(isArchitecture(value.architecture), 'model', () =>
    fail('architecture', value.architecture, 'sizes of a network (see src/architecture.ts)'),
  );
  ensure(Array.isArray(value.shards) && value.shards.length > 0 && value.shards.every(isShard), 'model', () =>
    fail('shards', value.shards, 'a list of {file, bytes, sha256}'),
  );
  ensure(isRecord(value.tensors) && Object.values(value.tensors).every(isTensor), 'model', () =>
    fail('tensors', value.tensors, 'a record of {dtype, shape}'),
  );
  const { directions, samples } = value;
  ensure(directions === undefined || isName(FILE_NAME, directions), 'model', () =>
    fail('directions', directions, 'a file name'),
  );
  ensure(
    samples === undefined || (Array.isArray(samples) && samples.every((s) => isName(SAMPLE_NAME, s))),
    'model',
    () => fail('samples', samples, 'a list of file names'),
  );
  return value as unknown as Manifest;
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

function isShard(value: unknown): value is ShardEntry {
  return (
    isRecord(value) && isName(FILE_NAME, value.file) && isNatural(value.bytes) && isName(/^[0-9a-f]{64}$/, value.sha256)
  );
}

function isTensor(value: unknown): boolean {
  return isRecord(value) && ['f32', 'f16', 'i8'].includes(String(value.dtype)) && isNaturals(value.shape);
}

function isTrunk(value: unknown): value is TrunkArchitecture {
  return (
    isRecord(value) &&
    isNatural(value.stem) &&
    isNaturals(value.widths) &&
    isNaturals(value.units) &&
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
  const numbers = [size, value.styleDim, value.mappingLayers, value.latentCount, value.inputSize];
  if (!numbers.every(isNatural) || !isRecord(channels)) return false;
  const levels = Math.log2(size as number) - 1;
  const widths = Array.from({ length: levels }, (_, i) => channels[String(4 * 2 ** i)]);
  return (
    Number.isInteger(levels) &&
    levels >= 1 &&
    levels <= 10 &&
    widths.every((n) => isNatural(n) && n > 0) &&
    (cropRows === null || (isNaturals(cropRows) && cropRows.length === 2)) &&
    (encoder === null || isTrunk(encoder)) &&
    (hypernetwork === null || isHypernetwork(hypernetwork))
  );
}
