/**
 * A pickle is a program; this interpreter runs it symbolically. Protocols 0 to 5, every opcode that torch, argparse and
 * NVIDIA's files use. Nothing is imported or called: what the caller's allow-list does not know becomes an opaque value that
 * is noted by name, or ends the reading with a `pickle` error, as the list says. There is no fallback. Time and memory are
 * bounded by the length of the program and by {@link MAX_INSTRUCTIONS}; bytes objects are never copied. Opcodes: Python's
 * Lib/pickletools.py.
 */
import { ensure } from '../errors.ts';
import { PickleCursor } from './pickle-cursor.ts';
import {
  describeValue,
  isOpaque,
  PickleBytes,
  PickleDict,
  PickleGlobal,
  PickleInstance,
  PicklePersistent,
  PickleSet,
  PickleTuple,
  type PickleValue,
  sequence,
} from './pickle-values.ts';
import type { ByteSource } from './random-access.ts';

/** The allow-list: the global of that module and name, opaque when it has no meaning here, or undefined to refuse the file. */
export type AllowList = (module: string, name: string) => PickleGlobal | undefined;

/** A full-size checkpoint needs about 200,000. */
const MAX_INSTRUCTIONS = 4_000_000;
/** Python's int has no bound; ours is 2^8192 (torch's magic number has 10 bytes). */
const MAX_INTEGER_BYTES = 1024;
/** Characters of a module's and a class's name together. */
const MAX_GLOBAL = 1024;
/** Names of opaque globals that are kept; a training script leaves a handful. */
const MAX_NOTED = 1000;

/** What a pickle program left. */
export interface PickleResult {
  readonly value: PickleValue;
  /** The offset after its STOP. */
  readonly end: number;
  /** Names of the opaque globals it asked for, in order. */
  readonly opaque: ReadonlySet<string>;
}

/**
 * Interprets the pickle at `start`.
 * @param persistent what stands for a persistent id (torch: a storage); called in the order of the program
 * @throws `pickle` error
 */
export async function readPickle(
  source: ByteSource,
  allow: AllowList,
  start = 0,
  persistent: (id: PickleValue) => PickleValue = (id) => new PicklePersistent(id),
): Promise<PickleResult> {
  const machine = new Machine(new PickleCursor(source, start), allow, persistent);
  const value = await machine.run();
  return { value, end: machine.cursor.position, opaque: machine.opaque };
}

type Instruction = (machine: Machine) => void | Promise<void>;

class Machine {
  readonly cursor: PickleCursor;
  readonly allow: AllowList;
  readonly persistent: (id: PickleValue) => PickleValue;
  readonly opaque = new Set<string>();
  /** Items of containers that were handed to builders. */
  copied = 0;
  /** Items above the last mark; the stacks below it wait in `marks`. */
  stack: PickleValue[] = [];
  readonly marks: PickleValue[][] = [];
  readonly memo = new Map<number, PickleValue>();

  constructor(cursor: PickleCursor, allow: AllowList, persistent: (id: PickleValue) => PickleValue) {
    this.cursor = cursor;
    this.allow = allow;
    this.persistent = persistent;
  }

  async run(): Promise<PickleValue> {
    for (let count = 0; count < MAX_INSTRUCTIONS; count++) {
      if (this.cursor.low) await this.cursor.refill();
      const opcode = this.cursor.byte();
      if (opcode === STOP) return this.pop();
      const instruction = INSTRUCTIONS.get(opcode);
      ensure(instruction, 'pickle', () => this.cursor.message(`uses the unknown instruction 0x${opcode.toString(16)}`));
      const pending = instruction(this);
      if (pending) await pending;
    }
    throw this.refuse(`has more than ${MAX_INSTRUCTIONS} instructions`);
  }

  /** Throws; typed as an error so that callers can `throw` it. */
  refuse(what: string): never {
    ensure(false, 'pickle', this.cursor.message(what));
    throw new Error('unreachable');
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    if (this.stack.length === 0) this.refuse('takes a value from an empty stack');
    return this.stack.pop();
  }

  top(): PickleValue {
    if (this.stack.length === 0) this.refuse('looks at an empty stack');
    return this.stack[this.stack.length - 1];
  }

  /** Everything above the last mark, which is removed. */
  popMark(): PickleValue[] {
    const items = this.stack;
    const below = this.marks.pop();
    if (!below) this.refuse('looks for a mark that was never set');
    this.stack = below;
    return items;
  }

  recall(index: number): void {
    if (!this.memo.has(index)) this.refuse(`recalls memo ${index}, which was never stored`);
    this.push(this.memo.get(index));
  }

