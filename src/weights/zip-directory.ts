/**
 * The directory of a zip archive, by random access: end record (zip64 too), central headers, and each local header
 * compared with its central one. Torch stores its tensors uncompressed, so an entry is a range of the file; an archive
 * that compresses, encrypts, overlaps or contradicts itself is refused instead of guessed at. Format: APPNOTE 6.3.
 */
import { ensure, HyperStyleError } from '../errors.ts';
import { crc32 } from './crc32.ts';
import type { ByteSource } from './random-access.ts';

/** One stored file of the archive: its bytes are `[offset, offset + size)` of the source. */
export interface ZipEntry {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** CRC-32 of its bytes, as the directory states it. */
  readonly crc: number;
}

/** A central header, before its local header has been visited. */
interface CentralHeader {
  name: string;
  flags: number;
  method: number;
  crc: number;
  compressed: number;
  size: number;
  localOffset: number;
}

const END = { signature: 0x06054b50, bytes: 22 };
const END64 = { signature: 0x06064b50, bytes: 56 };
const LOCATOR64 = { signature: 0x07064b50, bytes: 20 };
const CENTRAL = { signature: 0x02014b50, bytes: 46 };
const LOCAL = { signature: 0x04034b50, bytes: 30 };
/** A directory larger than this (a million entries) belongs to no checkpoint. */
const MAX_DIRECTORY_BYTES = 64 * 2 ** 20;
/** Each costs a read of its local header. Checkpoints with every optimiser's state have a few thousand. */
const MAX_ENTRIES = 100_000;
const ENCRYPTED = 1;
const SIZES_FOLLOW_DATA = 8;
const MASK32 = 0xffffffff;

const decoder = new TextDecoder();

/** Opens the directory. @throws `file` error for anything that is not a plain archive of stored entries */
export async function readZipDirectory(source: ByteSource): Promise<Map<string, ZipEntry>> {
  const directory = await locateDirectory(source);
  const bytes = await source.read(directory.offset, directory.size);
  const entries = new Map<string, ZipEntry>();
  for (const central of centralHeaders(source.name, bytes, directory.count)) {
    const offset = await dataOffset(source, central, directory.offset);
    ensure(!entries.has(central.name), 'file', () => bad(source, `holds "${central.name}" twice`));
    entries.set(central.name, { name: central.name, offset, size: central.size, crc: central.crc });
  }
  refuseOverlaps(source, [...entries.values()]);
  return entries;
}

/** Reads an entry a few MiB at a time and compares its CRC-32. @throws `file` error when they differ */
export async function verifyEntry(
  source: ByteSource,
  entry: ZipEntry,
  onBytes?: (bytes: number) => void,
): Promise<void> {
  let crc = 0;
  for (let at = 0; at < entry.size; at += 2 ** 22) {
    const bytes = await source.read(entry.offset + at, Math.min(2 ** 22, entry.size - at));
    crc = crc32(bytes, crc);
    onBytes?.(bytes.length);
  }
  const hex = (value: number): string => value.toString(16).padStart(8, '0');
  ensure(crc === entry.crc, 'file', () =>
    bad(source, `is damaged: "${entry.name}" has CRC-32 ${hex(crc)}, its directory says ${hex(entry.crc)}`),
  );
}

function bad(source: ByteSource, what: string): string {
  return `${source.name}: the zip archive ${what}; download it again, or save it again with torch.save`;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function uint64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

async function locateDirectory(source: ByteSource): Promise<{ offset: number; size: number; count: number }> {
  const tailLength = Math.min(source.size, END.bytes + 0xffff);
  const tail = viewOf(await source.read(source.size - tailLength, tailLength));
  let at = tailLength - END.bytes;
  while (
    at >= 0 &&
    !(tail.getUint32(at, true) === END.signature && at + END.bytes + tail.getUint16(at + 20, true) === tailLength)
  )
    at--;
  ensure(at >= 0, 'file', () => bad(source, 'has no end record (truncated download?)'));
  const endOffset = source.size - tailLength + at;
  let directory = {
    disk: tail.getUint16(at + 4, true) | tail.getUint16(at + 6, true),
    count: tail.getUint16(at + 10, true),
    size: tail.getUint32(at + 12, true),
    offset: tail.getUint32(at + 16, true),
    end: endOffset,
  };
  if (directory.count === 0xffff || directory.size === MASK32 || directory.offset === MASK32) {
    directory = await locateDirectory64(source, endOffset);
  }
  const { disk, count, size, offset, end } = directory;
  ensure(disk === 0, 'file', () => bad(source, 'is one part of a split archive'));
  ensure(offset + size <= end && size >= count * CENTRAL.bytes, 'file', () =>
    bad(
      source,
      `puts its directory at ${offset} + ${size} bytes, but that must end before ${end} and hold ${count} entries`,
    ),
  );
  ensure(size <= MAX_DIRECTORY_BYTES, 'file', () =>
    bad(source, `has a directory of ${size} bytes, above ${MAX_DIRECTORY_BYTES}`),
  );
  ensure(count <= MAX_ENTRIES, 'file', () => bad(source, `has ${count} entries, above ${MAX_ENTRIES}`));
  return { offset, size, count };
}

async function locateDirectory64(source: ByteSource, endOffset: number) {
  ensure(endOffset >= LOCATOR64.bytes, 'file', () => bad(source, 'lacks its zip64 locator'));
  const locator = viewOf(await source.read(endOffset - LOCATOR64.bytes, LOCATOR64.bytes));
  ensure(locator.getUint32(0, true) === LOCATOR64.signature, 'file', () => bad(source, 'lacks its zip64 locator'));
  const at = uint64(locator, 8);
  ensure(at + END64.bytes <= endOffset, 'file', () =>
    bad(source, `points to a zip64 record at ${at}, past its end record`),
  );
  const record = viewOf(await source.read(at, END64.bytes));
  ensure(record.getUint32(0, true) === END64.signature, 'file', () => bad(source, `has no zip64 record at ${at}`));
  return {
    disk: record.getUint32(16, true) | record.getUint32(20, true),
    count: uint64(record, 32),
    size: uint64(record, 40),
    offset: uint64(record, 48),
    end: at,
  };
}

function* centralHeaders(file: string, bytes: Uint8Array, count: number): Generator<CentralHeader> {
  const broken = (index: number): never => {
    throw new HyperStyleError(
      'file',
      `${file}: entry ${index} of ${count} of the zip directory is broken; download the file again`,
    );
  };
  const view = viewOf(bytes);
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL.bytes > bytes.length || view.getUint32(at, true) !== CENTRAL.signature) broken(index);
    const nameEnd = at + CENTRAL.bytes + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    if (extraEnd > bytes.length) broken(index);
    const header: CentralHeader = {
      name: decoder.decode(bytes.subarray(at + CENTRAL.bytes, nameEnd)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      compressed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      localOffset: view.getUint32(at + 42, true),
    };
    widen(header, viewOf(bytes.subarray(nameEnd, extraEnd)), () => broken(index));
    yield header;
    at = extraEnd + view.getUint16(at + 32, true);
  }
}

