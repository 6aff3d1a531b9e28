/**
 * What loading the published models takes, at their full widths, on a device that only counts: GPU memory as preflight says it
 * beforehand, and no weight held or copied in JavaScript on its way.
 */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { FACES_1024 } from '../../bench/cases/architectures.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { Engine } from '../../src/method/engine.ts';
import { HyperStyleNetwork } from '../../src/method/hyperstyle-network.ts';
import { WeightLoad } from '../../src/models/weight-load.ts';
import { memoryNeed } from '../../src/runtime/memory-need.ts';
import { BYTES_PER_ELEMENT, elementCount } from '../../src/tensor.ts';
import * as tests from '../../src/tuning/self-test.ts';
import { isUsed, layoutTensors } from '../../src/weights/layout.ts';
import { type FolderDType, storedAs } from '../../src/weights/quantize.ts';
import type { TensorInfo, WeightSource } from '../../src/weights/weight-source.ts';
import { type FakeWrite, fakeDevice } from '../setup/fake-device.ts';

const MIB = 2 ** 20;
/** Pieces as a shard delivers them. */
const PIECE_BYTES = 64 * MIB;

interface ZeroSource extends WeightSource {
  /** What every piece is a view of. */
  readonly bytes: ArrayBuffer;
  readonly downloadBytes: number;
}

/** The published 1024 model in one storage type; every value is 0. */
function zeros(dtype: FolderDType): ZeroSource {
  const { latentCount, styleDim } = FACES_1024;
  const average = { name: 'latent_avg', shape: [latentCount, styleDim] };
  const infos = [...layoutTensors(FACES_1024)].filter(isUsed).concat({ ...average, role: 'bias' });
  const stored = infos.flatMap(({ name, shape }): TensorInfo[] => {
    const as = storedAs({ name, shape }, dtype);
    const info: TensorInfo = { name, shape, dtype: as };
    return as === 'i8' ? [{ name: `${name}.scale`, shape: [shape[0] ?? 1], dtype: 'f32' }, info] : [info];
  });
  const bytes = new ArrayBuffer(PIECE_BYTES);
  const size = ({ shape, dtype: type }: TensorInfo): number => elementCount(shape) * BYTES_PER_ELEMENT[type];
  return {
    name: 'zeros',
    architecture: FACES_1024,
    tensors: new Map(stored.map((info) => [info.name, info])),
    totalBytes: 0,
    downloadBytes: stored.reduce((sum, info) => sum + size(info), 0),
    bytes,
    async stream(visit) {
      for (const info of stored) {
        const rows = info.shape[0] ?? 1;
        const rowBytes = size(info) / rows;
        const step = Math.floor(PIECE_BYTES / rowBytes);
        for (let row = 0; row < rows; row += step) {
          await visit(info, new Uint8Array(bytes, 0, Math.min(step, rows - row) * rowBytes), row);
        }
      }
    },
  };
}

describe.each([
  ['f32', 1.62],
  ['f16', 2.55],
  ['int8', 3.35],
] as const)('the published 1024 model in %s', (dtype, timesDownload) => {
  const source = zeros(dtype);
  const fake = fakeDevice();
  const opened = { device: fake.device, facts: DEFAULT_FACTS, adapterName: 'fake', warnings: [], owned: false };
  let engine: Engine;
  let held = 0;
  beforeAll(async () => {
    const { visit } = WeightLoad.prototype;
    vi.spyOn(WeightLoad.prototype, 'visit').mockImplementation(async function (this: WeightLoad, ...piece) {
      await visit.apply(this, piece);
      held = Math.max(held, this.heldBytes);
    });
    // the device computes nothing, so its answers would be wrong
    vi.spyOn(tests, 'selfTest').mockResolvedValue({ failures: [], passed: [] });
    engine = await Engine.load(source, opened);
    vi.restoreAllMocks();
  });

  it('takes the GPU memory that preflight counts, while loading and afterwards', async () => {
    const need = await memoryNeed(new HyperStyleNetwork(source, DEFAULT_FACTS), fake.device.limits);
    expect(engine.memory()).toMatchObject({ weights: need.weights, activations: need.activations, total: fake.live });
    expect(fake.live).toBe(need.weights + need.activations);
    expect(engine.memory().peak).toBe(fake.peak);
    expect(fake.peak).toBe(need.weights + need.activations + need.loading);
    expect(need.loading).toBeLessThanOrEqual(48 * MIB);
    // convolution weights are f32 on the GPU whatever the download, and activations of 1024² take 400 MB
    expect(fake.live / source.downloadBytes).toBeLessThanOrEqual(timesDownload);
  });

  it('keeps heads as they are stored', () => {
    const heads = engine.network.plan.targets.filter(({ name }) => / rows \d+$/.test(name));
    const type = { f32: ['f32'], f16: ['f16'], int8: ['f16', 'i8'] }[dtype];
    expect([...new Set(heads.map((head) => head.dtype))].sort()).toEqual(type);
    expect(heads.reduce((sum, { shape }) => sum + elementCount(shape), 0)).toBeGreaterThan(260e6);
  });

  it('copies no weight in JavaScript: what is written is the bytes that arrived', () => {
    const sum = (writes: readonly FakeWrite[]): number => writes.reduce((total, { bytes }) => total + bytes, 0);
    const own = fake.writes.filter(({ buffer }) => buffer !== source.bytes);
    // noise maps times their strength, the 1024² one being the largest, BatchNorm vectors, tables, uniforms
    expect(Math.max(...own.map(({ bytes }) => bytes))).toBeLessThanOrEqual(4 * MIB);
    expect(sum(own)).toBeLessThan(16 * MIB);
    expect(sum(fake.writes)).toBeGreaterThan(0.95 * source.downloadBytes);
  });

  it('holds nothing back but noise maps that wait for their strength', () => {
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThanOrEqual(12 * MIB);
  });

  it('leaves nothing behind when it is disposed of', () => {
    engine.dispose();
    expect(fake.live).toBe(0);
  });
});