  global(module: PickleValue, name: PickleValue): PickleGlobal {
    if (typeof module !== 'string' || typeof name !== 'string')
      return this.refuse('names a global by something other than text');
    if (module.length + name.length > MAX_GLOBAL) this.refuse(`names a global in more than ${MAX_GLOBAL} characters`);
    const found = this.allow(module, name);
    ensure(
      found,
      'pickle',
      () =>
        `${this.cursor.source.name}: the pickle asks for ${module}.${name}, ` +
        'which is not on the list of harmless names, so nothing was loaded; ' +
        'if you trust the file, save its state_dict alone with torch.save',
    );
    if (found.opaque && this.opaque.size < MAX_NOTED) this.opaque.add(found.name);
    return found;
  }

  /** What Python would call: REDUCE, NEWOBJ, OBJ and INST all end here. */
  build(callee: PickleValue, args: readonly PickleValue[]): void {
    // a builder may copy the container it is given, and one container can be given again and again
    const [first] = args;
    this.copied += sequence(first)?.length ?? (first instanceof PickleDict ? first.entries.size : 0);
    if (this.copied > MAX_INSTRUCTIONS) this.refuse(`copies more than ${MAX_INSTRUCTIONS} items`);
    if (callee instanceof PickleInstance && callee.opaque) this.push(new PickleInstance(callee.of, [], true));
    else if (callee instanceof PickleGlobal) this.push(callee.build(args));
    else this.refuse('calls something that is not a global');
  }

  setItems(pairs: readonly PickleValue[]): void {
    const target = this.top();
    if (isOpaque(target)) return;
    if (!(target instanceof PickleDict) || pairs.length % 2)
      this.refuse('stores items in something that is not a dict');
    for (let i = 0; i < pairs.length; i += 2) {
      if (!target.set(pairs[i], pairs[i + 1]))
        this.refuse(`stores an item under ${describeValue(pairs[i])}, which Python cannot use as a key`);
    }
  }

  append(items: readonly PickleValue[]): void {
    const target = this.top();
    if (isOpaque(target)) return;
    const list = target instanceof PickleSet ? target.items : target;
    if (!Array.isArray(list)) this.refuse('appends to something that is not a list');
    for (const item of items) list.push(item);
  }

  /** BUILD: an instance keeps its state; attributes set on containers and tensors have no meaning for us. */
  setState(state: PickleValue): void {
    const target = this.top();
    if (target instanceof PickleInstance) target.state = state;
  }

  pushPersistent(id: PickleValue): void {
    this.push(this.persistent(id));
  }

  pushBytes(length: number): void {
    this.push(new PickleBytes(this.cursor.source, this.cursor.skip(length), length));
  }
}

/** Python's little-endian two's complement. */
function signedInteger(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  const signed = BigInt.asIntN(Math.max(bytes.length, 1) * 8, value);
  return fitted(signed);
}

