/** What of many pictures a run does, and the manifest that runs shares of them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { notDone, parseShard, shareOf } from '../../cli/invert/shards.ts';

it('shares have every picture once', () => {
  const all = Array.from({ length: 10 }, (_, i) => i);
  const shares = [0, 1, 2].map((index) => shareOf(all, { index, count: 3 }));
  expect(shares).toEqual([
    [0, 3, 6, 9],
    [1, 4, 7],
    [2, 5, 8],
  ]);
});

it.each(['3', '3/3', '-1/3', '1/0', '1.5/3', 'a/b', ''])('"%s" is no share', (text) => {
  expect(() => parseShard(text)).toThrow(/expected I\/N/);
});

it('a picture with a person is done, one without is not', () => {
  const out = mkdtempSync(join(tmpdir(), 'shards-'));
  try {
    for (const name of ['done', 'begun']) mkdirSync(join(out, name));
    writeFileSync(join(out, 'done', 'identity.safetensors'), '');
    const inputs = ['done', 'begun', 'new'].map((name) => ({ name, path: `${name}.png` }));
    expect(notDone(inputs, out).map(({ name }) => name)).toEqual(['begun', 'new']);
  } finally {
    rmSync(out, { recursive: true });
  }
});

it('the Job of docs/scale-job.yaml gives every share an index', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../docs/scale-job.yaml'), 'utf8');
  const number = (name: string): number => Number(new RegExp(`^  ${name}: (\\d+)$`, 'm').exec(text)?.[1]);
  expect(text).toMatch(/^apiVersion: batch\/v1\nkind: Job$/m);
  expect(text).toMatch(/^ {2}completionMode: Indexed$/m);
  expect(text).toContain(`--shard "$JOB_COMPLETION_INDEX/${number('completions')}"`);
  expect(number('parallelism')).toBeLessThanOrEqual(number('completions'));
  expect(text).toMatch(/restartPolicy: Never/); // backoffLimitPerIndex asks for it
});
