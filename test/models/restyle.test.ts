/**
 * ReStyle-e4e and domains without a GPU: the published sizes fit WebGPU's default limits, and files that do not fit are
 * named.
 */
import { describe, expect, it } from 'vitest';
import { FACES_1024 } from '../../bench/cases/architectures.ts';
import type { RestyleArchitecture } from '../../src/architecture.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { checkSiblings, defaultDomainLayers } from '../../src/method/domain.ts';
import { RestyleNetwork } from '../../src/method/restyle.ts';
import { addHeads } from '../../src/models/e4e-encoder.ts';
import { WeightPlan } from '../../src/models/weight-plan.ts';
import { byteLength } from '../../src/tensor.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { isUsed, layoutTensors, restyleTensors } from '../../src/weights/layout.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { restyleSource } from '../../src/weights/restyle-checkpoint.ts';
import type { TensorInfo } from '../../src/weights/weight-source.ts';
import { expectRefusal, tinyCheckpoint } from '../weights/support.ts';

const BINDING_BYTES = 128 * 2 ** 20;
const TRUNK = { stem: 64, widths: [64, 128, 256, 512], units: [3, 4, 14, 3] };

function infos(tensors: Iterable<{ name: string; shape: readonly number[] }>): Map<string, TensorInfo> {
  return new Map([...tensors].map(({ name, shape }) => [name, { name, shape, dtype: 'f32' }]));
}

describe('ReStyle-e4e at its published size', () => {
  const architecture: RestyleArchitecture = { ...FACES_1024, encoder: TRUNK };
  const tensors = infos([...restyleTensors(architecture, 512)].filter(isUsed));
  const source = { name: 'restyle', architecture, tensors, totalBytes: 0, stream: async () => {} };

  it('has 18 heads of four convolutions, and no binding above the default limit', () => {
    const network = new RestyleNetwork(source, DEFAULT_FACTS);
    expect(network.encoder.heads.map(({ shape }) => shape)).toEqual([
      [9, 512],
      [9, 512],
    ]);
    for (const graph of network.graphs.values()) {
      for (const { bindings, label } of graph.nodes)
        for (const { tensor } of bindings) expect(byteLength(tensor), label).toBeLessThanOrEqual(BINDING_BYTES);
    }
    expect(tensors.has('encoder.styles.17.convs.6.weight')).toBe(true);
    expect(tensors.has('encoder.styles.17.convs.8.weight')).toBe(false);
  });

  it('refuses a W encoder by its channels', async () => {
    const checkpoint = await openCheckpoint(bytesSource('w_encoder.pt', await tinyCheckpoint('w_encoder')));
    const attempt = async () => restyleSource(checkpoint);
    await expectRefusal(
      attempt(),
      /w_encoder.pt: no ReStyle-e4e checkpoint: its encoder reads 3 channels and has no heads/,
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