/** Replaces 32-bit fields that overflowed by those of the zip64 extra field (id 1), in the order APPNOTE gives. */
function widen(header: CentralHeader, extra: DataView, broken: () => never): void {
  const fields = (['size', 'compressed', 'localOffset'] as const).filter((field) => header[field] === MASK32);
  if (fields.length === 0) return;
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== 1) continue;
    const length = Math.min(extra.getUint16(at + 2, true), extra.byteLength - at - 4);
    if (length < fields.length * 8) broken();
    fields.forEach((field, i) => {
      header[field] = uint64(extra, at + 4 + 8 * i);
    });
    return;
  }
  broken();
}

/** Where an entry's bytes start, after proving that its local header tells the same story as the central one. */
async function dataOffset(source: ByteSource, central: CentralHeader, directoryOffset: number): Promise<number> {
  const { name, localOffset } = central;
  const fail = (what: string): string => bad(source, `entry "${name}" ${what}`);
  ensure(!(central.flags & ENCRYPTED), 'file', () => fail('is encrypted'));
  ensure(central.method === 0 && central.compressed === central.size, 'file', () =>
    fail(
      `is compressed (method ${central.method}, ${central.compressed} of ${central.size} bytes); only stored entries are read`,
    ),
  );
  ensure(localOffset + LOCAL.bytes <= directoryOffset, 'file', () =>
    fail(`starts at ${localOffset}, inside the directory at ${directoryOffset}`),
  );
  const nameBytes = new TextEncoder().encode(name).length;
  const bytes = await source.read(localOffset, Math.min(LOCAL.bytes + nameBytes, directoryOffset - localOffset));
  const local = viewOf(bytes);
  ensure(local.getUint32(0, true) === LOCAL.signature, 'file', () => fail(`has no local header at ${localOffset}`));
  const localName = decoder.decode(bytes.subarray(LOCAL.bytes, LOCAL.bytes + local.getUint16(26, true)));
  ensure(localName === name, 'file', () => fail(`is called "${localName}" in its local header`));
  ensure(local.getUint16(8, true) === central.method, 'file', () =>
    fail(`has method ${local.getUint16(8, true)} in its local header, ${central.method} in the directory`),
  );
  const deferred = (local.getUint16(6, true) & SIZES_FOLLOW_DATA) !== 0;
  const agrees = (value: number, expected: number): boolean =>
    value === expected || value === MASK32 || (deferred && value === 0);
  ensure(
    agrees(local.getUint32(18, true), central.size) && agrees(local.getUint32(22, true), central.size),
    'file',
    () => fail(`has ${local.getUint32(22, true)} bytes in its local header, ${central.size} in the directory`),
  );
  ensure(agrees(local.getUint32(14, true), central.crc), 'file', () =>
    fail('has one CRC-32 in its local header, another in the directory'),
  );
  const offset = localOffset + LOCAL.bytes + local.getUint16(26, true) + local.getUint16(28, true);
  ensure(offset + central.size <= directoryOffset, 'file', () =>
    fail(`ends at ${offset + central.size}, past the directory at ${directoryOffset}`),
  );
  return offset;
}

function refuseOverlaps(source: ByteSource, entries: ZipEntry[]): void {
  const sorted = entries.filter((entry) => entry.size > 0).sort((a, b) => a.offset - b.offset);
  sorted.forEach((entry, i) => {
    const next = sorted[i + 1];
    ensure(!next || entry.offset + entry.size <= next.offset, 'file', () =>
      bad(source, `entries "${entry.name}" and "${next?.name}" overlap`),
    );
  });
}
