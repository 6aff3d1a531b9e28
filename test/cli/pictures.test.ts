import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { AlignResults } from '../../cli/align/results.ts';
import type { InvertEvent } from '../../cli/invert/events.ts';
import { writeFiles, writeFileWhole } from '../../cli/invert/output-folder.ts';
import { type DecodedPicture, decodePicture } from '../../cli/invert/pictures.ts';
import { duration, Results } from '../../cli/invert/results.ts';
import { type InputFile, isDone } from '../../cli/invert/sources.ts';
import { PivotResults } from '../../cli/pivot/results.ts';

const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('decodePicture', () => {
  it('turns a picture upright and lays transparency over white', async () => {
    const file = join(folder, 'turned.jpg');
    const create = { width: 4, height: 2, channels: 3 as const, background: '#ff0000' };
    await sharp({ create }).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toFile(file);
    expect(await decodePicture(file, 'turned')).toMatchObject({ width: 2, height: 4, name: 'turned' });
    const clear = join(folder, 'clear.png');
    await sharp({ create: { width: 1, height: 1, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } } }).toFile(
      clear,
    );
    const { data } = await decodePicture(clear, 'clear');
    expect([...data].map((value) => Math.round(value / 2))).toEqual([64, 64, 64, 128]);
  });

  it('reads grey, 16-bit and palette pictures as RGBA bytes', async () => {
    const grey = join(folder, 'grey.png');
    await sharp(Uint8Array.of(0, 255), { raw: { width: 2, height: 1, channels: 1 } })
      .toColourspace('grey16')
      .toFile(grey);
    expect([...(await decodePicture(grey, 'grey')).data]).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
  });

  it.each([
    [20_000, 3, 8192, 1],
    [2, 9000, 2, 8192],
    [8192, 2, 8192, 2],
  ])('scales %i×%i px down to %i×%i', async (width, height, toWidth, toHeight) => {
    const warn = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const file = join(folder, `${width}.png`);
    await sharp({ create: { width, height, channels: 3, background: '#123456' } }).toFile(file);
    const { data, ...size } = await decodePicture(file, 'large');
    expect([size.width, size.height]).toEqual([toWidth, toHeight]);
    expect([...data.subarray(0, 4)]).toEqual([0x12, 0x34, 0x56, 255]);
    const told =
      width === toWidth && height === toHeight ? [] : [[expect.stringMatching(`${width}×${height} px were`)]];
    expect(warn.mock.calls).toEqual(told);
    warn.mockRestore();
  });

  it('keeps a photo that parts are cut out of as large as it is, up to a limit of memory', async () => {
    const wide = join(folder, '20000.png');
    expect(await decodePicture(wide, 'wide', true)).toMatchObject({ width: 20_000, height: 3 });
    const vast = join(folder, 'vast.svg');
    writeFileSync(vast, '<svg xmlns="http://www.w3.org/2000/svg" width="17000" height="16000"/>');
    await expect(decodePicture(vast, 'vast', true)).rejects.toThrow(/17000×16000 px are more than the \d+ .* scale it/);
  });

  it('says which file is missing or unreadable', async () => {
    await expect(decodePicture(join(folder, 'none.png'), 'x')).rejects.toThrow(/none\.png: there is no such/);
    const text = join(folder, 'text.png');
    writeFileSync(text, 'no picture');
    await expect(decodePicture(text, 'x')).rejects.toThrow(/text\.png: cannot be decoded .* use a PNG/);
  });

  it('refuses a truncated picture', async () => {
    const whole = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#123456' } })
      .jpeg()
      .toBuffer();
    const cut = join(folder, 'cut.jpg');
    writeFileSync(cut, whole.subarray(0, whole.length / 2));
    await expect(decodePicture(cut, 'x')).rejects.toThrow(/cut\.jpg: cannot be decoded/);
  });
});

describe('writeFiles', () => {
  it('replaces what an earlier run wrote and keeps everything else', () => {
    const out = join(folder, 'me');
    writeFiles(
      out,
      new Map([
        ['y0.png', Uint8Array.of(1)],
        ['y9.png', Uint8Array.of(9)],
      ]),
    );
    writeFileSync(join(out, 'notes.txt'), 'mine');
    writeFiles(out, new Map([['y0.png', Uint8Array.of(2)]]));
    expect(readdirSync(out).sort()).toEqual(['notes.txt', 'y0.png']);
    expect([...readFileSync(join(out, 'y0.png'))]).toEqual([2]);
  });

  it('leaves nothing behind when a file cannot be written', () => {
    const out = join(folder, 'broken');
    const files = new Map([
      ['y0.png', Uint8Array.of(1)],
      ['no/such/folder.png', Uint8Array.of(1)],
    ]);
    expect(() => writeFiles(out, files)).toThrow(/broken: cannot be written .* --out/);
    expect(readdirSync(out)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith('.invert'))).toEqual([]);
  });

  it('names the option whose path is unusable', () => {
    expect(() => writeFileWhole(join(folder, 'none', 'id'), Uint8Array.of(1), '--identity-out')).toThrow(
      /^--identity-out/,
    );
    writeFileSync(join(folder, 'taken'), '');
    expect(() => writeFiles(join(folder, 'taken', 'x'), new Map())).toThrow(/^--out/);
  });
});

