/**
 * Writes pickles: of torch checkpoints (protocol 2, dicts of tensors and plain values) and of NumPy's object arrays
 * (protocol 3, which has bytes).
 */
import { joinBytes } from './bytes.ts';

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

/** A tuple. */
export class PickledTuple {
  readonly items: readonly Picklable[];
  constructor(...items: readonly Picklable[]) {
    this.items = items;
  }
}

/** A class or function by its name, and the call of one with these arguments; a `state` is set on the result. */
export class PickledCall {
  readonly module: string;
  readonly name: string;
  /** None: the global itself. */
  readonly args: PickledTuple | undefined;
  readonly state: Picklable | undefined;
  constructor(module: string, name: string, args?: PickledTuple, state?: Picklable) {
    this.module = module;
    this.name = name;
    this.args = args;
    this.state = state;
  }
}

/** What {@link pickle} can write. A Map becomes an OrderedDict, a record a dict, an array a list, bytes a bytes object. */
export type Picklable =
  | null
  | Uint8Array
  | PickledTuple
  | PickledCall
  | boolean
  | number
  | string
  | readonly Picklable[]
  | PickledTensor
  | PickledNamespace
  | ReadonlyMap<string, Picklable>
  | { readonly [key: string]: Picklable };

const STORAGE = { f32: 'FloatStorage', i64: 'LongStorage' };
const OP = { proto: '\x80', stop: '.', mark: '(', tuple: 't', reduce: 'R', build: 'b', newObject: '\x81' };

/** A whole pickle of `value`; bytes need protocol 3. */
export function pickle(value: Picklable, protocol: 2 | 3 = 2): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.ops(`${OP.proto}${String.fromCharCode(protocol)}`);
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
    return joinBytes(this.#parts);
  }

  value(value: Picklable): void {
    if (value === null) this.ops('N');
    else if (typeof value === 'boolean') this.ops(value ? '\x88' : '\x89');
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#text(value);
    else if (value instanceof Uint8Array) this.#bytes(value);
    else if (value instanceof PickledTuple) this.#tuple(value.items);
    else if (value instanceof PickledCall) this.#call(value);
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

  #tuple(items: readonly Picklable[]): void {
    this.ops(OP.mark);
    for (const item of items) this.value(item);
    this.ops(OP.tuple);
  }

  #bytes(value: Uint8Array): void {
    this.#word('B', (view) => view.setUint32(0, value.length, true), 4);
    this.#parts.push(value);
  }

  #call({ module, name, args, state }: PickledCall): void {
    this.ops(`c${module}\n${name}\n`);
    if (!args) return;
    this.#tuple(args.items);
    this.ops(OP.reduce);
    if (state === undefined) return;
    this.value(state);
    this.ops(OP.build);
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
