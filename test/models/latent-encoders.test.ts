/**
 * Encoders into W+ and domains without a GPU: the published sizes fit WebGPU's default limits, and files that do not fit are
 * named.
 */
import { describe, expect, it } from 'vitest';
import { FACES_1024 } from '../../bench/cases/architectures.ts';
import type { FakeFile } from '../../cli/convert/fake-checkpoint.ts';
import { addE4e, addRestyle } from '../../src/api/latent-encoders.ts';
import type { LatentEncoderArchitecture } from '../../src/architecture.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { checkSiblings, defaultDomainLayers } from '../../src/method/domain.ts';
import { RestyleNetwork } from '../../src/method/restyle.ts';
import { E4eEncoderNetwork } from '../../src/models/e4e-encoder.ts';
import { addHeads } from '../../src/models/latent-heads.ts';
import { WeightPlan } from '../../src/models/weight-plan.ts';
import type { Network } from '../../src/runtime/network.ts';
import { byteLength, tensor } from '../../src/tensor.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { latentEncoderSource } from '../../src/weights/latent-encoder-checkpoint.ts';
import { latentEncoderTensors } from '../../src/weights/latent-encoder-layout.ts';
import { isUsed, layoutTensors } from '../../src/weights/layout.ts';
import type { LatentEncoderKind } from '../../src/weights/networks.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import type { TensorInfo } from '../../src/weights/weight-source.ts';
import { expectRefusal, tinyCheckpoint } from '../weights/support.ts';

const BINDING_BYTES = 128 * 2 ** 20;
const TRUNK = { stem: 64, widths: [64, 128, 256, 512], units: [3, 4, 14, 3] };

function infos(tensors: Iterable<{ name: string; shape: readonly number[] }>): Map<string, TensorInfo> {
  return new Map([...tensors].map(({ name, shape }) => [name, { name, shape, dtype: 'f32' }]));
}

const PUBLISHED: LatentEncoderArchitecture = { ...FACES_1024, encoder: TRUNK };

/** A published checkpoint with weights that exist in name only. */
function published(kind: LatentEncoderKind) {
  const { latentCount, styleDim } = PUBLISHED;
  const average = { name: 'latent_avg', shape: [latentCount, styleDim] };
  const tensors = infos([...[...latentEncoderTensors(kind, PUBLISHED, 512)].filter(isUsed), average]);
  return { name: kind, architecture: PUBLISHED, tensors, totalBytes: 0, stream: async () => {} };
}

function expectDefaultLimits(network: Network): void {
  for (const graph of network.graphs.values()) {
    for (const { bindings, label } of graph.nodes)
      for (const { tensor: bound } of bindings) expect(byteLength(bound), label).toBeLessThanOrEqual(BINDING_BYTES);
  }
}

/** Refuses the checkpoint of another kind by its channels. */
function refuses(kind: LatentEncoderKind, file: FakeFile, message: RegExp): Promise<void> {
  const attempt = async () =>
    latentEncoderSource(kind, await openCheckpoint(bytesSource(`${file}.pt`, await tinyCheckpoint(file))));
  return expectRefusal(attempt(), message);
}

describe('ReStyle-e4e at its published size', () => {
  it('has 18 heads of four convolutions, and no binding above the default limit', () => {
    const source = published('restyle');
    const network = new RestyleNetwork(source, DEFAULT_FACTS);
    expect(network.encoder.heads.map(({ shape }) => shape)).toEqual([
      [9, 512],
      [9, 512],
    ]);
    expectDefaultLimits(network);
    expect(source.tensors.has('encoder.styles.17.convs.6.weight')).toBe(true);
    expect(source.tensors.has('encoder.styles.17.convs.8.weight')).toBe(false);
  });

  it('refuses a W encoder and e4e by their channels', async () => {
    await refuses(
      'restyle',
      'w_encoder',
      /w_encoder.pt: no ReStyle-e4e checkpoint: its encoder reads 3 channels and has no heads/,
    );
    await refuses(
      'restyle',
      'e4e',
      /e4e.pt: no ReStyle-e4e checkpoint: its encoder reads 3 channels and has heads .*, as e4e's does/,
    );
  });
});

