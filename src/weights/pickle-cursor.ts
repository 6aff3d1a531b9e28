/** Reads a pickle program from a {@link ByteSource} through a small window, so that large payloads can be skipped. */
import { ensure } from '../errors.ts';
import type { ByteSource } from './random-access.ts';

const WINDOW_BYTES = 2 ** 16;
/** Longest text that is decoded; the longest legitimate one is the source text of a module. */
const MAX_TEXT_BYTES = 2 ** 24;
/** Operands of fixed size are at most this long. */
const OPERAND_BYTES = 9;

const utf8 = new TextDecoder();

/** A reading position in a source, from `start` to its end. */
export class PickleCursor {
  readonly source: ByteSource;
  #window = new Uint8Array(0);
  #view = new DataView(this.#window.buffer);
  #base: number;
  #at = 0;

  constructor(source: ByteSource, start: number) {
    this.source = source;
    this.#base = start;
  }

  /** Offset in the source of the next byte. */
  get position(): number {
    return this.#base + this.#at;
  }

  /** True when the next opcode and its fixed operand may lie outside the window. */
  get low(): boolean {
    return this.#window.length - this.#at < OPERAND_BYTES;
  }

  /** Moves the window to the current position, `least` bytes long or shorter at the end of the source. */
  async refill(least = WINDOW_BYTES): Promise<void> {
    this.#base = this.position;
    this.#at = 0;
    this.#window = await this.source.read(
      this.#base,
      Math.min(Math.max(least, WINDOW_BYTES), this.source.size - this.#base),
    );
    this.#view = new DataView(this.#window.buffer);
  }

  byte(): number {
    return this.#view.getUint8(this.#take(1));
  }
  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }
  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }
  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }
  /** A 64-bit length; not exact above 2^53, which every range check then refuses. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }
  /** Big-endian, as BINFLOAT is. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** The next `length` bytes. */
  async bytes(length: number): Promise<Uint8Array> {
    ensure(length <= MAX_TEXT_BYTES, 'pickle', () =>
      this.message(`has a text of ${length} bytes, above ${MAX_TEXT_BYTES}`),
    );
    this.#checkAhead(length);
    if (this.#window.length - this.#at < length) await this.refill(length);
    const from = this.#take(length);
    return this.#window.subarray(from, from + length);
  }

  /** The next `length` bytes as UTF-8 (lone surrogates, which Python allows, become U+FFFD). */
  async text(length: number): Promise<string> {
    return utf8.decode(await this.bytes(length));
  }

  /** Up to the next newline, which is consumed; the text form of operands in protocol 0. */
  async line(): Promise<string> {
    const end = (): number => this.#window.indexOf(10, this.#at);
    if (end() < 0) await this.refill();
    const found = end();
    ensure(found >= 0, 'pickle', () => this.message(`has a line longer than ${WINDOW_BYTES} bytes, or is truncated`));
    const from = this.#take(found - this.#at + 1);
    return utf8.decode(this.#window.subarray(from, found));
  }

  /** Skips `length` bytes and returns where they start. */
  skip(length: number): number {
    this.#checkAhead(length);
    const start = this.position;
    this.#at = Math.min(this.#at + length, Number.MAX_SAFE_INTEGER);
    if (this.#at > this.#window.length) {
      this.#base = start + length;
      this.#at = 0;
      this.#window = new Uint8Array(0);
    }
    return start;
  }

  /** One line for an error: the file and the offset. */
  message(what: string): string {
    return `${this.source.name}: the pickle ${what} (byte ${this.position}); the file is corrupt or no model: download it again`;
  }

  #take(length: number): number {
    const from = this.#at;
    ensure(from + length <= this.#window.length, 'pickle', () => this.message('ends in the middle of an instruction'));
    this.#at = from + length;
    return from;
  }

  #checkAhead(length: number): void {
    ensure(length >= 0 && this.position + length <= this.source.size, 'pickle', () =>
      this.message(`announces ${length} bytes, but the file ends after ${this.source.size - this.position}`),
    );
  }
}
