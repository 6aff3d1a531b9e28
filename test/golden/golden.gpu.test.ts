/** Every case of `test/goldens` in Chrome. */
import { describe, expect, it } from 'vitest';
import { chromeCases } from './chrome-cases.ts';

const { cases, check } = await chromeCases('/test/goldens');

/** A pipeline compiles some fifty pipelines for itself, which takes a CPU adapter a while. */
const TIMEOUT_MS = 300_000;

describe('goldens from PyTorch', { timeout: TIMEOUT_MS }, () => {
  it('has all cases', () => {
    expect(cases.length).toBe(29);
    expect(new Set(cases.map(({ op }) => op)).size).toBe(14);
  });

  it.each(cases.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => check(entry));
});
