/** What the tests of this folder share: archives in memory, the tiny checkpoint, and what a proper refusal is. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type FakeFile, fillCheckpoint } from '../../cli/convert/fake-checkpoint.ts';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { HyperStyleError } from '../../src/errors.ts';
import { type ByteSource, bytesSource } from '../../src/weights/random-access.ts';
import type { StoredTensor } from '../../src/weights/stored-tensor.ts';
import { zipBytes } from '../../src/weights/zip-writer.ts';

export { zipBytes };

/** One file of the `tiny` fake model, as bytes. */
export function tinyCheckpoint(file: FakeFile): Promise<Uint8Array<ArrayBuffer>> {
  return zipBytes((zip) => fillCheckpoint(zip, fakeModel('tiny'), file, 1, () => {}));
}

/** A file of `fixtures/`. */
export async function fixture(name: string): Promise<ByteSource> {
  return bytesSource(name, new Uint8Array(await readFile(join(import.meta.dirname, 'fixtures', name))));
}

/** The bytes of a text, a character a byte. */
export function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Expects one line of a named error that matches `message`. */
export async function expectRefusal(action: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await action.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(HyperStyleError);
  const text = (error as HyperStyleError).message;
  expect(text).toMatch(message);
  expect(text).not.toContain('\n');
}

/** Resolves when `action` succeeds or refuses by name; any other error fails the test. */
export async function succeedsOrRefuses(action: Promise<unknown>): Promise<'succeeded' | 'refused'> {
  try {
    await action;
    return 'succeeded';
  } catch (cause) {
    if (!(cause instanceof HyperStyleError)) throw cause;
    return 'refused';
  }
}

/** All values of a tensor as an array. */
export async function valuesOf(tensors: ReadonlyMap<string, StoredTensor>, name: string): Promise<number[]> {
  const tensor = tensors.get(name);
  expect(tensor, name).toBeDefined();
  return Array.from((await tensor?.read()) ?? []);
}

/** CPU time of this process in ms: what bounds are stated in, since other work on the machine does not count. */
export function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
