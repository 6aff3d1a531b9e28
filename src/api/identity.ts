/**
 * A person as a file: codes w and Σ, about 36 KiB for the published model, instead of 90 MB of offsets (design §4). The
 * format is safetensors with the model's name and mark in the metadata.
 */
import type { Architecture } from '../architecture.ts';
import { ensure, inWords } from '../errors.ts';
import type { Engine } from '../method/engine.ts';
import type { HyperStyleNetwork } from '../method/hyperstyle-network.ts';
import { elementCount, type Tensor } from '../tensor.ts';
import { bytesSource } from '../weights/random-access.ts';
import { openSafetensors, safetensorsHeader } from '../weights/safetensors.ts';
import { sha256 } from '../weights/sha256.ts';

const FORMAT = 'hyperstyle-identity';

/** Values of a person: the latents and what was summed up over the steps, in the network's order. */
export interface IdentityValues {
  readonly base: Float32Array;
  readonly sums: readonly Float32Array[];
  /** Steps that were summed. */
  readonly steps: number;
}

/** What an identity must share with a model. */
export interface ModelMark {
  /** Sizes, as one line. */
  readonly architecture: string;
  /** First digits of the SHA-256 of the average latent w̄, which every conversion keeps in f32: f16 and int8 models of a checkpoint agree. */
  readonly latents: string;
}

function sizes(arch: Architecture): string {
  const hyper = arch.hypernetwork;
  return [arch.size, arch.styleDim, arch.latentCount, hyper?.tunedLayers.join('.'), hyper?.separable].join(' ');
}

/** A loaded model's mark; reads w̄ back. Runs inside the engine's `exclusive`. @throws `device` error */
export async function modelMark(engine: Engine): Promise<ModelMark> {
  const { architecture, average } = engine.network;
  const values = average ? await engine.read(average) : new Float32Array();
  return {
    architecture: sizes(architecture),
    latents: (await sha256(new Uint8Array(values.buffer as ArrayBuffer))).slice(0, 16),
  };
}

/** A copy of the bytes that a caller calls an identity. @throws `option` error when they are no bytes */
export function identityBytes(identity: unknown): Uint8Array {
  const kind = inWords(identity);
  ensure(
    kind === 'Uint8Array' || kind === 'ArrayBuffer',
    'option',
    () => `the identity is ${kind}, expected the Uint8Array that identity() gave (of a File: await file.arrayBuffer())`,
  );
  return Uint8Array.from(kind === 'ArrayBuffer' ? new Uint8Array(identity as ArrayBuffer) : (identity as Uint8Array));
}

/** The tensors an identity holds, by name. */
function layout(network: HyperStyleNetwork): Map<string, Tensor> {
  return new Map([['codes', network.state.base], ...network.sums.map((sum): [string, Tensor] => [sum.name, sum])]);
}

/** Writes a person's values as a file of the model with that name and mark. */
export function encodeIdentity(
  network: HyperStyleNetwork,
  modelName: string,
  mark: ModelMark,
  values: IdentityValues,
): Uint8Array<ArrayBuffer> {
  const tensors = [...layout(network)].map(([name, { shape }]) => ({ name, shape, dtype: 'f32' as const }));
  const header = safetensorsHeader(tensors, {
    format: FORMAT,
    model: modelName,
    ...mark,
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

/**
 * Reads a person's values back.
 * @param mark of the model that shall show them
 * @throws `file` error when the bytes are no identity, `model` when the mark is another one
 */
export async function decodeIdentity(
  network: HyperStyleNetwork,
  mark: ModelMark,
  bytes: Uint8Array,
): Promise<IdentityValues> {
  const { tensors, metadata } = await openSafetensors(bytesSource('identity', bytes));
  ensure(
    metadata.format === FORMAT,
    'file',
    () => `identity: format is "${metadata.format}", expected "${FORMAT}"; choose a file saved by identity()`,
  );
  for (const part of ['architecture', 'latents'] as const) {
    ensure(
      metadata[part] === mark[part],
      'model',
      () =>
        `identity: made with "${metadata.model}" (${part} ${metadata[part]}), this model's is ${mark[part]}; load the model it was made with`,
    );
  }
  const steps = Number(metadata.steps ?? Number.NaN);
  ensure(
    Number.isInteger(steps) && steps >= 0,
    'file',
    () => `identity: steps is "${metadata.steps}", expected a whole number; save it again`,
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
  return { base: base ?? new Float32Array(), sums, steps };
}
