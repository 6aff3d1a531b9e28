import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import type { Architecture } from '../../src/architecture.ts';
import { planGraphs } from '../../src/graph/plan.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import type { KernelRecord } from '../../src/kernels/kernel.ts';
import type { Conv2dVariant } from '../../src/kernels/rungs.ts';
import { HyperStyleNetwork } from '../../src/method/hyperstyle-network.ts';
import { INVERSION } from '../../src/method/schedule.ts';
import { openNodeFolder } from '../../src/node/node-file.ts';
import { graphsOf, lastingTensors, temporaryTensors } from '../../src/runtime/network.ts';
import { byteLength, elementCount } from '../../src/tensor.ts';
import { isUsed, layoutTensors } from '../../src/weights/layout.ts';
import { openModelFolder } from '../../src/weights/model-folder.ts';
import { networkOf as plannedNetwork } from './network-of.ts';

const MIB = 2 ** 20;
/** WebGPU's default limits, which a phone may offer and no more. */
const LIMITS = { binding: 128 * MIB, buffer: 256 * MIB, storageBuffers: 8, workgroups: 65535, uniform: 65536 };

function networkOf(architecture: Architecture, software: boolean, forced?: Conv2dVariant): HyperStyleNetwork {
  const forcedUp = forced && 'direct';
  return plannedNetwork(architecture, { ...DEFAULT_FACTS, software, forced, forcedUp });
}

const pipelinesOf = (records: readonly KernelRecord[]): number =>
  new Set(
    records.map((r) =>
      JSON.stringify([r.shader, r.substitutions, r.overrides, r.bindings.map((b) => b.access === 'read')]),
    ),
  ).size;

/** Dispatches of one step of refinement. */
const dispatchesOfStep = (network: HyperStyleNetwork): number =>
  INVERSION.step.reduce((sum, name) => sum + (network.graphs.get(name)?.nodes.length ?? 0), 0);

const recordsOf = (network: HyperStyleNetwork): KernelRecord[] => graphsOf(network).flatMap(({ nodes }) => nodes);

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
    const plan = planGraphs([...network.graphs.values()]);
    const records = recordsOf(network);

    it('stays within the default limits in every binding, buffer and dispatch', () => {
      for (const record of records) {
        expect(record.bindings.length, record.label).toBeLessThanOrEqual(LIMITS.storageBuffers);
        expect(Math.max(...record.grid), record.label).toBeLessThanOrEqual(LIMITS.workgroups);
        expect(record.uniforms.length * 4, record.label).toBeLessThanOrEqual(LIMITS.uniform);
        for (const { tensor } of record.bindings) {
          expect(byteLength(tensor), `${record.label}: ${tensor.name}`).toBeLessThanOrEqual(LIMITS.binding);
        }
      }
      for (const tensor of [...lastingTensors(network), ...temporaryTensors(network)]) {
        expect(byteLength(tensor), tensor.name).toBeLessThanOrEqual(LIMITS.binding);
      }
      for (const bytes of plan.slots) expect(bytes).toBeLessThanOrEqual(LIMITS.buffer);
    });

    // Every override set is a pipeline: each rung meets several combinations of optional operands.
    it('needs at most 40 pipelines', () => {
      expect(pipelinesOf(records)).toBeLessThanOrEqual(40);
    });
  });

  it.each([
    ['one dispatch a convolution', 'tiled'],
    ['the chosen variants', undefined],
  ] as const)('a step with %s takes less than 120 dispatches on a GPU', (_variants, forced) => {
    expect(dispatchesOfStep(networkOf(architecture, false, forced))).toBeLessThan(120);
  });
});

it('a step of the model that ships takes less than 120 dispatches and 40 pipelines on a GPU', async () => {
  const files = await openNodeFolder(join(process.cwd(), 'models/clay-portraits-128'));
  try {
    const network = new HyperStyleNetwork(await openModelFolder(files), DEFAULT_FACTS);
    expect(dispatchesOfStep(network)).toBeLessThan(120);
    expect(pipelinesOf(recordsOf(network))).toBeLessThanOrEqual(40);
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
});

it('the model that ships takes at most 40 pipelines on a CPU adapter with subgroups', async () => {
  const files = await openNodeFolder(join(process.cwd(), 'models/clay-portraits-128'));
  try {
    const facts = { ...DEFAULT_FACTS, software: true, features: new Set(['subgroups']) };
    const network = new HyperStyleNetwork(await openModelFolder(files), facts);
    expect(pipelinesOf(recordsOf(network))).toBeLessThanOrEqual(40);
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
});

it('the published 1024 model has 332.66 M parameters in its hypernetwork', () => {
  const count = [...layoutTensors(fakeModel('ffhq').architecture)]
    .filter((t) => isUsed(t) && t.name.startsWith('hypernet.') && !/running_(mean|var)$/.test(t.name))
    .reduce((sum, { shape }) => sum + elementCount(shape), 0);
  expect(count / 1e6).toBeCloseTo(332.66, 1);
});
