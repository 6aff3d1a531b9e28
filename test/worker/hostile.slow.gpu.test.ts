/** Methods of models and people, on the page and in a worker, called with what nobody should pass, and after the end. */
import { beforeAll, describe, expect, it } from 'vitest';
import { outcome, rawErrors } from '../api/hostile-values.ts';
import { testPicture } from '../pipeline/small-model.ts';
import { sharedObjects, smallFolder, WAYS } from './ways.ts';

const PHOTO = testPicture(20, 20);
/** Longer than any of these calls takes with a small model on a CPU adapter. */
const HANGS_MS = 60_000;

let files: readonly File[] = [];
beforeAll(async () => {
  files = await smallFolder();
});

type Method = readonly [object, string, ...unknown[]];

/** A method, which also ends when it hangs. What `steps` gives is heard by its person. */
const callOf =
  ([of, name]: Method) =>
  (...given: never[]): Promise<unknown> => {
    const made = (of as Record<string, (...all: never[]) => unknown>)[name]?.(...given);
    const result = name === 'steps' ? (made as { readonly person: Promise<unknown> }).person : made;
    const late = new Promise((_, fail) => setTimeout(() => fail(new Error(`${name} hangs`)), HANGS_MS));
    return Promise.race([result, late]);
  };

describe.each(WAYS)('a model %s', (_, load) => {
  it('gives something or a named error, whatever it and its people are called with', { timeout: 900_000 }, async () => {
    await sharedObjects();
    const hs = await load(files);
    const person = await hs.invert(PHOTO, { steps: 0 });
    const file = new File(['none'], 'none.pt');
    const calls: readonly Method[] = [
      [hs, 'invert', PHOTO, { steps: 0 }],
      [hs, 'restore', new Uint8Array(4)],
      [hs, 'addDirections', [file]],
      [hs, 'addDomain', 'other', file],
      [hs, 'addRestyle', file, {}],
      [hs, 'addE4e', file, {}],
      [hs, 'mix', [{ person, weight: 1 }]],
      [hs, 'animate', { keyframes: [{ at: 0, people: person }] }],
      [hs, 'findFaces', PHOTO, {}],
      [hs, 'generate', {}],
      [hs, 'steps', PHOTO, { steps: 0 }],
      [person, 'edit', {}, {}],
      [person, 'show', {}],
      [person, 'in', 'other', {}],
      [person, 'pasteInto', PHOTO, {}],
      [person, 'identity', {}],
      [person, 'draw', new OffscreenCanvas(1, 1)],
    ];
    const raw: string[] = [];
    for (const call of calls) {
      const [, name, ...good] = call;
      raw.push(...(await rawErrors(callOf(call), good)).map((error) => `${name}: ${error}`));
    }
    person.dispose();
    hs.dispose();
    for (const call of calls) {
      const [, name, ...good] = call;
      const got = await outcome(() => callOf(call)(...(good as never[])));
      if (got !== 'refused' && name !== 'draw') raw.push(`${name} after dispose: ${got}`);
    }
    expect(raw).toEqual([]);
  });
});
