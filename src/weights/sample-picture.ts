/** The first sample picture of a model folder, and the errors that its makers measured: `samples/expected.json`. */
import { checkJson } from './json.ts';
import type { SamplePicture } from './weight-source.ts';

/** Errors beside the pictures, a row a step, a column a picture. */
const EXPECTED = 'expected.json';

/**
 * Reads the first of a folder's samples.
 * @param read gives a file of the folder
 * @returns undefined when a file is missing or the errors are none: a model works without
 */
export async function firstSample(
  names: readonly string[],
  read: (file: string) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<SamplePicture | undefined> {
  const name = names.find((file) => !file.endsWith(EXPECTED));
  if (name === undefined) return undefined;
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  try {
    const [picture, expected] = await Promise.all([read(name), read(`${folder}${EXPECTED}`)]);
    const errors = firstColumn(new TextDecoder().decode(expected));
    return errors ? { name, picture, errors } : undefined;
  } catch {
    return undefined;
  }
}

/** The errors of the first picture, y_0, y_1, …; undefined unless they are positive numbers. */
function firstColumn(text: string): number[] | undefined {
  checkJson(text);
  const json: unknown = JSON.parse(text);
  if (typeof json !== 'object' || json === null || !('mse' in json) || !Array.isArray(json.mse)) return undefined;
  const errors = json.mse.map((row: unknown): unknown => (Array.isArray(row) ? row[0] : undefined));
  return errors.length > 0 && errors.every(isError) ? errors : undefined;
}

const isError = (value: unknown): value is number => typeof value === 'number' && value > 0;
