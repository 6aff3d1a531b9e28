/** What of many pictures a run does, and the manifest that runs shares of them. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parseShard, shareOf } from '../../cli/invert/shards.ts';

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

it('the Job of docs/scale-job.yaml gives every share an index', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../docs/scale-job.yaml'), 'utf8');
  const number = (name: string): number => Number(new RegExp(`^  ${name}: (\\d+)$`, 'm').exec(text)?.[1]);
  expect(text).toMatch(/^apiVersion: batch\/v1\nkind: Job$/m);
  expect(text).toMatch(/^ {2}completionMode: Indexed$/m);
  expect(text).toContain(`--shard "$JOB_COMPLETION_INDEX/${number('completions')}"`);
  expect(number('parallelism')).toBeLessThanOrEqual(number('completions'));
  expect(text).toMatch(/restartPolicy: Never/); // backoffLimitPerIndex asks for it
});
