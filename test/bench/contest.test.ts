import { describe, expect, it } from 'vitest';
import { type Contestant, contest } from '../../bench/contest.ts';
import { spansOf } from '../../bench/suites/dispatches.ts';

/** A contestant that notes when it runs and takes `seconds` each time, or those of its list in turn. */
function runner(name: string, log: string[], seconds: number | number[], error = 0): Contestant {
  let runs = 0;
  return {
    name,
    check: async () => {
      log.push(`check ${name}`);
      return { error, tolerance: 1e-5, against: 'itself' };
    },
    sample: async () => {
      log.push(name);
      return typeof seconds === 'number' ? seconds : (seconds[runs++ % seconds.length] ?? 0);
    },
  };
}

const OPTIONS = { rounds: 4, warmUps: 1, budget: 60, leastRounds: 2 };

describe('contest', () => {
  it('checks everyone before it times anyone', async () => {
    const log: string[] = [];
    await contest([runner('a', log, 1), runner('b', log, 2)], OPTIONS);
    expect(log.slice(0, 4)).toEqual(['check a', 'check b', 'a', 'b']);
  });

  it('never runs a contestant whose check failed, and gives it no time', async () => {
    const log: string[] = [];
    const [wrong, right] = await contest([runner('wrong', log, 1, 1e-3), runner('right', log, 2)], OPTIONS);
    expect(log).not.toContain('wrong');
    expect(wrong?.seconds).toBeNull();
    expect(wrong?.check.error).toBe(1e-3);
    expect(right?.seconds).toMatchObject({ median: 2, count: 4 });
  });

  it('takes an error that is not a number for a failure', async () => {
    const [result] = await contest([runner('nan', [], 1, Number.NaN)], OPTIONS);
    expect(result?.seconds).toBeNull();
  });

  it('takes more samples of what scatters, but not for ever', async () => {
    const log: string[] = [];
    const [calm, wild] = await contest([runner('calm', log, 1), runner('wild', log, [1, 2])], OPTIONS);
    expect([calm?.seconds?.count, wild?.seconds?.count]).toEqual([16, 16]);
    const settling = runner('settling', log, [9, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    const [result] = await contest([settling], OPTIONS);
    expect(result?.seconds).toMatchObject({ median: 1, count: 5 });
  });

  it('stops at the budget, but not before the least rounds', async () => {
    const log: string[] = [];
    const [result] = await contest([runner('slow', log, 1)], { ...OPTIONS, budget: 0 });
    expect(result?.seconds?.count).toBe(2);
  });
});

describe('spansOf', () => {
  it('takes neighbouring dispatches of one layer for one kernel', () => {
    const labels = ['convs.1 8 4×4', 'convs.1 8→8 4×4', 'convs.1 8 4×4', 'to_rgbs.0 8→3 4×4', 'convs.2 8 4×4'];
    expect(spansOf(labels.map((label) => ({ label })))).toEqual([
      { from: 0, to: 3 },
      { from: 3, to: 4 },
      { from: 4, to: 5 },
    ]);
  });
});