function fitted(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** `123`, `-5L`, `00` (False), `01` (True). */
function textInteger(machine: Machine, line: string): number | bigint | boolean {
  if (line === '00' || line === '01') return line === '01';
  const digits = line.replace(/L$/, '');
  if (!/^[+-]?\d{1,600}$/.test(digits)) machine.refuse('has an integer that is none');
  return fitted(BigInt(digits));
}

/** A quoted Python 2 string: `'it\'s \x41'`. */
function unquote(machine: Machine, line: string): string {
  const body = /^(['"])(.*)\1$/s.exec(line)?.[2];
  if (body === undefined) return machine.refuse('has a string without quotes');
  const named = new Map([
    ['n', '\n'],
    ['t', '\t'],
    ['r', '\r'],
  ]);
  return body.replace(/\\(x[0-9a-fA-F]{2}|.)/gs, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (named.get(code) ?? code),
  );
}

const STOP = '.'.charCodeAt(0);
const latin1 = new TextDecoder('latin1');

async function integerOf(machine: Machine, length: number): Promise<void> {
  if (length > MAX_INTEGER_BYTES) machine.refuse(`has an integer of ${length} bytes, above ${MAX_INTEGER_BYTES}`);
  machine.push(signedInteger(await machine.cursor.bytes(length)));
}

async function text(machine: Machine, length: number): Promise<void> {
  machine.push(await machine.cursor.text(length));
}

async function text8(machine: Machine, length: number): Promise<void> {
  machine.push(latin1.decode(await machine.cursor.bytes(length)));
}

function tupleOf(machine: Machine, count: number): void {
  const items = Array.from({ length: count }, () => machine.pop()).reverse();
  machine.push(new PickleTuple(items));
}

function dictOf(machine: Machine, pairs: readonly PickleValue[]): void {
  machine.push(new PickleDict());
  machine.setItems(pairs);
}

function setOf(machine: Machine, items: readonly PickleValue[]): void {
  machine.push(new PickleSet());
  machine.append(items);
}

function reduce(machine: Machine): void {
  const args = machine.pop();
  const callee = machine.pop();
  if (!(args instanceof PickleTuple)) machine.refuse('calls a global without a tuple of arguments');
  machine.build(callee, args.items);
}

/** NEWOBJ_EX: class, positional and keyword arguments; the last have no meaning for the classes we allow. */
function newObjectWithKeywords(machine: Machine): void {
  machine.pop();
  reduce(machine);
}

async function instance(machine: Machine): Promise<void> {
  const module = await machine.cursor.line();
  const callee = machine.global(module, await machine.cursor.line());
  machine.build(callee, machine.popMark());
}

function objectOf(machine: Machine): void {
  const [callee, ...args] = machine.popMark();
  machine.build(callee, args);
}

function stackGlobal(machine: Machine): void {
  const name = machine.pop();
  machine.push(machine.global(machine.pop(), name));
}

/** Opcode → what it does. Text operands make an instruction asynchronous, since they may lie outside the window. */
const INSTRUCTIONS: ReadonlyMap<number, Instruction> = new Map(
  Object.entries({
    // stack
    '(': (m) => {
      m.marks.push(m.stack);
      m.stack = [];
    },
    '0': (m) => {
      if (m.stack.length > 0) m.stack.pop();
      else m.popMark();
    },
    '1': (m) => void m.popMark(),
    '2': (m) => m.push(m.top()),
    '\x80': (m) => void m.cursor.byte(), // protocol
    '\x95': (m) => void m.cursor.uint64(), // frame
    // atoms
    N: (m) => m.push(null),
    '\x88': (m) => m.push(true),
    '\x89': (m) => m.push(false),
    J: (m) => m.push(m.cursor.int32()),
    K: (m) => m.push(m.cursor.byte()),
    M: (m) => m.push(m.cursor.uint16()),
    G: (m) => m.push(m.cursor.float64()),
    '\x8a': (m) => integerOf(m, m.cursor.byte()),
    '\x8b': (m) => integerOf(m, m.cursor.uint32()),
    I: async (m) => m.push(textInteger(m, await m.cursor.line())),
    L: async (m) => m.push(textInteger(m, await m.cursor.line())),
    F: async (m) => m.push(Number.parseFloat(await m.cursor.line())),
    S: async (m) => m.push(unquote(m, await m.cursor.line())),
    V: async (m) =>
      m.push(
        (await m.cursor.line()).replace(/\\u([0-9a-fA-F]{4})/g, (_, code: string) =>
          String.fromCharCode(Number.parseInt(code, 16)),
        ),
      ),
    U: (m) => text8(m, m.cursor.byte()),
    T: (m) => text8(m, m.cursor.uint32()),
    X: (m) => text(m, m.cursor.uint32()),
    '\x8c': (m) => text(m, m.cursor.byte()),
    '\x8d': (m) => text(m, m.cursor.uint64()),
    C: (m) => m.pushBytes(m.cursor.byte()),
    B: (m) => m.pushBytes(m.cursor.uint32()),
    '\x8e': (m) => m.pushBytes(m.cursor.uint64()),
    '\x96': (m) => m.pushBytes(m.cursor.uint64()),
    // containers
    ')': (m) => m.push(new PickleTuple([])),
    t: (m) => {
      const items = m.popMark();
      m.push(new PickleTuple(items));
    },
    '\x85': (m) => tupleOf(m, 1),
    '\x86': (m) => tupleOf(m, 2),
    '\x87': (m) => tupleOf(m, 3),
    ']': (m) => m.push([]),
    l: (m) => {
      const items = m.popMark();
      m.push(items);
    },
    a: (m) => {
      const item = m.pop();
      m.append([item]);
    },
    e: (m) => m.append(m.popMark()),
    '}': (m) => m.push(new PickleDict()),
    d: (m) => dictOf(m, m.popMark()),
    s: (m) => {
      const value = m.pop();
      m.setItems([m.pop(), value]);
    },
    u: (m) => m.setItems(m.popMark()),
    '\x8f': (m) => m.push(new PickleSet()),
    '\x90': (m) => m.append(m.popMark()),
    '\x91': (m) => setOf(m, m.popMark()),
    // memo
    p: async (m) => void m.memo.set(Number.parseInt(await m.cursor.line(), 10), m.top()),
    q: (m) => void m.memo.set(m.cursor.byte(), m.top()),
    r: (m) => void m.memo.set(m.cursor.uint32(), m.top()),
    '\x94': (m) => void m.memo.set(m.memo.size, m.top()),
    g: async (m) => m.recall(Number.parseInt(await m.cursor.line(), 10)),
    h: (m) => m.recall(m.cursor.byte()),
    j: (m) => m.recall(m.cursor.uint32()),
    // what Python would import and call
    c: async (m) => {
      const module = await m.cursor.line();
      m.push(m.global(module, await m.cursor.line()));
    },
    '\x93': stackGlobal,
    R: reduce,
    '\x81': reduce,
    '\x92': newObjectWithKeywords,
    i: instance,
    o: objectOf,
    b: (m) => {
      const state = m.pop();
      m.setState(state);
    },
    P: async (m) => m.pushPersistent(await m.cursor.line()),
    Q: (m) => m.pushPersistent(m.pop()),
  } satisfies Record<string, Instruction>).map(([opcode, instruction]) => [opcode.charCodeAt(0), instruction]),
);
