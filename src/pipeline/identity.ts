/**
 * A person as a file: codes w and Σ, about 36 KiB for the published model, instead of 90 MB of offsets (design §4). The
 * format is safetensors with the model's name and a fingerprint of its architecture in the metadata.
 */
import type { Architecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import type { HyperStyleNetwork } from '../models/hyperstyle.ts';
import { elementCount, type Tensor } from '../tensor.ts';
import { bytesSource } from '../weights/random-access.ts';
import { openSafetensors, safetensorsHeader } from '../weights/safetensors.ts';

const FORMAT = 'hyperstyle-identity';

/** Values of a person: the latents and what was summed up over the steps, in the network's order. */
export interface IdentityValues {
  readonly base: Float32Array;
  readonly sums: readonly Float32Array[];
  /** Steps that were summed. */
  readonly steps: number;
}

/** Sizes that an identity must share with a model, as one line. */
function fingerprint(arch: Architecture): string {
  const hyper = arch.hypernetwork;
  return [arch.size, arch.styleDim, arch.latentCount, hyper?.tunedLayers.join('.'), hyper?.separable].join(' ');
}

/** The tensors an identity holds, by name. */
function layout(network: HyperStyleNetwork): Map<string, Tensor> {
  return new Map([['codes', network.state.base], ...network.sums.map((sum): [string, Tensor] => [sum.name, sum])]);
}

/** Writes a person's values as a file. */
export function encodeIdentity(
  network: HyperStyleNetwork,
  modelName: string,
  values: IdentityValues,
): Uint8Array<ArrayBuffer> {
  const tensors = [...layout(network)].map(([name, { shape }]) => ({ name, shape, dtype: 'f32' as const }));
  const architecture = fingerprint(network.architecture);
  const header = safetensorsHeader(tensors, {
    format: FORMAT,
    model: modelName,
    architecture,
    steps: String(values.steps),
  });
  const parts = [
    header,
    ...[values.base, ...values.sums].map((v) => new Uint8Array(v.buffer, v.byteOffset, v.byteLength)),
  ];
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.byteLength;
  }
  return file;
}

/** Reads a person's values back. @throws `file` error when the bytes are no identity, `model` when it is another model's */
export async function decodeIdentity(network: HyperStyleNetwork, bytes: Uint8Array): Promise<IdentityValues> {
  const { tensors, metadata } = await openSafetensors(bytesSource('identity', bytes));
  ensure(
    metadata.format === FORMAT,
    'file',
    () => `identity: format is "${metadata.format}", expected "${FORMAT}"; choose a file saved by identity()`,
  );
  const own = fingerprint(network.architecture);
  ensure(
    metadata.architecture === own,
    'model',
    () =>
      `identity: made with "${metadata.model}" (${metadata.architecture}), this model is (${own}); load the model it was made with`,
  );
  const read = async (name: string, of: Tensor): Promise<Float32Array> => {
    const values = await tensors.get(name)?.read();
    ensure(
      values?.length === elementCount(of.shape),
      'file',
      () =>
        `identity: tensor "${name}" has ${values?.length ?? 0} values, expected ${elementCount(of.shape)}; save it again`,
    );
    return values;
  };
  const [base, ...sums] = await Promise.all([...layout(network)].map(([name, of]) => read(name, of)));
  return { base: base ?? new Float32Array(), sums, steps: Number(metadata.steps) };
}
