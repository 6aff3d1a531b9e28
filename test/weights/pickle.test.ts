import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Picklable, PickledNamespace, pickle } from '../../cli/convert/pickle-writer.ts';
import { readPickle } from '../../src/weights/pickle.ts';
import { PickleDict, PickleTuple, toPlain } from '../../src/weights/pickle-values.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { torchAllowList } from '../../src/weights/torch-objects.ts';
import { cpuMilliseconds, expectRefusal, latin1, succeedsOrRefuses } from './support.ts';

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

describe('refusals', () => {
  test.each([
    ['os.system by GLOBAL', "cos\nsystem\n(S'echo'\ntR.", /os\.system, which is not on the list/],
    ['posix.system by INST', "(S'echo'\niposix\nsystem\n.", /posix\.system/],
    ['eval by STACK_GLOBAL', '\x80\x04\x8c\x08builtins\x8c\x04eval\x93.', /builtins\.eval/],
    ['getattr', 'c__builtin__\ngetattr\n.', /__builtin__\.getattr/],
    ['a dotted escape', '\x80\x04\x8c\x05torch\x8c\x11storage.os.system\x93.', /torch\.storage\.os\.system/],
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

  test('shared references cannot grow into an exponential copy', async () => {
    // each list holds the one before twice: 2^40 leaves if it were copied
    let program = '\x80\x04]\x94';
    for (let i = 0; i < 40; i++) program += `](h${String.fromCharCode(i)}h${String.fromCharCode(i)}e\x94`;
    const started = cpuMilliseconds();
    await plain(`${program}.`);
    expect(cpuMilliseconds() - started).toBeLessThan(5000);
  });

  test('a program of millions of instructions is stopped', async () => {
    await expectRefusal(read(new Uint8Array(4_100_000).fill('N'.charCodeAt(0))), /more than 4000000 instructions/);
  });
});