describe('e4e at its published size', () => {
  it('has heads of four, five and six convolutions on three levels, and no binding above the default limit', () => {
    const { tensors, ...source } = published('e4e');
    const convolutions = (row: number): number =>
      [...tensors.keys()].filter((key) => /convs\.\d+\.weight/.test(key) && key.includes(`.styles.${row}.`)).length;
    expect([0, 2, 3, 6, 7, 17].map(convolutions)).toEqual([4, 4, 5, 5, 6, 6]);
    expect(tensors.get('encoder.latlayer1.weight')?.shape).toEqual([512, 256, 1, 1]);
    expect(tensors.get('encoder.latlayer2.weight')?.shape).toEqual([512, 128, 1, 1]);
    const network = new E4eEncoderNetwork({ ...source, tensors }, tensor('x', [3, 256, 256]), DEFAULT_FACTS);
    expect(network.heads.map(({ shape: [rows] }) => rows)).toEqual([3, 4, 11]);
    const added = network.graphs.get('encode')?.nodes.filter(({ op }) => op === 'upsampleAdd');
    expect(added?.map(({ label }) => label)).toEqual([
      'encoder.latlayer1 [512,16,16]→[512,32,32]',
      'encoder.latlayer2 [512,32,32]→[512,64,64]',
    ]);
    expectDefaultLimits(network);
  });

  it('refuses the files of others by name', async () => {
    await refuses(
      'e4e',
      'restyle',
      /restyle.pt: no e4e checkpoint: its encoder reads 6 channels and has heads .*, as ReStyle-e4e's does, expected 3 channels/,
    );
    await refuses('e4e', 'w_encoder', /w_encoder.pt: no e4e checkpoint: its encoder reads 3 channels and has no heads/);
  });

  it.each([
    ['encoder.latlayer2.bias', undefined, /tensor "encoder\.latlayer2\.bias" \[32\] is missing/],
    ['encoder.styles.4.convs.4.weight', undefined, /tensor "encoder\.styles\.4\.convs\.4\.weight" \[.*\] is missing/],
    [
      'encoder.styles.5.linear.weight',
      [8, 16],
      /"encoder\.styles\.5\.linear\.weight" has shape \[8,16\], .* ask for \[16,16\]/,
    ],
    ['latent_avg', undefined, /tensor "latent_avg" is missing/],
  ])('names %s where it is missing or of another shape', async (key, shape, message) => {
    const checkpoint = await openCheckpoint(bytesSource('e4e.pt', await tinyCheckpoint('e4e')));
    const tensors = new Map(checkpoint.tensors);
    const found = tensors.get(key);
    tensors.delete(key);
    if (shape && found) tensors.set(key, found.renamed(key, shape, [shape[1] ?? 1, 1]));
    await expectRefusal((async () => latentEncoderSource('e4e', { ...checkpoint, tensors }))(), message);
  });

  it('refuses pSp, whose tensors are alike, by its options', async () => {
    const checkpoint = await openCheckpoint(bytesSource('psp.pt', await tinyCheckpoint('e4e')));
    const opts = { ...checkpoint.opts, encoder_type: 'GradualStyleEncoder' };
    await expectRefusal(
      (async () => latentEncoderSource('e4e', { ...checkpoint, opts }))(),
      /psp\.pt: no e4e checkpoint: its options say encoder_type GradualStyleEncoder, expected Encoder4Editing/,
    );
  });
});

it('a pass adds head 0 to every row, and head i to row i from 1', () => {
  const codes = Float32Array.of(1, 2, 10, 20, 100, 200);
  const heads = Float32Array.of(0.5, 0.25, 1, 1, 2, 2);
  expect([...addHeads(codes, heads, 2)]).toEqual([1.5, 2.25, 11.5, 21.25, 102.5, 202.25]);
});

describe('domains', () => {
  const tensors = infos([...layoutTensors(FACES_1024)].filter(isUsed));
  const base = { architecture: FACES_1024, tensors };

  it('get the layers that the authors carry over', () => {
    expect(defaultDomainLayers(FACES_1024)).toEqual([14, 15, 17, 18, 20, 21, 23, 24]);
  });

  it('take a generator of the same sizes alone', () => {
    const generator = new Map([...tensors].filter(([key]) => key.startsWith('decoder.')));
    checkSiblings(base, { name: 'sketch.pt', architecture: FACES_1024, tensors: generator });
    const key = 'decoder.convs.4.conv.weight';
    const other = new Map(generator).set(key, { name: key, shape: [1, 256, 512, 3, 3], dtype: 'f32' });
    expect(() => checkSiblings(base, { name: 'cats.pt', architecture: FACES_1024, tensors: other })).toThrow(
      'cats.pt: tensor "decoder.convs.4.conv.weight" has shape [1,256,512,3,3], this model\'s generator has [1,512,512,3,3]',
    );
    const small = { ...FACES_1024, size: 512 };
    expect(() => checkSiblings(base, { name: 'small.pt', architecture: small, tensors: new Map() })).toThrow(
      /small.pt: makes pictures of 512 px, this model's generator makes 1024/,
    );
  });
});

it('a head is one set of tensors, whoever asks: a second generator reads the weights that were loaded', () => {
  const plan = new WeightPlan(infos([{ name: 'hypernet.head', shape: [64, 32] }]));
  expect(plan.head('hypernet.head', BINDING_BYTES)).toBe(plan.head('hypernet.head', BINDING_BYTES));
});

it.each([
  [null, /the options of .* are null/],
  [{ signal: 3 }, /signal is 3/],
  [{ onProgress: 3 }, /onProgress is 3, expected a function/],
])('options %j are refused before anything is read', async (options, message) => {
  const file = new File([], 'nothing.pt');
  await expectRefusal(addE4e({} as never, file, options as never), message);
  await expectRefusal(addRestyle({} as never, file, options as never), message);
});
