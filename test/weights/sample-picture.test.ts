/** The sample of a model folder that is inverted at start-up, and what is made of its errors. */
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/api/sample-check.ts';
import { firstSample } from '../../src/weights/sample-picture.ts';

const PICTURE = new Uint8Array([1, 2, 3]);

/** A folder of one picture whose expected.json reads `expected`. */
function folder(expected: string) {
  return async (file: string): Promise<Uint8Array<ArrayBuffer>> => {
    if (file === 'samples/a.png') return PICTURE;
    if (file === 'samples/expected.json') return new TextEncoder().encode(expected);
    throw new Error(`no ${file}`);
  };
}

describe('the first sample', () => {
  it('has the errors of its column', async () => {
    const sample = await firstSample(['samples/a.png', 'samples/b.png'], folder('{"mse": [[0.5, 9], [0.25, 9]]}'));
    expect(sample).toEqual({ name: 'samples/a.png', picture: PICTURE, errors: [0.5, 0.25] });
  });

  it.each(['{}', 'null', '{"mse": []}', '{"mse": [[0.5], ["0.25"]]}', '{"mse": [[0]]}', '{"mse": [0.5]}', 'nonsense'])(
    'is none where expected.json reads %s',
    async (expected) => expect(await firstSample(['samples/a.png'], folder(expected))).toBeUndefined(),
  );

  it.each([[[]], [['samples/gone.png']]])('is none among %j', async (names) => {
    expect(await firstSample(names, folder('{"mse": [[0.5]]}'))).toBeUndefined();
  });
});

describe('errors of a sample', () => {
  it('pass when they are about the expected ones', () => {
    expect(judge([0.04, 0.02], [0.0405, 0.0196], 1)).toMatchObject({ state: 'passed', why: '' });
  });

  it.each([
    [[0.06, 0.02], 'y_0 has an error of 0.0600 instead of 0.0400'],
    [[0.04, 0.01], 'y_1 has an error of 0.0100 instead of 0.0200'],
    [[0.04, Number.NaN], 'y_1 has an error of NaN instead of 0.0200'],
    [[0.04], 'y_1 has an error of NaN instead of 0.0200'],
  ])('fail as %j', (measured, why) => {
    expect(judge([0.04, 0.02], measured, 1)).toMatchObject({ state: 'failed', why });
  });
});
