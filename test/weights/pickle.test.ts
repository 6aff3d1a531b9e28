import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { readPickle } from '../../src/weights/pickle.ts';
import { isOpaque, PickleDict, PickleTuple, toPlain } from '../../src/weights/pickle-values.ts';
import { type Picklable, PickledNamespace, pickle } from '../../src/weights/pickle-writer.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { torchAllowList } from '../../src/weights/torch-objects.ts';
import { cpuMilliseconds, expectRefusal, latin1, succeedsOrRefuses, zipBytes } from './support.ts';

const read = (program: string | Uint8Array) =>
  readPickle(bytesSource('p.pkl', typeof program === 'string' ? latin1(program) : program), torchAllowList);
const plain = async (program: string | Uint8Array): Promise<unknown> => toPlain((await read(program)).value);

describe('values', () => {
  test.each([
    ['protocol 0', "(lp0\nI1\naI01\naL-5L\naF2.5\naS'a\\'\\x41'\naVb\\u00e9\na.", [1, true, -5, 2.5, "a'A", 'bé']],
    [
      'integers',
      '(J\xff\xff\xff\xffK\x07M\x01\x02\x8a\x02\x00\xff\x8b\x01\x00\x00\x00\x80t.',
      [-1, 7, 513, -256, -128],
    ],
    ['long integer', '\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01.', 2n ** 64n],
    ['float', 'G\x3f\xf8\x00\x00\x00\x00\x00\x00.', 1.5],
    ['tuples', '(N\x85\x88\x89\x86K\x01K\x02K\x03\x87t.', [[null], [true, false], [1, 2, 3]]],
    ['set', '\x80\x04\x8f(K\x01K\x02\x90.', [1, 2]],
    ['memo', '\x80\x04]\x94(h\x00h\x00e0h\x00.', null],
    ['python 2 strings', 'U\x02\xe9aT\x01\x00\x00\x00b\x86.', ['éa', 'b']],
    ['old instances', '(cargparse\nNamespace\no}X\x01\x00\x00\x00aK\x01sb.', { a: 1 }],
    [
      'copyreg',
      'ccopy_reg\n_reconstructor\n(cargparse\nNamespace\nc__builtin__\nobject\nNtR(dU\x01aK\x02sb.',
      { a: 2 },
    ],
  ])('%s', async (name, program, expected) => {
    // the memo case is a list that holds itself twice: it must end, its depth cut
    if (name === 'memo') await expect(plain(program)).resolves.toBeInstanceOf(Array);
    else expect(await plain(program)).toEqual(expected);
  });

  test('what our writer writes, the reader reads', async () => {
    // JSON, which makes the expected values below, has no infinities.
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const leaf = fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), number, fc.string());
    const { tree } = fc.letrec<{ tree: Picklable }>((tie) => ({
      tree: fc.oneof(
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('tree'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async (value) => {
        // -0 is written as the integer 0; keys of records lose their order only as JavaScript does
        expect(await plain(pickle(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('infinities', async () => {
    const values = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    expect(await plain(pickle(values))).toEqual(values);
  });

  test('opts as a namespace', async () => {
    const opts = { dataset_type: 'cars_hypernet', arch: { input_size: 64 } };
    expect(await plain(pickle(new PickledNamespace(opts)))).toEqual(opts);
  });

  test('large bytes are referred to, not copied', async () => {
    const program = new Uint8Array([0x42, 0, 0, 0x10, 0, ...new Uint8Array(2 ** 20), 0x2e]);
    expect((await read(program)).value).toMatchObject({ offset: 5, length: 2 ** 20 });
  });

  test('ordered dictionaries keep their attributes to themselves', async () => {
    const { value } = await read('ccollections\nOrderedDict\n)RX\x01\x00\x00\x00kK\x01s}b.');
    expect(value).toBeInstanceOf(PickleDict);
    expect((value as PickleDict).get('k')).toBe(1);
    expect((await read('(K\x01t.')).value).toEqual(new PickleTuple([1]));
  });
});

describe('a name without meaning here is never called, and what it would make is opaque:', () => {
  test.each([
    ['os.system by GLOBAL', "cos\nsystem\n(S'echo'\ntR.", 'os.system'],
    ['posix.system by INST', "(S'echo'\niposix\nsystem\n.", 'posix.system'],
    ['eval by STACK_GLOBAL', '\x80\x04\x8c\x08builtins\x8c\x04eval\x93.', 'builtins.eval'],
    ['a dotted escape', '\x80\x04\x8c\x05torch\x8c\x11storage.os.system\x93.', 'torch.storage.os.system'],
    ['getattr, and a call of what it found', "c__builtin__\ngetattr\n(NS'x'\ntR(tR.", '__builtin__.getattr'],
    ['a dict of a class', 'cutils\nAttr\n)\x81(K\x01K\x02u.', 'utils.Attr'],
    ['a list of a class', 'cutils\nAttr\n)\x81(K\x01K\x02e.', 'utils.Attr'],
    ['a state', 'cutils\nAttr\n)\x81}K\x01K\x02sb.', 'utils.Attr'],
    ['copyreg', 'ccopyreg\n_reconstructor\n(cutils\nAttr\nNNtR.', 'utils.Attr'],
    ['torch.constructor', 'ctorch\nconstructor\n.', 'torch.constructor'],
    ['torch.toString', 'ctorch\ntoString\n)R.', 'torch.toString'],
    ['torch.__proto__', 'ctorch\n__proto__\n)R.', 'torch.__proto__'],
  ])('%s', async (_, program, name) => {
    const { value, opaque } = await read(program);
    expect([...opaque]).toEqual([name]);
    expect(isOpaque(value)).toBe(true);
    const plain = toPlain(new PickleTuple([value]));
    expect([[null], [name]]).toContainEqual(plain);
  });

  test('known names are not opaque', async () => {
    expect((await read('ctorch\nfloat32\nctorch\nFloatStorage\n\x86.')).opaque.size).toBe(0);
  });
});

describe('refusals', () => {
  test.each([
    [
      'a storage of an unknown type',
      'ctorch\nComplexFloatStorage\n.',
      /torch\.ComplexFloatStorage, which is not on the list/,
    ],
    [
      'a tensor of an unknown kind',
      'ctorch._utils\n_rebuild_sparse_tensor\n.',
      /_rebuild_sparse_tensor, which is not on/,
    ],
    ['something else of a storage', 'ctorch.storage\nUntypedStorage\n.', /torch\.storage\.UntypedStorage/],
    ['calling a string', "S'x'\n)R.", /calls something that is not a global/],
    ['calling with a list', 'cargparse\nNamespace\n]R.', /without a tuple/],
    ['unknown memo', 'h\x07.', /memo 7/],
    ['empty stack', '0.', /mark that was never set/],
    ['no value', '.', /empty stack/],
    ['no mark', 'K\x01t.', /mark that was never set/],
    ['unknown instruction', '\xff.', /unknown instruction 0xff/],
    ['extension registry', '\x82\x01.', /unknown instruction 0x82/],
    ['items without a dict', ']K\x01K\x02s.', /not a dict/],
    ['half a pair', '}(K\x01u.', /not a dict/],
    ['an endless text', 'X\xff\xff\xff\x7fab', /has a text of/],
    ['bytes past the end', 'B\xff\xff\xff\x7fab', /announces/],
    ['bytes of 2^63', '\x8e\x00\x00\x00\x00\x00\x00\x00\x80ab', /announces/],
    ['a huge integer', '\x8b\xff\xff\xff\x7f', /integer of/],
    ['digits without end', `L${'9'.repeat(5000)}\n.`, /integer that is none/],
    ['a line without end', `S'${'x'.repeat(70000)}`, /line longer/],
    ['nothing', '', /middle of an instruction/],
  ])('%s', async (_, program, message) => {
    await expectRefusal(read(program), message);
  });

  test('a program cut anywhere is refused', async () => {
    const program = pickle({ state_dict: new Map([['a', [1, 2.5, 'text']]]), opts: new PickledNamespace({ size: 3 }) });
    for (let length = 0; length < program.length; length++) {
      expect(await succeedsOrRefuses(read(program.slice(0, length)))).toBe('refused');
    }
  });

  test('any bytes end in a value or a named error', async () => {
    const opcodes = [
      ...'(.012FIJKLMNPQRSTUVXabcdeghijlopqrstu})]G\x80\x81\x85\x86\x87\x88\x89\x8a\x8c\x8f\x90\x93\x94',
    ].map((c) => c.charCodeAt(0));
    const byte = fc.oneof(fc.constantFrom(...opcodes), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(byte, { maxLength: 60 }), async (bytes) => {
        await succeedsOrRefuses(read(Uint8Array.from(bytes)));
      }),
      { numRuns: 3000 },
    );
  });

  /**
   * Leaves on the stack a list (`]`) or tuple (`)`) that holds the one before twice, `depth` times: 2^depth
   * leaves if it were spelt out.
   */
  const shared = (depth: number, kind: 'list' | 'tuple'): string => {
    let program = kind === 'list' ? ']\x94' : ')\x94';
    for (let i = 0; i < depth; i++) {
      const before = `h${String.fromCharCode(i)}`;
      program += kind === 'list' ? `](${before}${before}e\x94` : `${before}${before}\x86\x94`;
    }
    return `\x80\x04${program}`;
  };

  test('shared references cannot grow into an exponential copy', async () => {
    const started = cpuMilliseconds();
    await plain(`${shared(40, 'list')}.`);
    expect(cpuMilliseconds() - started).toBeLessThan(5000);
  });

  describe('a shared container as', () => {
    const key = (depth: number, kind: 'list' | 'tuple'): string =>
      `${shared(depth, kind)}0}h${String.fromCharCode(depth)}K\x01s.`;
    test.each([
      ['the key of a dict: a list', key(29, 'list'), /under a list, which Python cannot use as a key/],
      [
        'the key of a dict: a list inside a tuple',
        '\x80\x04}](K\x01K\x02e\x85K\x01s.',
        /under a tuple, which Python cannot/,
      ],
      ['the key of a dict: a dict', '\x80\x04}}K\x01s.', /under a dict, which Python cannot/],
    ])('%s', async (_, program, message) => {
      const started = cpuMilliseconds();
      await expectRefusal(read(program), message);
      expect(cpuMilliseconds() - started).toBeLessThan(2000);
    });

    test.each([
      ['the key of a dict: a tuple', key(29, 'tuple')],
      ['the key of a pair', `${shared(29, 'list')}0ccollections\nOrderedDict\n](h\x1dK\x01\x86e\x85R.`],
    ])('%s', async (_, program) => {
      const started = cpuMilliseconds();
      expect(await plain(program)).toEqual({});
      expect(cpuMilliseconds() - started).toBeLessThan(2000);
    });

    test.each([
      ['the name of a tensor', (nested: string) => `${nested}0}h\x1dK\x01s.`, /cannot use as a key/],
      [
        'the magic number',
        (nested: string) => `\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x190${nested}.`,
        /magic number a list/,
      ],
    ])('%s of a file', async (_, program, message) => {
      const bytes = latin1(program(shared(29, 'list').slice(2)));
      const file = message.source.includes('magic') ? bytes : await zipBytes((zip) => zip.add('a/data.pkl', [bytes]));
      const started = cpuMilliseconds();
      await expectRefusal(openCheckpoint(bytesSource('x.pt', file)), message);
      expect(cpuMilliseconds() - started).toBeLessThan(2000);
    });
  });

  test('keys called like what every object has keep their values', async () => {
    const value = await plain(pickle(new PickledNamespace({ ['__proto__']: { a: 1 }, constructor: 2 })));
    expect(Object.entries(value as object)).toEqual([
      ['__proto__', { a: 1 }],
      ['constructor', 2],
    ]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test('a program of millions of instructions is stopped', async () => {
    await expectRefusal(read(new Uint8Array(4_100_000).fill('N'.charCodeAt(0))), /more than 4000000 instructions/);
  });
});
