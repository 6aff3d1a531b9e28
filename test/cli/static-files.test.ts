import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inside, parseRange } from '../../cli/static-files.ts';

describe('inside', () => {
  it('finds files of a folder, and the mounted file itself', () => {
    expect(inside('/data/model', 'model.json')).toBe('/data/model/model.json');
    expect(inside('/data/model', 'a/../b.bin')).toBe('/data/model/b.bin');
    expect(inside('/data/one.bin', '')).toBe('/data/one.bin');
  });

  it('never leaves the folder', () => {
    expect(inside('/data/model', '../secret')).toBeUndefined();
    expect(inside('/data/model', '../model-2/x')).toBeUndefined();
    expect(inside('/data/model', '/etc/passwd')).toBe('/data/model/etc/passwd');
  });
});

describe('parseRange', () => {
  it('reads the three forms', () => {
    expect(parseRange(undefined, 100)).toBeUndefined();
    expect(parseRange('bytes=10-19', 100)).toEqual([10, 19]);
    expect(parseRange('bytes=90-', 100)).toEqual([90, 99]);
    expect(parseRange('bytes=-5', 100)).toEqual([95, 99]);
    expect(parseRange('bytes=90-200', 100)).toEqual([90, 99]);
  });

  it('refuses the others', () => {
    for (const bad of ['bytes=-', 'bytes=20-10', 'bytes=100-', 'bytes=0-1,5-6', 'rows=1-2']) {
      expect(parseRange(bad, 100), bad).toBeNull();
    }
  });

  it('never reaches beyond the file', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.integer({ min: 1, max: 1000 }), (from, to, size) => {
        const range = parseRange(`bytes=${from}-${to}`, size);
        if (!range) return from > Math.min(to, size - 1);
        return range[0] >= 0 && range[0] <= range[1] && range[1] < size;
      }),
    );
  });
});
