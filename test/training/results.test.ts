/** What `train` keeps on disk: whole files or the ones before, curves that go on, pictures that judge held out. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { thinned } from '../../cli/report/page.ts';
import { dataOf, heldOut, split } from '../../cli/train/data.ts';
import type { LoadedEvent } from '../../cli/train/events.ts';
import { trainingReport } from '../../cli/train/report.ts';
import { TrainResults } from '../../cli/train/results.ts';

const MODEL = resolve(import.meta.dirname, '../../models/clay-portraits-128');
const folder = mkdtempSync(join(tmpdir(), 'training-'));
afterAll(() => rmSync(folder, { recursive: true }));

const loaded: LoadedEvent = {
  kind: 'loaded',
  model: 'tiny',
  adapter: 'none',
  parameters: 10,
  lasting: 2 ** 20,
  activations: 2 ** 20,
  statistics: 'frozen',
  passes: 5,
  step: 0,
  width: 4,
  height: 4,
};
const report = (step: number) => {
  const losses = { l2: 1 / step, total: 1 / step };
  return { step, losses, passes: [1 / step], norm: 1, rate: 1e-4, seconds: 1 };
};

function resultsIn(out: string): TrainResults {
  return new TrainResults({ out, steps: 10, every: 1, print: () => undefined, facts: { command: 'train <b>' } });
}

describe('results', () => {
  it('a save that cannot be written leaves the one before, is told of, and made good by the next', async () => {
    const out = join(folder, 'full');
    const complaints = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const results = resultsIn(out);
    results.take(loaded);
    await results.file('last/hyperstyle.pt', Uint8Array.of(1));
    results.take({ kind: 'saved', what: 'last', step: 1 });
    rmSync(join(out, 'last'), { recursive: true });
    writeFileSync(join(out, 'last'), 'what stands in the way of a folder, as a full disk does of a file');
    await results.file('last/hyperstyle.pt', Uint8Array.of(2));
    results.take({ kind: 'saved', what: 'last', step: 2 });
    expect(complaints.mock.calls.join()).toMatch(/not saved: .*cannot be written.*the training goes on/);
    expect(results.unsaved?.code).toBe('file');
    rmSync(join(out, 'last'));
    await results.file('last/hyperstyle.pt', Uint8Array.of(3));
    results.take({ kind: 'saved', what: 'last', step: 3 });
    expect(results.unsaved).toBeUndefined();
    expect([...readFileSync(join(out, 'last', 'hyperstyle.pt'))]).toEqual([3]);
    expect(readdirSync(join(out, 'last'))).toEqual(['hyperstyle.pt']); // nothing half-written beside it
    complaints.mockRestore();
  });

  it('curves go on where the training does, without steps that were lost', () => {
    const out = join(folder, 'curves');
    const first = resultsIn(out);
    first.take(loaded);
    for (const step of [1, 2, 3]) first.take({ kind: 'step', report: report(step) });
    first.take({ kind: 'saved', what: 'last', step: 2 });
    const second = resultsIn(out);
    second.take({ ...loaded, step: 2 });
    expect(second.steps.map(({ step }) => step)).toEqual([1, 2]);
    expect(existsSync(join(out, 'report.html'))).toBe(true);
  });

  it('the report escapes what it was given, draws every loss, and bears numbers that are none', () => {
    const steps = [report(1), report(2), { ...report(3), losses: { l2: Number.NaN, total: Number.NaN } }];
    const validation = { step: 2, losses: { total: 0.5 }, passes: [{ total: 0.7 }, { total: 0.5 }], best: true };
    const html = trainingReport({
      facts: { command: '<script>' },
      steps,
      validations: [validation, { ...validation, step: 3 }],
      sheets: [{ step: 2, file: 'pictures/step-2.png' }],
    });
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toContain('<script>');
    expect(html).toContain('pass 2');
    expect(html).toContain('pictures/step-2.png');
    expect(html).not.toContain('NaN');
    expect(
      thinned(
        Array.from({ length: 1000 }, (_, i) => [i, i] as const),
        100,
      ),
    ).toHaveLength(100);
  });
});

describe('a folder of pictures', () => {
  it('holds a tenth out at most, spread over the folder', () => {
    expect([1, 2, 9, 40, 1000].map((count) => heldOut(count, 32))).toEqual([0, 1, 1, 4, 32]);
    expect(split([0, 1, 2, 3, 4, 5], 2)).toEqual([0, 1, 3, 4, 2, 5]);
  });

  it('without a picture is refused', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const asked = { cut: 'none', judges: 4, model: MODEL } as const;
    await expect(dataOf(empty, asked)).rejects.toThrow(/no picture in this folder/);
    await expect(dataOf(join(folder, 'nowhere'), asked)).rejects.toThrow(/there is no such picture or folder/);
    await expect(dataOf('clay', { ...asked, cut: 'centre' })).rejects.toThrow(/clay portraits are aligned/);
  });
});
