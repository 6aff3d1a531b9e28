/** Which pictures a training sees: each once before any comes again, the same after an interruption, and bad ones left out. */
import { describe, expect, it } from 'vitest';
import { HyperStyleError } from '../../src/errors.ts';
import { Drawing, type LeftOut, mirrored, type TrainingPictures } from '../../src/training/drawing.ts';
import { rateAt } from '../../src/training/run.ts';

const WIDTH = 2;

/** Pictures that are their own number. */
function numbered(count: number, bad: readonly number[] = []): TrainingPictures {
  return {
    name: 'numbers',
    count,
    width: WIDTH,
    read: async (index) => {
      if (bad.includes(index)) throw new HyperStyleError('image', `picture ${index} is broken`);
      return Float32Array.of(index, -index);
    },
  };
}

async function drawn(drawing: Drawing, from: number, to: number): Promise<number[]> {
  const found: number[] = [];
  for (let n = from; n < to; n++) found.push((await drawing.draw(n)).index);
  return found;
}

const options = { seed: 7, flip: false };

describe('drawing', () => {
  it('shows every picture once before any comes again, in another order each time', async () => {
    const drawing = new Drawing(numbered(5), options);
    const [first, second] = [await drawn(drawing, 0, 5), await drawn(drawing, 5, 10)];
    expect(first.toSorted()).toEqual([0, 1, 2, 3, 4]);
    expect(second.toSorted()).toEqual([0, 1, 2, 3, 4]);
    expect(second).not.toEqual(first);
  });

  it('goes on in the middle as if it had not stopped, mirrored pictures too', async () => {
    const mirroring = { seed: 3, flip: true };
    const whole = new Drawing(numbered(7), mirroring);
    const resumed = new Drawing(numbered(7), mirroring);
    for (let n = 0; n < 20; n++) await whole.draw(n);
    for (let n = 20; n < 30; n++) expect(await resumed.draw(n)).toEqual(await whole.draw(n));
    const mirrors = await Promise.all(Array.from({ length: 40 }, (_, n) => whole.draw(n)));
    expect(new Set(mirrors.filter(({ index }) => index > 0).map(({ picture }) => Math.sign(picture[0] ?? 0)))).toEqual(
      new Set([1, -1]),
    );
    expect([...mirrored(Float32Array.of(1, 2, 3, 4), 2)]).toEqual([2, 1, 4, 3]);
  });

  it('leaves bad pictures out, tells of each once, and draws others for them', async () => {
    const told: LeftOut[] = [];
    const drawing = new Drawing(numbered(4, [1, 3]), { ...options, onLeftOut: (left) => told.push(left) });
    const found = await drawn(drawing, 0, 16);
    expect(new Set(found)).toEqual(new Set([0, 2]));
    expect(told.map(({ index }) => index).toSorted()).toEqual([1, 3]);
    expect(told[0]?.message).toMatch(/is broken/);
  });

  it('says when no picture can be used, or there is none', async () => {
    const drawing = new Drawing(numbered(2, [0, 1]), options);
    await expect(drawing.draw(0)).rejects.toThrow(/numbers: no picture can be used; the first: picture \d is broken/);
    expect(() => new Drawing(numbered(0), options)).toThrow(/no picture to learn from/);
  });

  it('does not take another kind of error for a bad picture', async () => {
    const failing = { ...numbered(3), read: () => Promise.reject(new HyperStyleError('device', 'the GPU is lost')) };
    await expect(new Drawing(failing, options).draw(0)).rejects.toThrow(/the GPU is lost/);
  });

  it('has pictures without an end where the source has', async () => {
    const found = await drawn(new Drawing(numbered(Number.POSITIVE_INFINITY), options), 0, 50);
    expect(new Set(found).size).toBe(50);
  });
});

it('the rate rises over the first steps, then stays or falls', () => {
  const run = { pictures: numbered(1), steps: 10, rate: 1 };
  expect([0, 1, 9].map((step) => rateAt(step, run))).toEqual([1, 1, 1]);
  expect([0, 1, 3, 9].map((step) => rateAt(step, { ...run, warmUp: 4 }))).toEqual([0.25, 0.5, 1, 1]);
  expect(rateAt(9, { ...run, cosine: true })).toBeCloseTo(0);
});
