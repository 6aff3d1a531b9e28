/**
 * What a pivot needs on the device, planned: stated for the published model of 1024 px, refused beforehand where it is
 * too much.
 */
import { describe, expect, it } from 'vitest';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { outputRows } from '../../src/architecture.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { onlyLosses } from '../../src/method/losses.ts';
import { nearPivot } from '../../src/method/near-pivot.ts';
import { PivotNetwork } from '../../src/method/pivot-network.ts';
import { describeNeed, ensureRoomFor, tuningNeed } from '../../src/method/tuning-memory.ts';
import { TunedGenerator } from '../../src/models/tuned-generator.ts';
import { tensor } from '../../src/tensor.ts';
import { tensorsOf } from './network-of.ts';

const GIB = 2 ** 30;
const LIMITS = {
  maxStorageBufferBindingSize: 128 * 2 ** 20,
  maxBufferSize: 256 * 2 ** 20,
  minUniformBufferOffsetAlignment: 256,
};

describe('the published model of 1024 px', () => {
  const { architecture } = fakeModel('ffhq');
  const tuned = new TunedGenerator(tensorsOf(architecture), architecture, DEFAULT_FACTS);
  const rows = outputRows(architecture);
  const target = tensor('photo', [3, rows[1] - rows[0], architecture.size]);
  const network = new PivotNetwork(tuned, { loss: onlyLosses({ l2: 1 }), locality: 0 }, { target, rows });
  const need = tuningNeed([tuned, network], LIMITS);

  it('is tuned in less than 4 GiB', () => {
    const total = need.lasting + need.activations;
    console.info(`a pivot of 1024 px ${describeNeed(need)}; largest buffer: ${JSON.stringify(need.largest)}`);
    expect(total).toBeLessThan(4 * GIB);
    expect(total).toBeGreaterThan(GIB); // θ₀, δ, θ, the good θ and two moments of 30 M weights alone are 0.7
  });

  it('is refused beforehand, with the need, where less may be used', () => {
    const device = {
      limits: { ...LIMITS, maxStorageBufferBindingSize: 2 * GIB, maxBufferSize: 2 * GIB } as GPUSupportedLimits,
    };
    expect(() => ensureRoomFor('a pivot', need, { device, memory: GIB, used: 0 })).toThrow(
      /a pivot of this model needs \d+ MiB of GPU memory .* memory allows 1024 MiB: allow \d+ MiB/,
    );
  });
});

it('latents near a pivot are as far away as asked, counted over all rows', () => {
  const pivot = Float32Array.of(1, 2, 3, 4);
  const near = nearPivot(pivot, Float32Array.of(1, 2, 3, 9), 30);
  expect([...near]).toEqual([1, 2, 3, 34]);
  expect([...nearPivot(pivot, pivot, 30)]).toEqual([1, 2, 3, 4]);
});
