/** One load of a {@link WeightPlan}: hands each piece of a checkpoint tensor on as it arrives, and keeps none. */
import { ensure } from '../errors.ts';
import type { WeightSink } from '../graph/staged-run.ts';
import { elementCount, type Tensor } from '../tensor.ts';
import { decodeElements } from '../weights/elements.ts';
import { discard } from '../weights/random-access.ts';
import { rowBytes, rowCount } from '../weights/shards.ts';
import type { TensorInfo } from '../weights/weight-source.ts';

/** How values of one or more small checkpoint tensors become one device tensor, on the CPU. */
export interface Recipe {
  readonly target: Tensor;
  readonly keys: readonly string[];
  /** Gives numbers of its own: they are thrown away when they have been written. */
  readonly build: (values: readonly Float32Array[]) => Float32Array;
}

/** Rows of a checkpoint tensor copied unchanged, in their stored type, to a part of a device tensor. */
export interface RowCopy {
  readonly target: Tensor;
  readonly key: string;
  readonly firstRow: number;
  readonly rows: number;
  /** Where the first row goes in `target`. */
  readonly byteOffset: number;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Takes what a source delivers and fills a sink. */
export class WeightLoad {
  readonly #sink: WeightSink;
  readonly #copies = new Map<string, RowCopy[]>();
  readonly #recipes: readonly Recipe[];
  /** Rows that each target still waits for. */
  readonly #missingRows = new Map<Tensor, number>();
  /** Recipes that still wait for a key. */
  readonly #waiting = new Map<string, Set<Recipe>>();
  /** Values that recipes wait for others with. */
  readonly #arrived = new Map<string, Float32Array>();
  /** Keys of which rows are missing. */
  readonly #missing = new Set<string>();

  constructor(copies: readonly RowCopy[], recipes: readonly Recipe[], sink: WeightSink) {
    this.#sink = sink;
    this.#recipes = recipes;
    for (const copy of copies) {
      this.#copies.set(copy.key, [...(this.#copies.get(copy.key) ?? []), copy]);
      this.#missingRows.set(copy.target, (this.#missingRows.get(copy.target) ?? 0) + copy.rows);
      this.#missing.add(copy.key);
    }
    for (const recipe of recipes) {
      for (const key of recipe.keys) {
        this.#waiting.set(key, (this.#waiting.get(key) ?? new Set()).add(recipe));
        this.#missing.add(key);
      }
    }
  }

  /** Bytes of decoded values held back at the moment. */
  get heldBytes(): number {
    return [...this.#arrived.values()].reduce((sum, values) => sum + values.byteLength, 0);
  }

  /** Runs the recipes that need no key. */
  async begin(): Promise<void> {
    for (const recipe of this.#recipes) if (recipe.keys.length === 0) await this.#finish(recipe);
  }

  /** Takes rows of a tensor; see `TensorVisitor`. */
  async visit(info: TensorInfo, bytes: Uint8Array, rowOffset: number): Promise<void> {
    const lastRow = rowOffset + (rowBytes(info) > 0 ? bytes.byteLength / rowBytes(info) : 0);
    for (const copy of this.#copies.get(info.name) ?? []) await this.#copyRows(copy, info, bytes, rowOffset);
    if (this.#waiting.has(info.name)) this.#collect(info, bytes, rowOffset);
    if (lastRow < rowCount(info)) return;
    this.#missing.delete(info.name);
    for (const recipe of this.#waiting.get(info.name) ?? []) {
      if (recipe.keys.every((key) => !this.#missing.has(key))) await this.#finish(recipe);
    }
  }

  /** Opens and closes what {@link visit} of a whole tensor would; nothing is written. */
  async rehearse(info: TensorInfo): Promise<void> {
    for (const copy of this.#copies.get(info.name) ?? []) {
      await this.#sink.open(copy.target);
      await this.#count(copy.target, copy.rows);
    }
  }

  /** @throws `tensor` error naming what never arrived */
  expectComplete(source: string): void {
    const missing = [...this.#missing].slice(0, 3).join(', ');
    ensure(this.#missing.size === 0, 'tensor', () => `"${source}" ended without the tensors ${missing}`);
  }

  async #copyRows(copy: RowCopy, info: TensorInfo, bytes: Uint8Array, rowOffset: number): Promise<void> {
    const { target, firstRow, rows, byteOffset } = copy;
    const size = rowBytes(info);
    const [from, to] = [Math.max(firstRow, rowOffset), Math.min(firstRow + rows, rowOffset + bytes.byteLength / size)];
    if (from >= to) return;
    await this.#sink.open(target);
    const part = bytes.subarray((from - rowOffset) * size, (to - rowOffset) * size);
    this.#sink.write(target, part, byteOffset + (from - firstRow) * size);
    await this.#count(target, to - from);
  }

  async #count(target: Tensor, rows: number): Promise<void> {
    const left = (this.#missingRows.get(target) ?? 0) - rows;
    this.#missingRows.set(target, left);
    if (left === 0) await this.#sink.close(target);
  }

  /** Adds decoded rows to what has arrived of a tensor; a copy, since the source may reuse its bytes. */
  #collect(info: TensorInfo, bytes: Uint8Array, rowOffset: number): void {
    // typed-array views need aligned bytes; i8 and odd f16 tensors can shift what follows them in a shard
    const aligned = (bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()) as Uint8Array<ArrayBuffer>;
    const part = decodeElements(info.dtype, aligned);
    const count = elementCount(info.shape);
    const own = part.buffer !== bytes.buffer;
    if (own && part.length === count) {
      this.#arrived.set(info.name, part);
      return;
    }
    const whole = this.#arrived.get(info.name) ?? new Float32Array(count);
    whole.set(part, (rowOffset * count) / rowCount(info));
    this.#arrived.set(info.name, whole);
    if (own) discard(bytesOf(part));
  }

  async #finish(recipe: Recipe): Promise<void> {
    const { target, keys, build } = recipe;
    await this.#sink.open(target);
    const built = build(keys.flatMap((key) => this.#arrived.get(key) ?? []));
    this.#sink.write(target, built);
    discard(bytesOf(built));
    for (const key of keys) this.#release(key, recipe);
    await this.#sink.close(target);
  }

  /** `recipe` needs the values of `key` no more. */
  #release(key: string, recipe: Recipe): void {
    const users = this.#waiting.get(key);
    users?.delete(recipe);
    if (users?.size !== 0) return;
    const values = this.#arrived.get(key);
    if (values) discard(bytesOf(values));
    this.#waiting.delete(key);
    this.#arrived.delete(key);
  }
}
