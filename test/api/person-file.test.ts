import { expect, test } from 'vitest';
import { IDENTITY_FORMAT, openPerson, TUNED_FORMAT } from '../../src/api/person-file.ts';
import { personKind } from '../../src/api/person-kind.ts';
import { safetensorsHeader } from '../../src/weights/safetensors-header.ts';

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

test.each([
  [IDENTITY_FORMAT, headOf(TUNED_FORMAT), /it is a tuned person: pass it to restorePivot/],
  [TUNED_FORMAT, headOf(IDENTITY_FORMAT), /it is an inverted person: pass it to restore\(\)/],
  [IDENTITY_FORMAT, headOf('pt'), /format is "pt", .* choose a file that identity\(\) made/],
])('%s is refused for another file, which is told', async (format, file, message) => {
  const mark = { architecture: '', latents: '', hypernetwork: '' };
  const opening = openPerson(file, 'person', { format, mark, origin: 'identity()' });
  await expect(opening).rejects.toMatchObject({ code: 'file', message: expect.stringMatching(message) });
});
