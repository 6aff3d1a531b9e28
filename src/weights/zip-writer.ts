/** Writes a zip archive of stored entries as torch.save does, each entry streamed and its data aligned to 64 bytes. */
import { ensure } from '../errors.ts';
import { joinBytes } from './bytes.ts';
import { crc32 } from './crc32.ts';

/** An archive's bytes go here: a file, or memory in tests. */
export interface ZipSink {
  /** Writes at the end. */
  append(bytes: Uint8Array): Promise<void>;
  /** Overwrites earlier bytes. */
  patch(offset: number, bytes: Uint8Array): Promise<void>;
}

interface Written {
  readonly name: Uint8Array;
  readonly crc: number;
  readonly size: number;
  readonly localOffset: number;
}

const ALIGNMENT = 64;
/** Sizes and offsets stay below what 32 bits hold; larger archives would need zip64. */
const MAX_BYTES = 2 ** 32 - 2;
/** 1 January 1980, the zero of the format, so that equal contents give equal archives. */
const DATE = 0x21;

/** Fills a zip archive entry by entry; call {@link finish} last. */
export class ZipWriter {
  readonly #sink: ZipSink;
  readonly #entries: Written[] = [];
  #at = 0;

  constructor(sink: ZipSink) {
    this.#sink = sink;
  }

  /** Adds an entry from its parts. @throws `file` error above 4 GiB */
  async add(name: string, parts: Iterable<Uint8Array>): Promise<void> {
    const entry = { name: new TextEncoder().encode(name), localOffset: this.#at };
    const padding = -(this.#at + 30 + entry.name.length + 4) & (ALIGNMENT - 1);
    await this.#append(header(0x04034b50, entry.name, { crc: 0, size: 0, extra: padding + 4 }));
    await this.#append(entry.name);
    // an extra field of an id of no meaning, as torch pads
    await this.#append(
      Uint8Array.from({ length: padding + 4 }, (_, i) => [0x46, 0x42, padding & 255, padding >> 8][i] ?? 0x5a),
    );
    let [crc, size] = [0, 0];
    for (const part of parts) {
      crc = crc32(part, crc);
      size += part.length;
      await this.#append(part);
    }
    await this.#sink.patch(entry.localOffset, header(0x04034b50, entry.name, { crc, size, extra: padding + 4 }));
    this.#entries.push({ ...entry, crc, size });
  }

  /** Writes the directory. */
  async finish(): Promise<void> {
    const start = this.#at;
    for (const { name, crc, size, localOffset } of this.#entries) {
      await this.#append(centralHeader(name, crc, size, localOffset));
      await this.#append(name);
    }
    const end = new DataView(new ArrayBuffer(22));
    end.setUint32(0, 0x06054b50, true);
    end.setUint16(8, this.#entries.length, true);
    end.setUint16(10, this.#entries.length, true);
    end.setUint32(12, this.#at - start, true);
    end.setUint32(16, start, true);
    await this.#append(new Uint8Array(end.buffer));
  }

  async #append(bytes: Uint8Array): Promise<void> {
    this.#at += bytes.length;
    ensure(
      this.#at < MAX_BYTES,
      'file',
      () => `a zip archive of ${this.#at} bytes is too large to write, at most ${MAX_BYTES}; choose a smaller domain`,
    );
    await this.#sink.append(bytes);
  }
}

function header(
  signature: number,
  name: Uint8Array,
  { crc, size, extra }: { crc: number; size: number; extra: number },
): Uint8Array {
  const view = new DataView(new ArrayBuffer(30));
  view.setUint32(0, signature, true);
  view.setUint16(4, 20, true);
  view.setUint16(12, DATE, true);
  view.setUint32(14, crc, true);
  view.setUint32(18, size, true);
  view.setUint32(22, size, true);
  view.setUint16(26, name.length, true);
  view.setUint16(28, extra, true);
  return new Uint8Array(view.buffer);
}

function centralHeader(name: Uint8Array, crc: number, size: number, localOffset: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(46));
  view.setUint32(0, 0x02014b50, true);
  view.setUint16(4, 20, true);
  view.setUint16(6, 20, true);
  view.setUint16(14, DATE, true);
  view.setUint32(16, crc, true);
  view.setUint32(20, size, true);
  view.setUint32(24, size, true);
  view.setUint16(28, name.length, true);
  view.setUint32(42, localOffset, true);
  return new Uint8Array(view.buffer);
}

/** An archive in memory. */
export async function zipBytes(fill: (zip: ZipWriter) => Promise<void>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  const starts: number[] = [];
  let size = 0;
  const zip = new ZipWriter({
    append: async (bytes) => {
      parts.push(bytes);
      starts.push(size);
      size += bytes.length;
    },
    // headers are appended whole, so a patch replaces one part
    patch: async (offset, bytes) => {
      parts[starts.lastIndexOf(offset)] = bytes;
    },
  });
  await fill(zip);
  await zip.finish();
  return joinBytes(parts);
}
