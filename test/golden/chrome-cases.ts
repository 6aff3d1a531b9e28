/** Cases of a golden folder inside Chrome, on one device with default limits: the job of `npm run golden`, case by case. */
import { expect } from 'vitest';
import { passed, runCase } from '../../cli/golden/cases.ts';
import { type GoldenEntry, readIndex } from '../../cli/golden/golden-file.ts';
import type { JobContext } from '../../cli/job.ts';
import { factsOf } from '../../src/runtime/device.ts';
import { sharedDevice } from '../setup/gpu.ts';

/** A folder's cases and how one of them is checked. */
export interface ChromeCases {
  readonly cases: readonly GoldenEntry[];
  /** Runs a case; fails the running test when it cannot be computed or an output is not near enough. */
  readonly check: (entry: GoldenEntry) => Promise<void>;
}

/** Reads the index of `folder`, an address on vitest's file server. */
export async function chromeCases(folder: string): Promise<ChromeCases> {
  const context: Pick<JobContext, 'get'> = {
    async get(path) {
      const response = await fetch(path.replace(/^golden/, folder));
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
  const check = async (entry: GoldenEntry): Promise<void> => {
    const { device } = await sharedDevice();
    const facts = factsOf(device, device.adapterInfo);
    const result = await runCase(context, entry, { device, facts, adapterName: 'test', warnings: [], owned: false });
    expect(result.error).toBeNull();
    expect(passed(result), JSON.stringify(result.differences, null, 1)).toBe(true);
  };
  return { cases: await readIndex(context), check };
}
