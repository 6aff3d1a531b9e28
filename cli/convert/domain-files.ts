/** Domains for a model folder: of each fine-tuned generator, the tensors that moved. `src/weights/domain-file.ts` reads them. */
import { ensure } from '../../src/errors.ts';
import { checkSiblings } from '../../src/method/domain.ts';
import { openNodeFile } from '../../src/node/node-file.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { isDomainName } from '../../src/weights/manifest.ts';
import { encodeElements, type FolderDType, storedAs } from '../../src/weights/quantize.ts';
import { safetensorsHeader } from '../../src/weights/safetensors-header.ts';
import type { StoredTensor } from '../../src/weights/stored-tensor.ts';
import { isOfGenerator } from '../../src/weights/unified-keys.ts';
import { type UnifiedModel, unifyModel } from '../../src/weights/unify.ts';

/** `NAME=FILE` as `--domain` takes it. @throws `option` error for anything else */
export function parseDomain(text: string): readonly [name: string, path: string] {
  const at = text.indexOf('=');
  const [name, path] = [text.slice(0, at), text.slice(at + 1)];
  ensure(
    at > 0 && path !== '' && isDomainName(name),
    'option',
    () => `--domain is "${text}", expected NAME=GENERATOR.pt with a name of letters, digits, dots and dashes`,
  );
  return [name, path];
}

/**
 * Reads fine-tuned generators and keeps what differs from the model's own, in the folder's precision (f16 for int8 folders).
 * @returns the safetensors file of each domain
 * @throws `tensor` error naming the first tensor that the model has not, or in another shape; for pictures of another size
 */
export async function domainFiles(
  domains: ReadonlyMap<string, string>,
  own: UnifiedModel,
  dtype: FolderDType,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const [name, path] of domains) {
    const file = await openNodeFile(path);
    try {
      const { tensors, architecture } = unifyModel(await openCheckpoint(file), null);
      checkSiblings(own, { name: file.name, tensors, architecture });
      files.set(name, await moved(file.name, tensors, own.tensors, dtype === 'f32' ? 'f32' : 'f16'));
    } finally {
      await file.close();
    }
  }
  return files;
}

async function moved(
  file: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  own: ReadonlyMap<string, StoredTensor>,
  dtype: FolderDType,
): Promise<Uint8Array> {
  const entries: { name: string; shape: readonly number[]; dtype: 'f32' | 'f16'; bytes: Uint8Array }[] = [];
  for (const [name, tensor] of tensors) {
    const before = own.get(name);
    if (!isOfGenerator(name) || !before) continue;
    const [values, others] = [await tensor.read(), await before.read()];
    if (values.every((value, i) => value === others[i])) continue;
    const stored = storedAs(tensor, dtype) === 'f16' ? 'f16' : 'f32';
    const bytes = encodeElements(name, values, stored, new Float32Array());
    entries.push({ name, shape: tensor.shape, dtype: stored, bytes });
  }
  ensure(entries.length > 0, 'tensor', () => `${file}: equals the model's own generator; give one that was fine-tuned`);
  return Buffer.concat([safetensorsHeader(entries), ...entries.map(({ bytes }) => bytes)]);
}
