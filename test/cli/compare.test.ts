/** The tables of a comparison: means by step, editability, and a report that is on disk after every method. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import compare from '../../cli/commands/compare.ts';
import { codesApart } from '../../cli/compare/editability.ts';
import type { Measured, Method } from '../../cli/compare/events.ts';
import { CompareResults } from '../../cli/compare/results.ts';
import { summarise, trimmedMean } from '../../cli/compare/statistics.ts';
import { packPicture } from '../../cli/invert/events.ts';

const folder = mkdtempSync(join(tmpdir(), 'compare-'));
afterAll(() => rmSync(folder, { recursive: true }));

function measured(picture: number, method: Method, l2: number, consistency: number | null = null): Measured {
  return {
    picture,
    method,
    steps: [
      { step: 'y_0', seconds: 1, values: { l2: 2 * l2 } },
      { step: 'y_1', seconds: 2 + picture, values: { l2 } },
    ],
    edits: [{ direction: 'smile', amount: 3, values: { face: l2 }, moved: 0.1 }],
    consistency,
  };
}

describe('statistics', () => {
  it('means of every step over the pictures, methods in the order of the paper', () => {
    const all = [measured(0, 'hyperstyle', 0.1, 4), measured(1, 'hyperstyle', 0.3, 6), measured(0, 'optimise', 0.5)];
    const [first, second] = summarise(all);
    expect([first?.method, second?.method]).toEqual(['optimise', 'hyperstyle']);
    expect(second?.steps.map(({ step, pictures }) => [step, pictures])).toEqual([
      ['y_0', 2],
      ['y_1', 2],
    ]);
    expect(second?.steps[1]?.values.l2?.mean).toBeCloseTo(0.2);
    expect(second?.steps[1]?.seconds.mean).toBeCloseTo(2.5);
    expect(second?.edits[0]?.values.face?.mean).toBeCloseTo(0.2);
    expect([first?.consistency, second?.consistency]).toEqual([null, 5]);
  });

  it('the mean of consistencies leaves out the outer hundredths, and nothing of a few', () => {
    const many = Array.from({ length: 401 }, (_, i) => i);
    expect(trimmedMean([...many.slice(0, -1), 1e9])).toBeCloseTo(200, 0);
    expect(trimmedMean([1, 2, 6])).toBe(3);
    expect(trimmedMean([])).toBeNull();
  });

  it('codes that come back from an edit are not apart, row by row', () => {
    const [codes, direction] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(0.5, -1)];
    const edited = codes.map((code, i) => code + 3 * (direction[i % 2] ?? 0));
    expect(codesApart(codes, edited, direction, 3)).toBeCloseTo(0);
    expect(codesApart(codes, codes, direction, 3)).toBeCloseTo(3 * Math.sqrt(2.5));
  });
});

describe('the command refuses before a host starts', () => {
  const shipped = resolve(import.meta.dirname, '../../models/clay-portraits-128/model.json');

  /** A model folder with some of the shipped one's networks. */
  function modelWithout(...networks: readonly string[]): string {
    const manifest = JSON.parse(readFileSync(shipped, 'utf8'));
    const model = mkdtempSync(join(folder, 'model-'));
    for (const network of networks) delete manifest.networks[network];
    writeFileSync(join(model, 'model.json'), JSON.stringify(manifest));
    return model;
  }

  it.each([
    [['--data', 'clay', '--model', modelWithout('encoder', 'hypernetwork')], /no W encoder and hypernetwork/],
    [['--data', 'clay', '--model', modelWithout('hypernetwork')], /no W encoder and hypernetwork/],
    [['--data', 'clay', '--model', folder], /no model\.json there/],
    [['--data', join(folder, 'nowhere')], /nowhere: there is no such picture or folder/],
    [['--data', mkdtempSync(join(folder, 'empty-'))], /no picture in this folder/],
    [['--data', folder, '--align', '--centre'], /a photo is cut by one of them/],
  ])('%j', async (args, message) => {
    const model = args.includes('--model') ? [] : ['--model', shipped];
    await expect(compare([...args, ...model, '--out', join(folder, 'out')])).rejects.toThrow(message);
  });
});

describe('results', () => {
  const loaded = {
    kind: 'loaded',
    model: 'tiny',
    adapter: 'none',
    metrics: ['l2'],
    notes: [],
    methods: ['e4e'],
  } as const;
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

  it('table, pictures and what is left out are in the report as soon as a method is done', async () => {
    const names = ['<a>', 'b'];
    const notes = ['lpips: its network is not given'];
    const results = new CompareResults({ out: folder, print: () => undefined, names, facts: {}, notes });
    results.take(loaded);
    expect(results.isEmpty).toBe(true);
    const picture = packPicture({ data: new Uint8ClampedArray(4), width: 1, height: 1 });
    await results.file('0/e4e edited', picture);
    results.take({ kind: 'measured', measured: measured(0, 'e4e', 0.25) });
    const report = read('report.html');
    expect(report).toContain('0.2500');
    expect(report).toContain('lpips: its network is not given');
    expect(report).toContain('pictures/_a_/e4e-edited.png');
    expect(report).not.toContain('<a>');
    expect(readFileSync(join(folder, 'pictures/_a_/e4e-edited.png')).subarray(1, 4).toString()).toBe('PNG');
    results.take({ kind: 'failed', picture: 1, method: null, message: 'b: cannot be decoded' });
    results.take({ kind: 'ended', ended: 'stop' });
    expect(read('report.html')).toContain('b: cannot be decoded');
    expect(JSON.parse(read('comparison.json')).measured).toHaveLength(1);
    expect(results.lines()).toEqual(['method  l2      seconds  pictures', 'e4e     0.2500  2.00     1']);
  });
});
