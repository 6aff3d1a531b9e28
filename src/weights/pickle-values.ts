/**
 * What an interpreted pickle is made of. Python's atoms and containers become these types; everything a pickle would
 * have *called* is one of the {@link PickleGlobal}s of an allow-list, whose `build` is our own code and makes plain data.
 */
import type { ByteSource } from './random-access.ts';

/** A Python tuple. */
export class PickleTuple {
  readonly items: readonly PickleValue[];
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A Python dict or OrderedDict, in insertion order; a repeated key keeps its last value, as in Python. */
export class PickleDict {
  readonly entries = new Map<PickleValue, PickleValue>();
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

/** An allowed class or function: `build` turns the arguments it would be called with into plain data. */
export class PickleGlobal {
  readonly name: string;
  readonly build: (args: readonly PickleValue[]) => PickleValue;
  /** @param name `module.name` as the pickle spells it */
  constructor(name: string, build: (args: readonly PickleValue[]) => PickleValue) {
    this.name = name;
    this.build = build;
  }
}

/** An object of an allowed class: its constructor arguments and, after BUILD, its state. Never run. */
export class PickleInstance {
  readonly of: string;
  readonly args: readonly PickleValue[];
  state: PickleValue = null;
  constructor(of: string, args: readonly PickleValue[]) {
    this.of = of;
    this.args = args;
  }
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
 * What has no plain form (tensors, bytes) becomes null; cycles are cut at depth 16.
 */
export function toPlain(value: PickleValue): unknown {
  let budget = MAX_NODES;
  const visit = (node: PickleValue, depth: number): unknown => {
    if (depth > MAX_DEPTH || budget-- <= 0) return null;
    const items = node instanceof PickleSet ? node.items : sequence(node);
    if (items) return items.map((item) => visit(item, depth + 1));
    if (node instanceof PickleDict) {
      return Object.fromEntries(
        [...node.entries].map(([key, item]) => [String(visit(key, depth + 1)), visit(item, depth + 1)]),
      );
    }
    if (node instanceof PickleGlobal) return node.name;
    if (node instanceof PickleInstance) return node.state instanceof PickleDict ? visit(node.state, depth + 1) : null;
    return typeof node === 'object' || node === undefined ? null : node;
  };
  return visit(value, 0);
}
