import { expect, it } from 'vitest';
import { readEvent, writeEvent } from '../../cli/event-json.ts';
import { isWithin } from '../../cli/golden/cases.ts';
import { difference } from '../../cli/golden/golden-file.ts';

it('numbers that are not finite arrive as they were sent', () => {
  const event = { step: 2, errors: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.5], none: null };
  expect(readEvent(writeEvent(event))).toEqual(event);
});

it('a result of NaN is outside every tolerance, on the other side too', () => {
  const found = difference('y', Float32Array.of(1, Number.NaN), Float32Array.of(1, 2));
  const sent = readEvent(writeEvent({ ...found, tolerance: 1 })) as Parameters<typeof isWithin>[0];
  expect(isWithin(sent)).toBe(false);
  expect(sent.maxAbs).toBe(Number.POSITIVE_INFINITY);
});
