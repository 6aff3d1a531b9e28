import { expect, test } from 'vitest';
import { IDENTITY_FORMAT, personKind, TUNED_FORMAT } from '../../src/api/person-file.ts';
import { safetensorsHeader } from '../../src/weights/safetensors.ts';

const headOf = (format: string): Uint8Array => new Uint8Array(safetensorsHeader([], { format }));

test.each([
  ['an inverted person', headOf(IDENTITY_FORMAT), 'inverted'],
  ['a tuned person', headOf(TUNED_FORMAT), 'tuned'],
  ['an interrupted run of tuning', headOf(`${TUNED_FORMAT}-run`), null],
  ['other tensors', headOf('pt'), null],
  ['a damaged head', headOf(TUNED_FORMAT).subarray(0, 20), null],
  ['no bytes', new Uint8Array(), null],
])('%s is told by its head', async (_, file, kind) => {
  expect(await personKind(file)).toBe(kind);
});
