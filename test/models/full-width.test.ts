import { describe, expect, it } from 'vitest';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import type { Architecture } from '../../src/architecture.ts';
import { planGraphs } from '../../src/graph/compile.ts';
import { type Conv2dVariant, DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { type GraphName, HyperStyleNetwork } from '../../src/models/hyperstyle.ts';
import { byteLength, elementCount } from '../../src/tensor.ts';
import { isUsed, layoutTensors } from '../../src/weights/layout.ts';
import type { TensorInfo } from '../../src/weights/weight-source.ts';

const MIB = 2 ** 20;
/** WebGPU's default limits, which a phone may offer and no more. */
const LIMITS = { binding: 128 * MIB, buffer: 256 * MIB, storageBuffers: 8, workgroups: 65535, uniform: 65536 };

function networkOf(architecture: Architecture, software: boolean, forced?: Conv2dVariant): HyperStyleNetwork {
  const infos = [...layoutTensors(architecture)].filter(isUsed).map(({ name, shape }): [string, TensorInfo] => {
    return [name, { name, shape, dtype: 'f32' }];
  });
  const latentAvg = { name: 'latent_avg', shape: [architecture.latentCount, 512], dtype: 'f32' as const };
  const tensors = new Map<string, TensorInfo>([...infos, ['latent_avg', latentAvg]]);
  const forcedUp = forced && 'direct';
  return new HyperStyleNetwork({ architecture, tensors }, { ...DEFAULT_FACTS, software, forced, forcedUp });
}

const STEP: readonly GraphName[] = ['refine', 'retune', 'demodulate', 'synthesize', 'measure'];

describe.each([
  ['faces 1024', fakeModel('ffhq').architecture],
  ['wild 512', fakeModel('wild').architecture],
  ['cars 512', fakeModel('cars').architecture],
])('%s', (_name, architecture) => {
  describe.each([
    ['a GPU', false],
    ['a CPU adapter', true],
  ])('on %s', (_adapter, software) => {
    const network = networkOf(architecture, software);
    const { ordered, plan } = planGraphs([...network.graphs.values()]);
    const records = ordered.flat();

    it('stays within the default limits in every binding, buffer and dispatch', () => {
      for (const record of records) {
        expect(record.bindings.length, record.label).toBeLessThanOrEqual(LIMITS.storageBuffers);
        expect(Math.max(...record.grid), record.label).toBeLessThanOrEqual(LIMITS.workgroups);
        expect(record.uniforms.length * 4, record.label).toBeLessThanOrEqual(LIMITS.uniform);
        for (const { tensor } of record.bindings) {
          expect(byteLength(tensor), `${record.label}: ${tensor.name}`).toBeLessThanOrEqual(LIMITS.binding);
        }
      }
      for (const tensor of [...network.lastingTensors(), ...network.temporaryTensors()]) {
        expect(byteLength(tensor), tensor.name).toBeLessThanOrEqual(LIMITS.binding);
      }
      for (const bytes of plan.slots) expect(bytes).toBeLessThanOrEqual(LIMITS.buffer);
    });

    // Every override set is a pipeline: Winograd's three stages meet ten combinations of optional operands.
    it('needs at most 40 pipelines', () => {
      const kernels = records.map((r) =>
        JSON.stringify([r.shader, r.substitutions, r.overrides, r.bindings.map((b) => b.access === 'read')]),
      );
      expect(new Set(kernels).size).toBeLessThanOrEqual(40);
    });
  });

  // A Winograd convolution is three dispatches a strip, up-convolutions of 512→512 channels and 1024² layers take several
  // strips or parts, and re-tuned filters one more; the target of 120 a step is for one dispatch a layer.
  it.each([
    ['one dispatch a convolution', 'tiled', 120],
    ['the chosen variants', undefined, 320],
  ] as const)('a step with %s', (_variants, forced, limit) => {
    const network = networkOf(architecture, false, forced);
    const dispatches = STEP.reduce((sum, name) => sum + (network.graphs.get(name)?.nodes.length ?? 0), 0);
    expect(dispatches).toBeLessThan(limit);
  });
});

it('the published 1024 model has 332.66 M parameters in its hypernetwork', () => {
  const count = [...layoutTensors(fakeModel('ffhq').architecture)]
    .filter((t) => isUsed(t) && t.name.startsWith('hypernet.') && !/running_(mean|var)$/.test(t.name))
    .reduce((sum, { shape }) => sum + elementCount(shape), 0);
  expect(count / 1e6).toBeCloseTo(332.66, 1);
});