const results = (kind: string, inputs: readonly InputFile[]): { decode(index: number): Promise<DecodedPicture> } => {
  const print = (): void => undefined;
  if (kind === 'pivot') return new PivotResults(inputs, folder, print);
  if (kind === 'align') return new AlignResults(inputs, { out: folder, size: 64, print });
  return new Results(inputs, { out: folder, identityOut: undefined, paste: false, fullSize: false, print });
};

it.each(['invert', 'pivot', 'align'])(
  '%s decodes a picture when its turn has come, not all beforehand',
  async (kind) => {
    const inputs = [1, 2].map((width) => ({ path: join(folder, `${kind}-${width}.png`), name: `${width}` }));
    const made = results(kind, inputs);
    for (const [index, { path }] of inputs.entries()) {
      const create = { width: index + 1, height: 1, channels: 3 as const, background: '#000' };
      await sharp({ create }).png().toFile(path);
      expect(await made.decode(index)).toMatchObject({ width: index + 1, height: 1 });
    }
  },
);

describe('many pictures', () => {
  /** What is printed, and the bar's words, while `events` come in for three pictures. */
  async function printed(events: readonly InvertEvent[]): Promise<{ lines: string[]; bar: [number, string][] }> {
    const create = { width: 2, height: 2, channels: 3 as const, background: '#000' };
    const inputs = ['a', 'b', 'c'].map((name) => ({ path: join(folder, `many-${name}.png`), name }));
    for (const { path } of inputs) await sharp({ create }).png().toFile(path);
    const lines: string[] = [];
    const bar: [number, string][] = [];
    const made = new Results(inputs, {
      out: join(folder, 'many'),
      identityOut: undefined,
      paste: false,
      fullSize: false,
      print: (line) => lines.push(line),
      bar: { show: (done, words) => bar.push([done, words]), end: () => undefined },
    });
    for (const event of events) {
      if ('picture' in event && event.kind === 'step' && event.index === 0) await made.decode(event.picture);
      if (event.kind === 'inverted') made.save('0/y0', new Uint8Array(16));
      await made.take(event);
    }
    return { lines, bar };
  }

  it('are a line each, and a count on the bar, failures too', async () => {
    const step = (picture: number, index: number, l2: number): InvertEvent => ({
      kind: 'step',
      picture,
      index,
      l2,
      seconds: 1,
    });
    const done = (picture: number): InvertEvent => ({ kind: 'inverted', picture, width: 2, height: 2 });
    const failed: InvertEvent = { kind: 'failed', picture: 1, message: 'b.png: cannot be decoded' };
    const events = [step(0, 0, 0.5), step(0, 1, 0.25), done(0), failed, step(2, 0, 0.5), step(2, 1, 0.5), done(2)];
    const { lines, bar } = await printed(events);
    expect(lines).toEqual([
      expect.stringMatching(/^\[1 of 3\] .*a: L2 0\.500000 → 0\.250000 \(-50\.0%\) in 2\.0 s$/),
      '[2 of 3] not inverted: b.png: cannot be decoded',
      expect.stringMatching(/^\[3 of 3\] .*c: L2 /),
    ]);
    expect(bar.map(([count]) => count)).toEqual([0, 0, 2, 2, 2]);
    expect(bar[1]?.[1]).toBe('0 of 3  many-a.png y1');
    expect(bar[2]?.[1]).toMatch(/^2 of 3, 1 failed, \d+ s left/);
  });
});

it.each([false, true])('a photo of two faces is done after the last of them; pasted %s', async (paste) => {
  const out = join(folder, `faces ${paste}`);
  const path = join(folder, 'two.png');
  await sharp({ create: { width: 2, height: 2, channels: 3, background: '#000' } }).toFile(path);
  const input = { path, name: 'two' };
  const made = new Results([input], { out, identityOut: undefined, paste, fullSize: true, print: () => undefined });
  await made.decode(0);
  const seen: boolean[] = [];
  for (const part of [0, 1]) {
    for (const name of ['input', 'y0']) made.save(`0/${name}`, new Uint8Array(16));
    const of = { part, parts: 2, width: 2, height: 2 };
    await made.take({ kind: 'inverted', picture: 0, width: 2, height: 2, of });
    seen.push(isDone(out, input));
  }
  made.save('0/pasted', new Uint8Array(16));
  if (paste) await made.take({ kind: 'pasted', picture: 0 });
  expect([...seen, isDone(out, input)]).toEqual([false, !paste, true]);
});

it('a photo that is taken away while it is inverted is written all the same', async () => {
  const out = join(folder, 'taken away');
  const path = join(folder, 'gone.png');
  await sharp({ create: { width: 2, height: 2, channels: 3, background: '#000' } }).toFile(path);
  const photo = readFileSync(path);
  const input = { path, name: 'gone' };
  const made = new Results([input], { out, identityOut: undefined, paste: false, fullSize: false, print: () => {} });
  await made.decode(0);
  rmSync(path);
  made.save('0/y0', new Uint8Array(16));
  await made.take({ kind: 'inverted', picture: 0, width: 2, height: 2 });
  writeFileSync(path, photo);
  expect(isDone(out, input)).toBe(true);
});

it.each([
  [0.2, '1 s'],
  [89, '89 s'],
  [600, '10 min'],
  [9000, '2.5 h'],
])('%i seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
