/**
 * Files as ranges of bytes. Every reader of this room works on a {@link ByteSource}, so a 1.3 GB checkpoint is never read
 * whole: a browser `File`, bytes in memory and (in `cli/convert`) a Node file handle all look alike.
 */
import { ensure, HyperStyleError } from '../errors.ts';

/** Something that bytes can be read from at any offset. */
export interface ByteSource {
  /** Name for error messages, usually the file's. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /**
   * The bytes `[offset, offset + length)`; the result belongs to the caller.
   * @throws `file` error when the range leaves the source or the bytes cannot be read
   */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Whether something is a {@link ByteSource}. */
export function isByteSource(file: unknown): file is ByteSource {
  const { name, size, read } = Object(file) as Partial<Record<keyof ByteSource, unknown>>;
  return typeof name === 'string' && typeof size === 'number' && typeof read === 'function';
}

/** Newer than the ES2022 that TypeScript knows here. */
interface Transferable {
  transfer?(bytes: number): ArrayBuffer;
}

/**
 * Gives the memory of bytes that nobody needs any more back at once, where the browser can: garbage collection waits until
 * several times a shard has piled up. Parts of a larger buffer stay, since others may use the rest.
 */
export function discard(bytes: Uint8Array): void {
  if (bytes.byteLength === bytes.buffer.byteLength) (bytes.buffer as Transferable).transfer?.(0);
}

/** Throws the `file` error "… is truncated" unless `[offset, offset + length)` lies inside `source`. */
export function checkRange(source: Pick<ByteSource, 'name' | 'size'>, offset: number, length: number): void {
  const valid = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  ensure(
    valid && offset + length <= source.size,
    'file',
    () =>
      `${source.name}: bytes ${offset} to ${offset + length} are needed, ` +
      `but the file has ${source.size}; it is truncated or corrupt: download it again`,
  );
}

/** A source over bytes in memory (not copied until read). */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  const source: ByteSource = {
    name,
    size: bytes.byteLength,
    async read(offset, length) {
      checkRange(source, offset, length);
      return bytes.slice(offset, offset + length);
    },
  };
  return source;
}

/** A source over a browser `File` or `Blob`; only the ranges asked for are read from disk. */
export function blobSource(blob: Blob, name = blob instanceof File ? blob.name : 'blob'): ByteSource {
  const source: ByteSource = {
    name,
    size: blob.size,
    async read(offset, length) {
      checkRange(source, offset, length);
      const data = await blob
        .slice(offset, offset + length)
        .arrayBuffer()
        .catch((cause: unknown) => {
          throw new HyperStyleError('file', `${name}: cannot be read any more; choose the file again`, { cause });
        });
      const bytes = new Uint8Array(data);
      ensure(
        bytes.length === length,
        'file',
        `${name}: read ${bytes.length} of ${length} bytes; choose the file again`,
      );
      return bytes;
    },
  };
  return source;
}

/** The part `[offset, offset + length)` of a source, as a source (offsets start at 0 again). */
export function sliceSource(parent: ByteSource, offset: number, length: number, name = parent.name): ByteSource {
  checkRange(parent, offset, length);
  const source: ByteSource = {
    name,
    size: length,
    read(at, count) {
      checkRange(source, at, count);
      return parent.read(offset + at, count);
    },
  };
  return source;
}
