/** The disk fills up while a training saves: what was saved before is whole, and the next save that fits makes it good. */
import fs, { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { SAVED } from '../../cli/train/events.ts';
import { TrainResults } from '../../cli/train/results.ts';

/** Bytes that still fit. */
const disk = { room: Number.POSITIVE_INFINITY };

const { writeFileSync } = fs;
beforeAll(() => {
  vi.spyOn(fs, 'writeFileSync').mockImplementation((path, data) => {
    const bytes = Buffer.from(data as Uint8Array);
    const fits = Math.min(bytes.length, disk.room);
    disk.room -= fits;
    writeFileSync(path, bytes.subarray(0, fits));
    if (fits < bytes.length) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  });
  syncBuiltinESMExports();
});
afterAll(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

const out = mkdtempSync(join(tmpdir(), 'full-disk-'));
afterAll(() => rmSync(out, { recursive: true }));

const FILES = [SAVED.hyperstyle, SAVED.encoder, SAVED.state];

/** Saves files of 100 bytes that hold the step, as the job sends them. */
async function save(results: TrainResults, what: 'best' | 'last', step: number): Promise<void> {
  for (const file of FILES) await results.file(`${what}/${file}`, new Uint8Array(100).fill(step));
  results.take({ kind: 'saved', what, step });
}

/** The step that each file of a save holds; undefined for one that is not whole. */
function stepsOf(what: string): (number | undefined)[] {
  const bytes = readdirSync(join(out, what)).map((name) => readFileSync(join(out, what, name)));
  return bytes.map((file) => (file.length === 100 ? file[0] : undefined));
}

it('a save that does not fit leaves all files of the one before, is told of, and the next one is whole', async () => {
  const complaints = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const said: string[] = [];
  const results = new TrainResults({ out, steps: 10, every: 1, print: (line) => said.push(line), facts: {} });
  await save(results, 'last', 1);
  await save(results, 'best', 1);
  const report = readFileSync(join(out, 'report.html')).length + readFileSync(join(out, 'history.json')).length;
  disk.room = report + 150; // the first of three files fits, half of the second
  await save(results, 'last', 2);
  disk.room = 0;
  await save(results, 'best', 2);
  expect([stepsOf('last'), stepsOf('best')]).toEqual([
    [1, 1, 1],
    [1, 1, 1],
  ]);
  expect(complaints.mock.calls.join()).toMatch(/not saved: .*no space left on device.*the training goes on/);
  expect(results.unsaved?.message).toMatch(/no space left on device/);
  expect(said.filter((line) => line.startsWith('saved'))).toHaveLength(2);
  disk.room = Number.POSITIVE_INFINITY;
  await save(results, 'last', 3);
  await save(results, 'best', 3);
  expect([stepsOf('last'), stepsOf('best'), results.unsaved]).toEqual([[3, 3, 3], [3, 3, 3], undefined]);
  complaints.mockRestore();
});
