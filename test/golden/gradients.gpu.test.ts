/** A few small golden cases of gradients, losses, optimisers and pivotal tuning in Chrome. */
import { describe, expect, it } from 'vitest';
import { chromeCases } from './chrome-cases.ts';

const { cases, check } = await chromeCases('/test/goldens-gradients');

/** Forward and backward of a generator compile some eighty pipelines, which takes a CPU adapter a while. */
const TIMEOUT_MS = 300_000;

describe('gradients from PyTorch', { timeout: TIMEOUT_MS }, () => {
  it('has one case of every kind', () => {
    expect(cases.length).toBe(6);
  });

  it.each(cases.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => check(entry));
});
