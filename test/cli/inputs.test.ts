/** Which pictures `invert` reads, and where it writes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { packPicture, unpackPicture } from '../../cli/invert/events.ts';
import { outputNames, pictureFiles } from '../../cli/invert/inputs.ts';
import { modelFolder, modelPlace } from '../../cli/model-folder.ts';

const work = mkdtempSync(join(tmpdir(), 'inputs #1 '));
afterAll(() => rmSync(work, { recursive: true }));
const at = (...path: readonly string[]): string => join(work, ...path);

describe('outputNames', () => {
  it.each([
    [
      ['a/me.png', 'b/me.jpg', 'you.webp'],
      ['me', 'me-2', 'you'],
    ],
    [
      ['a-2.png', 'a.png', 'b/a.png'],
      ['a-2', 'a', 'a-3'],
    ],
    [
      ['a.png', 'b/a.png', 'a-2.png', 'a-2-2.png'],
      ['a', 'a-2', 'a-2-2', 'a-2-2-2'],
    ],
    [
      ['Me.png', 'me.png', 'ME.jpg'],
      ['Me', 'me-2', 'ME-3'],
    ],
    [
      ['caf\u00e9.png', 'cafe\u0301.png'],
      ['caf\u00e9', 'cafe\u0301-2'],
    ],
    [
      ['...png', '..png', '.png', 'x/...jpg'],
      ['picture', 'picture-2', 'png', 'picture-3'],
    ],
    [
      ['con.png', 'a:b.png', 'tail. .png', 'new\nline.png'],
      ['con_', 'a_b', 'tail', 'new_line'],
    ],
  ])('of %j are %j', (files, names) => {
    expect(outputNames(files)).toEqual(names);
  });

  it('are distinct folders inside the one for results, whatever files are called', () => {
    const name = fc.oneof(fc.string(), fc.stringMatching(/^[.aA2-]{0,6}(\.png)?$/));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 8 }), (files) => {
        const names = outputNames(files);
        for (const found of names) expect([dirname(resolve('/out', found)), basename(found)]).toEqual(['/out', found]);
        expect(new Set(names.map((found) => found.normalize('NFC').toLowerCase())).size).toBe(files.length);
      }),
    );
  });
});

describe('pictureFiles', () => {
  it('takes the pictures of a folder in the order of their names, and files as they are', () => {
    mkdirSync(at('faces', 'deeper.png'), { recursive: true });
    for (const name of ['10.png', '9.JPG', 'notes.txt', '.hidden.png', 'z.webp']) writeFileSync(at('faces', name), '');
    writeFileSync(at('portrait.scan'), '');
    const pictures = ['9.JPG', '10.png', 'z.webp'].map((name) => at('faces', name));
    expect(pictureFiles([at('faces')])).toEqual(pictures);
    expect(pictureFiles([at('portrait.scan'), at('faces')])).toEqual([at('portrait.scan'), ...pictures]);
    expect(pictureFiles([at('gone.png'), at('portrait.scan')])).toEqual([at('gone.png'), at('portrait.scan')]);
  });

  it('takes patterns: in one folder, in all below it, one of several words', () => {
    for (const name of ['a', 'a/b', 'a/.c']) mkdirSync(at('album', name), { recursive: true });
    for (const name of ['10.jpg', '9.jpg', 'x.txt', 'a/1.png', 'a/b/2.PNG', 'a/.c/3.png', 'a/.4.png'])
      writeFileSync(at('album', name), '');
    const of = (pattern: string): string[] =>
      pictureFiles([at('album', pattern)]).map((file) => relative(at('album'), file).replaceAll('\\', '/'));
    expect(of('*.jpg')).toEqual(['9.jpg', '10.jpg']);
    expect(of('*')).toEqual(['9.jpg', '10.jpg']);
    expect(of('**')).toEqual(['9.jpg', '10.jpg', 'a/1.png', 'a/b/2.PNG']);
    expect(of('**/*.{png,PNG}')).toEqual(['a/1.png', 'a/b/2.PNG']);
    expect(of('?.jpg')).toEqual(['9.jpg']);
  });

  it('takes no picture twice because of a pattern, but one that is named twice', () => {
    const [nine, ten] = ['9.jpg', '10.jpg'].map((name) => at('album', name));
    expect(pictureFiles([ten ?? '', at('album', '*.jpg'), at('album', '1*')])).toEqual([ten, nine]);
    expect(pictureFiles([ten ?? '', ten ?? ''])).toEqual([ten, ten]);
  });

  it('takes a file whose name looks like a pattern as it is', () => {
    writeFileSync(at('album', 'me[9].jpg'), '');
    expect(pictureFiles([at('album', 'me[9].jpg')])).toEqual([at('album', 'me[9].jpg')]);
  });

  it('says what a pattern met that matches no picture', () => {
    expect(() => pictureFiles([at('album', '*.bmp')])).toThrow(
      /\*\.bmp: there is no such picture .*: no file matches$/,
    );
    expect(() => pictureFiles([at('album', '*.txt')])).toThrow(/: the one file that matches is none$/);
  });

  it('refuses folders without pictures, and arguments none of which is there', () => {
    mkdirSync(at('empty'));
    expect(() => pictureFiles([at('empty')])).toThrow(/empty: there is no picture in this folder/);
    expect(() => pictureFiles([at('a.png'), at('b.png')])).toThrow(/a\.png: there is no such picture or folder/);
  });
});

it('a picture travels as one piece', () => {
  const picture = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
  expect(unpackPicture(packPicture(picture))).toEqual(picture);
});

describe('--model', () => {
  it('takes a folder, its model.json and a file: address alike', () => {
    writeFileSync(at('model.json'), '{}');
    const { href } = pathToFileURL(work);
    for (const text of [work, `${work}/`, at('model.json'), href, `${href}/model.json`, `${href}/`]) {
      expect(modelPlace(text), text).toEqual({ folder: work });
    }
    expect(() => modelFolder(at('faces'))).toThrow(/no model\.json there/);
  });

  it('leaves addresses as they are, their query too', () => {
    for (const address of ['https://h/m/?token=a#x', 'HTTP://h/m/model.json'])
      expect(modelPlace(address)).toEqual({ address });
    expect(() => modelFolder('https://h/m/')).toThrow(/needs the model's folder on this machine/);
  });
});
