/**
 * What an interpreted pickle is made of. Python's atoms and containers become these types; everything a pickle would
 * have *called* is a {@link PickleGlobal}, whose `build` is our own code and makes plain data, or an opaque value.
 */
import type { ByteSource } from './random-access.ts';

/** A Python tuple. */
export class PickleTuple {
  readonly items: readonly PickleValue[];
  /** Whether Python could hash it. Decided once, when it is made: nested tuples that share parts may unfold without end. */
  readonly hashable: boolean;
  constructor(items: readonly PickleValue[]) {
    this.items = items;
    this.hashable = items.every(isHashable);
  }
}

/** What Python accepts as a key: everything but lists and dicts, and tuples that hold one. */
function isHashable(value: PickleValue): boolean {
  if (value instanceof PickleTuple) return value.hashable;
  return value !== undefined && !Array.isArray(value) && !(value instanceof PickleDict);
}

/**
 * The text of a key that has a short one: a string, number, truth value or None. Null for tuples and objects, which are
 * told apart by what they are and never spelt out.
 */
export function keyText(key: PickleValue): string | null {
  if (key === null) return 'None';
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof key) ? String(key) : null;
}

/** A value in a few words for an error message, whatever it holds. */
export function describeValue(value: PickleValue): string {
  const text = keyText(value);
  if (text !== null) return text.length > 60 ? `${text.slice(0, 60)}…` : text;
  if (Array.isArray(value)) return 'a list';
  if (value instanceof PickleTuple) return 'a tuple';
  return value instanceof PickleDict ? 'a dict' : 'an object';
}

/** A Python dict or OrderedDict, in insertion order; a repeated key keeps its last value, as in Python. */
export class PickleDict {
  readonly entries = new Map<PickleValue, PickleValue>();
  /** Stores an item; false when Python could not use `key` as one. */
  set(key: PickleValue, value: PickleValue): boolean {
    if (!isHashable(key)) return false;
    this.entries.set(key, value);
    return true;
  }
  /** The value under a string key. */
  get(key: string): PickleValue {
    return this.entries.get(key);
  }
}

/** A Python set or frozenset. */
export class PickleSet {
  readonly items: PickleValue[] = [];
}

/** A bytes object, left where it is: it may be hundreds of megabytes. */
export class PickleBytes {
  readonly source: ByteSource;
  readonly offset: number;
  readonly length: number;
  constructor(source: ByteSource, offset: number, length: number) {
    this.source = source;
    this.offset = offset;
    this.length = length;
  }
}

/** A class or function: `build` turns the arguments it would be called with into plain data. */
export class PickleGlobal {
  readonly name: string;
  readonly build: (args: readonly PickleValue[]) => PickleValue;
  /** True for one that has no meaning here: whatever it would make is opaque too. */
  readonly opaque: boolean;
  /** @param name `module.name` as the pickle spells it */
  constructor(name: string, build: (args: readonly PickleValue[]) => PickleValue, opaque = false) {
    this.name = name;
    this.build = build;
    this.opaque = opaque;
  }
}

/** An object: its constructor arguments and, after BUILD, its state. Never run. */
export class PickleInstance {
  readonly of: string;
  readonly args: readonly PickleValue[];
  readonly opaque: boolean;
  state: PickleValue = null;
  constructor(of: string, args: readonly PickleValue[], opaque = false) {
    this.of = of;
    this.args = args;
    this.opaque = opaque;
  }
}

/** A global that stands for nothing we know. It is never called; what a pickle would make with it is an opaque instance. */
export function opaqueGlobal(name: string): PickleGlobal {
  return new PickleGlobal(name, () => new PickleInstance(name, [], true), true);
}

/** Whether a value is an {@link opaqueGlobal} or was made with one. */
export function isOpaque(value: PickleValue): value is PickleGlobal | PickleInstance {
  return (value instanceof PickleGlobal || value instanceof PickleInstance) && value.opaque;
}

/** A persistent id: in torch files the description of a storage. */
export class PicklePersistent {
  readonly id: PickleValue;
  constructor(id: PickleValue) {
    this.id = id;
  }
}

/** Any value on the pickle machine's stack. */
export type PickleValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | PickleValue[]
  | PickleTuple
  | PickleDict
  | PickleSet
  | PickleBytes
  | PickleGlobal
  | PickleInstance
  | PicklePersistent;

/** The items of a list or tuple, or null for anything else. */
export function sequence(value: PickleValue): readonly PickleValue[] | null {
  if (Array.isArray(value)) return value;
  return value instanceof PickleTuple ? value.items : null;
}

/** Containers deeper than this become `null` in {@link toPlain}. */
const MAX_DEPTH = 16;
/** {@link toPlain} visits at most this many values, so shared references cannot grow into an exponential copy. */
const MAX_NODES = 100_000;

/**
 * Plain JavaScript data: dict and instance state → record, list, tuple and set → array, class → its name.
 * What has no plain form (tensors, bytes) becomes null, what is stored under a tuple or an object is left out; cycles are
 * cut at depth 16.
 */
export function toPlain(value: PickleValue): unknown {
  let budget = MAX_NODES;
  const visit = (node: PickleValue, depth: number): unknown => {
    if (depth > MAX_DEPTH || budget-- <= 0) return null;
    const items = node instanceof PickleSet ? node.items : sequence(node);
    if (items) return items.map((item) => visit(item, depth + 1));
    if (node instanceof PickleDict) {
      const named = [...node.entries].flatMap(([key, item]): [string, unknown][] => {
        const name = keyText(key);
        return name === null ? [] : [[name, visit(item, depth + 1)]];
      });
      return Object.fromEntries(named);
    }
    if (node instanceof PickleGlobal) return node.name;
    if (node instanceof PickleInstance)
      return node.state instanceof PickleDict && !node.opaque ? visit(node.state, depth + 1) : null;
    return typeof node === 'object' || node === undefined ? null : node;
  };
  return visit(value, 0);
}
