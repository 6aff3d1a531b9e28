/** What the element's attributes mean, and that importing it without a DOM does nothing. */
import { expect, it } from 'vitest';
import { parseAlign, parseEdits, parseSteps, writeEdits } from '../../src/element/attributes.ts';

it('edits are names and amounts', () => {
  expect(parseEdits(' smile=1.5, yaw = -1;hair length: 2e-1 ')).toEqual({ smile: 1.5, yaw: -1, 'hair length': 0.2 });
  expect(parseEdits('')).toEqual({});
  expect(parseEdits(writeEdits({ smile: 1.5, yaw: { amount: -1 } }))).toEqual({ smile: 1.5, yaw: -1 });
});

it.each(['smile', '=1', 'smile=one', 'smile=1e', 'smile==2'])('"%s" is no edit', (text) => {
  expect(() => parseEdits(text)).toThrow(/is no edit; write names and amounts/);
});

it('steps and align are words of their own', () => {
  expect([parseSteps(null), parseSteps(''), parseSteps('0')]).toEqual([undefined, undefined, 0]);
  expect(() => parseSteps('-1')).toThrow(/expected a whole number/);
  expect([parseAlign(null), parseAlign(''), parseAlign('none')]).toEqual([undefined, 'auto', 'none']);
  expect(() => parseAlign('left')).toThrow(/expected auto, centre, none/);
});

it('is imported on a server', async () => {
  const { HyperStyleElement } = await import('../../src/index-element.ts');
  expect(HyperStyleElement.observedAttributes).toContain('src');
});
