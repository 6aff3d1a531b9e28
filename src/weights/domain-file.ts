/**
 * A domain that ships in a model folder: only the generator's tensors that fine-tuning moved, as safetensors; all others are the
 * model's own. Read for `method/domain.ts`, written by `cli/convert/domain-files.ts`.
 */
import { ensure } from '../errors.ts';
import { bytesSource } from './random-access.ts';
import { openSafetensors } from './safetensors.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { isOfGenerator } from './unified-keys.ts';
import type { TensorInfo, WeightSource } from './weight-source.ts';

/**
 * The domain's generator: the model's own with the tensors of a file in their place.
 * @param base the model; its weights are streamed again, from the cache where there is one
 * @throws `file` error for bytes that are no safetensors, `tensor` error for a tensor that the generator has
 *   not or in another shape
 */
export async function domainSource(
  name: string,
  base: Omit<WeightSource, 'domains'>,
  bytes: Uint8Array,
): Promise<WeightSource> {
  const { tensors: moved } = await openSafetensors(bytesSource(`domain ${name}`, bytes));
  const tensors = new Map<string, TensorInfo>();
  for (const [key, info] of base.tensors) if (isOfGenerator(key)) tensors.set(key, info);
  for (const tensor of moved.values()) tensors.set(tensor.name, replaced(name, tensors, tensor));
  return {
    name,
    architecture: base.architecture,
    tensors,
    totalBytes: base.totalBytes,
    stream: (visit, options) =>
      base.stream(async (info, part, rowOffset) => {
        const tensor = moved.get(info.name);
        const own = tensors.get(info.name);
        if (!own) return;
        if (!tensor) return visit(own, part, rowOffset);
        if (rowOffset > 0) return; // came whole with the first rows
        const values = await tensor.read();
        await visit(own, new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 0);
      }, options),
  };
}

function replaced(domain: string, own: ReadonlyMap<string, TensorInfo>, { name, shape }: StoredTensor): TensorInfo {
  const expected = own.get(name)?.shape;
  ensure(
    expected?.join() === shape.join(),
    'tensor',
    () =>
      `domain ${domain}: tensor "${name}" has shape [${shape}], ` +
      `this model's generator has ${expected ? `[${expected}]` : 'no such tensor'}; ` +
      'convert the model with its domains again',
  );
  return { name, shape, dtype: 'f32' };
}
