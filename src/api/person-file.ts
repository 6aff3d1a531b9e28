/**
 * What all files of people have in common: safetensors whose metadata say format, model, its mark and the
 * steps. `identity.ts` has the tensors of inverted people, `pivot-file.ts` those of tuned ones.
 */
import { ensure, HyperStyleError } from '../errors.ts';
import type { Shape } from '../tensor.ts';
import { bytesOf, joinBytes } from '../weights/bytes.ts';
import { bytesSource } from '../weights/random-access.ts';
import { openSafetensors, readSafetensorsHeader } from '../weights/safetensors.ts';
import { safetensorsHeader } from '../weights/safetensors-header.ts';
import type { StoredTensor } from '../weights/stored-tensor.ts';
import { identityBytes } from './given-person.ts';
import { ensureSameModel, type ModelMark } from './model-mark.ts';

/** Format of an inverted person's file. */
export const IDENTITY_FORMAT = 'hyperstyle-identity';
/** Format of a tuned person's file. */
export const TUNED_FORMAT = 'hyperstyle-pivot';

/** See `personKind`. */
export async function kindOf(file: Uint8Array): Promise<'inverted' | 'tuned' | null> {
  const bytes = identityBytes(file);
  try {
    const { metadata } = await readSafetensorsHeader(bytesSource('person', bytes));
    if (metadata.format === IDENTITY_FORMAT) return 'inverted';
    return metadata.format === TUNED_FORMAT ? 'tuned' : null;
  } catch (error) {
    if (error instanceof HyperStyleError) return null; // no safetensors
    throw error;
  }
}

/** What to do with a person of another kind. */
const RESTORED_BY: ReadonlyMap<string, string> = new Map([
  [IDENTITY_FORMAT, 'it is an inverted person: pass it to restore()'],
  [TUNED_FORMAT, 'it is a tuned person: pass it to restorePivot()'],
]);

/** A tensor of such a file. */
export interface PersonTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: 'f16' | 'f32';
  readonly data: Float32Array | Uint16Array;
}

/** Writes a person's file for the model with that name and mark. */
export function writePerson(
  { name, mark }: { readonly name: string; readonly mark: ModelMark },
  { format, steps }: { readonly format: string; readonly steps: number },
  tensors: readonly PersonTensor[],
): Uint8Array<ArrayBuffer> {
  const header = safetensorsHeader(tensors, { format, model: name, ...mark, steps: String(steps) });
  return joinBytes([header, ...tensors.map(({ data }) => bytesOf(data))]);
}

/** A person's file, opened. */
export interface OpenPerson {
  readonly steps: number;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * Opens a person's file.
 * @param what it is called in errors
 * @param mark of the model that shall show the person
 * @param origin what wrote such files, for errors
 * @throws `file` error for another format or steps that are no whole number, `model` for a person of another model
 */
export async function openPerson(
  bytes: Uint8Array,
  what: string,
  { format, mark, origin }: { readonly format: string; readonly mark: ModelMark; readonly origin: string },
): Promise<OpenPerson> {
  const { tensors, metadata } = await openSafetensors(bytesSource(what, bytes));
  ensure(metadata.format === format, 'file', () => {
    const repair = RESTORED_BY.get(metadata.format ?? '') ?? `choose a file that ${origin} made`;
    return `${what}: format is "${metadata.format}", expected "${format}"; ${repair}`;
  });
  ensureSameModel(what, metadata, mark);
  const steps = Number(metadata.steps ?? Number.NaN);
  ensure(
    Number.isInteger(steps) && steps >= 0,
    'file',
    () => `${what}: steps is "${metadata.steps}", expected a whole number; save it again`,
  );
  return { steps, tensors };
}
