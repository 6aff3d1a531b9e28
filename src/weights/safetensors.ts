/**
 * safetensors: 8 bytes of header length, a JSON header `{name: {dtype, shape, data_offsets}, __metadata__: {…}}`, data.
 * The reader proves every range before using it; `safetensors-header.ts` writes. Format: huggingface/safetensors.
 */
import { ensure, HyperStyleError } from '../errors.ts';
import type { Shape } from '../tensor.ts';
import { STORED_BYTES, type StoredDType } from './elements.ts';
import { checkJson } from './json.ts';
import type { ByteSource } from './random-access.ts';
import { DTYPES } from './safetensors-header.ts';
import { contiguousStrides, type StoredTensor, storedTensor } from './stored-tensor.ts';

/** The format's own limit is 100 MB; ours need less than one. */
const MAX_HEADER_BYTES = 2 ** 24;

/** One tensor of a file: where its bytes are in the source. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: StoredDType;
  readonly shape: Shape;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** A file's header: tensors in the order of their data, and the string metadata. */
export interface SafetensorsHeader {
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads and checks the header. @throws `file` error for any impossible or overlapping range */
export async function readSafetensorsHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const bad = (what: string): string =>
    `${source.name}: ${what}; the file is no safetensors or corrupt: download it again`;
  ensure(source.size >= 8, 'file', () => bad(`has ${source.size} bytes, a safetensors file at least 8`));
  const length = Number(new DataView((await source.read(0, 8)).buffer).getBigUint64(0, true));
  ensure(length <= source.size - 8, 'file', () =>
    bad(`announces a header of ${length} bytes, but only ${source.size - 8} follow`),
  );
  ensure(length <= MAX_HEADER_BYTES, 'file', () =>
    bad(`announces a header of ${length} bytes, above ${MAX_HEADER_BYTES}`),
  );
  const header = parseHeader(await source.read(8, length), bad);
  const dataStart = 8 + length;
  const entries: SafetensorsEntry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = checkedMetadata(value, bad);
    else entries.push(checkedEntry(name, value, dataStart, source.size, bad));
  }
  entries.sort((a, b) => a.byteOffset - b.byteOffset);
  let end = dataStart;
  for (const entry of entries) {
    ensure(entry.byteOffset === end, 'file', () =>
      bad(
        `tensor "${entry.name}" starts at ${entry.byteOffset - dataStart}, the one before ends at ${end - dataStart}`,
      ),
    );
    end += entry.byteLength;
  }
  ensure(end === source.size, 'file', () => bad(`tensors end at byte ${end} of ${source.size}`));
  return { entries, metadata };
}

/** Opens a file as tensors that are read on demand. @throws `file` error */
export async function openSafetensors(
  source: ByteSource,
): Promise<{ tensors: Map<string, StoredTensor>; metadata: Readonly<Record<string, string>> }> {
  const { entries, metadata } = await readSafetensorsHeader(source);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, byteOffset, byteLength } of entries) {
    const storage = { key: name, dtype, source, byteOffset, elements: byteLength / STORED_BYTES[dtype] };
    tensors.set(name, storedTensor(name, storage, 0, shape, contiguousStrides(shape)));
  }
  return { tensors, metadata };
}

function parseHeader(bytes: Uint8Array, bad: (what: string) => string): Record<string, unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    checkJson(text);
    const header: unknown = JSON.parse(text);
    ensure(isRecord(header), 'file', () => bad('its header is no JSON object'));
    return header;
  } catch (cause) {
    if (cause instanceof HyperStyleError) throw cause;
    throw new HyperStyleError(
      'file',
      bad(`its header is unreadable (${String((cause as Error).message).split('\n')[0]})`),
      { cause },
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkedMetadata(value: unknown, bad: (what: string) => string): Record<string, string> {
  const strings = isRecord(value) && Object.values(value).every((item) => typeof item === 'string');
  ensure(strings, 'file', () => bad('its __metadata__ is not text only'));
  return value as Record<string, string>;
}

function checkedEntry(
  name: string,
  value: unknown,
  dataStart: number,
  size: number,
  bad: (what: string) => string,
): SafetensorsEntry {
  const { dtype, shape, data_offsets: offsets } = isRecord(value) ? value : {};
  const type = typeof dtype === 'string' ? DTYPES.get(dtype) : undefined;
  ensure(type, 'file', () =>
    bad(`tensor "${name}" has element type ${JSON.stringify(dtype)}; known are ${[...DTYPES.keys()].join(', ')}`),
  );
  const natural = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  ensure(Array.isArray(shape) && shape.length <= 16 && shape.every(natural), 'file', () =>
    bad(`tensor "${name}" has no valid shape`),
  );
  ensure(Array.isArray(offsets) && offsets.length === 2 && offsets.every(natural), 'file', () =>
    bad(`tensor "${name}" has no valid data_offsets`),
  );
  const [from, to] = offsets as [number, number];
  // exact, so that a product past 2^53 cannot wrap or round to the right length
  const bytes = (shape as number[]).reduce((product, n) => product * BigInt(n), BigInt(STORED_BYTES[type]));
  ensure(from <= to && to <= size - dataStart, 'file', () =>
    bad(`tensor "${name}" lies at ${from} to ${to} of ${size - dataStart} data bytes`),
  );
  ensure(bytes === BigInt(to - from), 'file', () =>
    bad(`tensor "${name}" [${shape}] ${dtype} needs ${bytes} bytes, its range has ${to - from}`),
  );
  return { name, dtype: type, shape: shape as number[], byteOffset: dataStart + from, byteLength: to - from };
}
