/** Every case of `test/goldens` in Chrome, on a device with default limits: the job of `npm run golden`, case by case. */
import { describe, expect, it } from 'vitest';
import { passed, runCase } from '../../cli/golden/cases.ts';
import { readIndex } from '../../cli/golden/golden-file.ts';
import type { JobContext } from '../../cli/job.ts';
import { factsOf } from '../../src/runtime/device.ts';
import { sharedDevice } from '../setup/gpu.ts';

const FOLDER = '/test/goldens';

/** The part of a job's context that golden cases use, over vitest's file server. */
const context: Pick<JobContext, 'get'> = {
  async get(path) {
    const response = await fetch(path.replace(/^golden/, FOLDER));
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  },
};

const cases = await readIndex(context);

/** A pipeline compiles some fifty pipelines for itself, which takes a CPU adapter a while. */
const TIMEOUT_MS = 300_000;

describe('goldens from PyTorch', { timeout: TIMEOUT_MS }, () => {
  it('has all cases', () => {
    expect(cases.length).toBe(39);
    expect(new Set(cases.map(({ op }) => op)).size).toBe(14);
  });

  it.each(cases.map((entry) => [entry.name, entry] as const))('%s', async (_, entry) => {
    const { device } = await sharedDevice();
    const opened = {
      device,
      facts: factsOf(device, device.adapterInfo),
      adapterName: 'test',
      warnings: [],
      owned: false,
    };
    const result = await runCase(context, entry, opened);
    expect(result.error).toBeNull();
    expect(passed(result), JSON.stringify(result.differences, null, 1)).toBe(true);
  });
});
