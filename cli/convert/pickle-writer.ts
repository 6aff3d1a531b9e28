/** Writes the pickles of torch checkpoints: protocol 2, dicts of tensors and plain values. */

/** A tensor to describe in a pickle; its elements go elsewhere. */
export class PickledTensor {
  readonly storage: string;
  readonly dtype: 'f32' | 'i64';
  /** Elements of the storage. */
  readonly elements: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  constructor(
    storage: string,
    dtype: 'f32' | 'i64',
    elements: number,
    shape: readonly number[],
    strides: readonly number[],
    offset = 0,
  ) {
    this.storage = storage;
    this.dtype = dtype;
    this.elements = elements;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
  }
}

/** An `argparse.Namespace` with these attributes. */
export class PickledNamespace {
  readonly attributes: Readonly<Record<string, Picklable>>;
  constructor(attributes: Readonly<Record<string, Picklable>>) {
    this.attributes = attributes;
  }
}

/** What {@link pickle} can write. A Map becomes an OrderedDict, a record a dict, an array a list. */
export type Picklable =
  | null
  | boolean
  | number
  | string
  | readonly Picklable[]
  | PickledTensor
  | PickledNamespace
  | ReadonlyMap<string, Picklable>
  | { readonly [key: string]: Picklable };

const STORAGE = { f32: 'FloatStorage', i64: 'LongStorage' };
const OP = { proto: '\x80\x02', stop: '.', mark: '(', tuple: 't', reduce: 'R', build: 'b', newObject: '\x81' };

/** A whole pickle of `value`. */
export function pickle(value: Picklable): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.ops(OP.proto);
  writer.value(value);
  writer.ops(OP.stop);
  return writer.finish();
}

class Writer {
  readonly #parts: Uint8Array[] = [];

  /** Opcodes and their one-byte operands, a character a byte. */
  ops(text: string): void {
    this.#parts.push(Uint8Array.from(text, (char) => char.charCodeAt(0)));
  }

  finish(): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  value(value: Picklable): void {
    if (value === null) this.ops('N');
    else if (typeof value === 'boolean') this.ops(value ? '\x88' : '\x89');
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#text(value);
    else if (value instanceof PickledTensor) this.#tensor(value);
    else if (value instanceof PickledNamespace) this.#namespace(value);
    else if (value instanceof Map) this.#orderedDict(value);
    else if (Array.isArray(value)) this.#list(value);
    else this.#dict(Object.entries(value), '}');
  }

  #word(opcode: string, write: (view: DataView) => void, bytes: number): void {
    this.ops(opcode);
    const view = new DataView(new ArrayBuffer(bytes));
    write(view);
    this.#parts.push(new Uint8Array(view.buffer));
  }

  #number(value: number): void {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 31)
      this.#word('J', (view) => view.setInt32(0, value, true), 4);
    else this.#word('G', (view) => view.setFloat64(0, value, false), 8);
  }

  #text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.#word('X', (view) => view.setUint32(0, bytes.length, true), 4);
    this.#parts.push(bytes);
  }

  #dict(entries: Iterable<readonly [string, Picklable]>, empty: string): void {
    this.ops(`${empty}(`);
    for (const [key, item] of entries) {
      this.#text(key);
      this.value(item);
    }
    this.ops('u');
  }

  #orderedDict(map: ReadonlyMap<string, Picklable>): void {
    this.#dict(map, 'ccollections\nOrderedDict\n)R');
  }

  #list(items: readonly Picklable[]): void {
    this.ops('](');
    for (const item of items) this.value(item);
    this.ops('e');
  }

  #tuple(items: readonly number[]): void {
    this.ops(OP.mark);
    for (const item of items) this.#number(item);
    this.ops(OP.tuple);
  }

  #namespace({ attributes }: PickledNamespace): void {
    this.ops(`cargparse\nNamespace\n)${OP.newObject}`);
    this.#dict(Object.entries(attributes), '}');
    this.ops(OP.build);
  }

  /** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)`, the storage as a persistent id. */
  #tensor(tensor: PickledTensor): void {
    this.ops('ctorch._utils\n_rebuild_tensor_v2\n((');
    this.#text('storage');
    this.ops(`ctorch\n${STORAGE[tensor.dtype]}\n`);
    this.#text(tensor.storage);
    this.#text('cpu');
    this.#number(tensor.elements);
    this.ops(`${OP.tuple}Q`);
    this.#number(tensor.offset);
    this.#tuple(tensor.shape);
    this.#tuple(tensor.strides);
    this.ops(`\x89ccollections\nOrderedDict\n)${OP.reduce}${OP.tuple}${OP.reduce}`);
  }
}
