/** Whose results a folder of `invert` holds: photos of one name, in one run or several, are not taken for each other. */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isDone, markBegun, markDone, withFolders } from '../../cli/invert/sources.ts';

let work = '';
let out = '';
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'sources-'));
  out = join(work, 'out');
});
afterEach(() => rmSync(work, { recursive: true }));

/** A photo of so many bytes. */
function photo(name: string, bytes = 1): string {
  const path = join(work, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'p'.repeat(bytes));
  return path;
}

const names = (...files: readonly string[]): string[] => withFolders(files, out).map(({ name }) => name);

/** Does them, as a run to its end. */
function run(...files: readonly string[]): void {
  for (const input of withFolders(files, out)) {
    mkdirSync(join(out, input.name), { recursive: true });
    markDone(out, input, statSync(input.path).size);
  }
}

const todo = (...files: readonly string[]): string[] =>
  withFolders(files, out)
    .filter((input) => !isDone(out, input))
    .map(({ path }) => path);

it('photos of one name in two runs get a folder each, and the second is not done because the first is', () => {
  const [a, b] = [photo('a/x.png'), photo('b/x.png')];
  run(a);
  expect(todo(b)).toEqual([b]);
  expect(names(b)).toEqual(['x-2']);
  run(b);
  expect([todo(b), todo(a), todo(b, a), names(b, a)]).toEqual([[], [], [], ['x-2', 'x']]);
});

it('names that differ in case alone stay with their photos, whatever the order of a later run', () => {
  const [lower, upper, other] = [photo('a/x.png'), photo('b/X.png'), photo('c/x.png')];
  run(lower, upper, other);
  expect(names(lower, upper, other)).toEqual(['x', 'X-2', 'x-3']);
  expect(todo(other, upper, lower)).toEqual([]);
  expect(names(photo('d/X.png'))).toEqual(['X-4']);
});

it('a folder that gets another photo of the same name between two runs keeps what is done', () => {
  const [b, c] = [photo('b/x.png'), photo('c/x.png')];
  run(b, c);
  const a = photo('a/x.png');
  expect(todo(a, b, c)).toEqual([a]);
  expect(names(a, b, c)).toEqual(['x-3', 'x', 'x-2']);
});

it('results and photos that are moved together are known again', () => {
  run(photo('before/photos/x.png'));
  rmSync(join(work, 'before'), { recursive: true });
  const moved = photo('after/photos/x.png');
  out = join(work, 'after', 'out');
  run(moved);
  expect(todo(moved)).toEqual([]);
});

it('a photo that was replaced, one that was begun again, and one whose record is broken are not done', () => {
  const [x, y, z] = [photo('x.png'), photo('y.png'), photo('z.png')];
  run(x, y, z);
  photo('x.png', 2);
  for (const input of withFolders([y], out)) markBegun(out, input);
  writeFileSync(join(out, 'z', 'source.json'), '{"photo": 3');
  expect(todo(x, y, z)).toEqual([x, y, z]);
  expect(names(x, y, z)).toEqual(['x', 'y', 'z']);
});

it('a photo whose run was cut off keeps its folder: no other gets its name or is mixed with what is there', () => {
  const [a, b] = [photo('a/x.png'), photo('b/x.png')];
  for (const input of withFolders([b], out)) markBegun(out, input);
  expect([todo(b), names(a), names(a, b)]).toEqual([[b], ['x-2'], ['x-2', 'x']]);
});

it('a record that cannot be written is a file error that names --out', () => {
  const [input] = withFolders([photo('x.png')], out);
  mkdirSync(join(out, 'x', 'source.json'), { recursive: true });
  expect(() => input && markBegun(out, input)).toThrow(/^--out ".*source\.json": cannot be written/);
});

it('a photo that is not there is left to whoever reads it', () => {
  const gone = join(work, 'gone.png');
  expect([todo(gone), names(gone)]).toEqual([[gone], ['gone']]);
});
