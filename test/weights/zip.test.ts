import { describe, expect, test } from 'vitest';
import { bytesSource } from '../../src/weights/random-access.ts';
import { readZipDirectory, verifyEntry } from '../../src/weights/zip-directory.ts';
import { expectRefusal, latin1, succeedsOrRefuses, zipBytes } from './support.ts';

const TEXT = 'hello, archive';
const small = () =>
  zipBytes(async (zip) => {
    await zip.add('a', [latin1(TEXT)]);
    await zip.add('b', [latin1('x'), latin1('yz')]);
  });
const open = (bytes: Uint8Array) => readZipDirectory(bytesSource('t.zip', bytes));

/** Offsets of every occurrence of a signature. */
function find(bytes: Uint8Array, signature: string): number[] {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return [...text.matchAll(new RegExp(signature, 'g'))].map((match) => match.index);
}

async function damaged(signature: string, index: number, offset: number, ...values: number[]): Promise<Uint8Array> {
  const bytes = await small();
  const at = find(bytes, signature)[index] ?? 0;
  bytes.set(values, at + offset);
  return bytes;
}

const LOCAL = 'PK\x03\x04';
const CENTRAL = 'PK\x01\x02';
const END = 'PK\x05\x06';

describe('zip directory', () => {
  test('finds stored entries and their bytes', async () => {
    const bytes = await small();
    const source = bytesSource('t.zip', bytes);
    const entries = await readZipDirectory(source);
    expect([...entries.keys()]).toEqual(['a', 'b']);
    const a = entries.get('a');
    expect(a?.size).toBe(TEXT.length);
    expect((a?.offset ?? 1) % 64).toBe(0);
    expect(await source.read(a?.offset ?? 0, 5)).toEqual(latin1('hello'));
    for (const entry of entries.values()) await verifyEntry(source, entry);
  });

  test('a comment after the end record is allowed', async () => {
    const bytes = await small();
    const end = bytes.length - 22;
    const longer = new Uint8Array([...bytes, 104, 105]);
    longer[end + 20] = 2;
    expect((await open(longer)).size).toBe(2);
  });

  test.each([
    ['another name in the local header', LOCAL, 0, 30, [0x63], /entry "a" is called "c"/],
    ['another size in the local header', LOCAL, 0, 22, [0x63], /has 99 bytes in its local header, 14/],
    ['another CRC in the local header', LOCAL, 0, 14, [1, 2, 3, 4], /CRC-32 in its local header/],
    ['another method in the local header', LOCAL, 0, 8, [8], /method 8 in its local header/],
    ['a compressed entry', CENTRAL, 0, 10, [8], /is compressed \(method 8/],
    ['a bomb: a kilobyte that unpacks to gigabytes', CENTRAL, 0, 24, [0, 0, 0, 0xf0], /is compressed/],
    ['an encrypted entry', CENTRAL, 0, 8, [1], /is encrypted/],
    ['no local header where the directory points', CENTRAL, 0, 42, [3], /has no local header at 3/],
    ['a local header inside the directory', CENTRAL, 1, 42, [0xff, 0xff], /inside the directory|has no local header/],
    ['two entries over the same bytes', CENTRAL, 1, 42, [0, 0], /is called "a"/],
    ['the same name twice', CENTRAL, 1, 46, [0x61], /is called "b"/],
    [
      'an entry past the directory',
      CENTRAL,
      0,
      20,
      [0xf0, 0xff, 0, 0, 0xf0, 0xff, 0, 0],
      /in its local header|past the directory/,
    ],
    ['a broken central header', CENTRAL, 1, 0, [0], /entry 1 of 2/],
    ['more entries than the directory holds', END, 0, 8, [0xff, 0, 0xff, 0], /must end before/],
    ['a directory past the file', END, 0, 16, [0xff, 0xff, 0xff, 0x7f], /puts its directory at/],
    ['a directory larger than the file', END, 0, 12, [0xff, 0xff, 0xff, 0x7f], /puts its directory at/],
    ['zip64 without its records', END, 0, 16, [0xff, 0xff, 0xff, 0xff], /zip64 locator/],
    ['a split archive', END, 0, 4, [1, 0], /split archive/],
  ] as const)('%s is refused', async (_, signature, index, offset, values, message) => {
    await expectRefusal(open(await damaged(signature, index, offset, ...values)), message);
  });

  test('entries that overlap are refused', async () => {
    // "b" starts inside the data of "a": a whole local header lies there
    const inner = await zipBytes((zip) => zip.add('b', [latin1('xyz')]));
    const outer = await zipBytes(async (zip) => {
      await zip.add('a', [inner.subarray(0, 67)]);
      await zip.add('b', [latin1('xyz')]);
    });
    const second = find(outer, CENTRAL)[1] ?? 0;
    new DataView(outer.buffer).setUint32(second + 42, 64, true);
    await expectRefusal(open(outer), /entries "a" and "b" overlap/);
  });

  test('an archive cut anywhere is refused', async () => {
    const bytes = await small();
    for (let length = 0; length < bytes.length; length++) {
      expect(await succeedsOrRefuses(open(bytes.slice(0, length))), `${length} bytes`).toBe('refused');
    }
  });

  test('zip64 fields are read', async () => {
    const bytes = await small();
    const view = new DataView(bytes.buffer);
    const end = bytes.length - 22;
    const directory = view.getUint32(end + 16, true);
    const tail = new DataView(new ArrayBuffer(56 + 20 + 22));
    tail.setUint32(0, 0x06064b50, true);
    tail.setBigUint64(32, 2n, true);
    tail.setBigUint64(40, BigInt(end - directory), true);
    tail.setBigUint64(48, BigInt(directory), true);
    tail.setUint32(56, 0x07064b50, true);
    tail.setBigUint64(64, BigInt(end), true);
    new Uint8Array(tail.buffer).set(bytes.subarray(end), 76);
    tail.setUint16(76 + 10, 0xffff, true);
    tail.setUint32(76 + 16, 0xffffffff, true);
    const zip64 = new Uint8Array([...bytes.subarray(0, end), ...new Uint8Array(tail.buffer)]);
    expect([...(await open(zip64)).keys()]).toEqual(['a', 'b']);
  });
});
