/** One runtime, many networks: a tiny stranger beside a model, a second generator as a target, shares of people. */
import { expect, it } from 'vitest';
import { editSpace, noEdit } from '../../src/editing/edit-space.ts';
import { Graph } from '../../src/graph/graph.ts';
import { HyperStyle } from '../../src/index.ts';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import { linear } from '../../src/kernels/linear.ts';
import { Domain } from '../../src/method/domain.ts';
import { SharedOffsets } from '../../src/method/shared-offsets.ts';
import { WeightPlan } from '../../src/models/weight-plan.ts';
import type { Network } from '../../src/runtime/network.ts';
import { tensor } from '../../src/tensor.ts';
import type { TensorInfo, WeightSource } from '../../src/weights/weight-source.ts';
import { borrowedDevice, sharedDevice } from '../setup/gpu.ts';
import { difference, smallModel, smallWeights, testPicture } from './small-model.ts';
import { watch } from './watch-device.ts';

/** Two linear layers 2 → 3 → 1 that no model of ours has: y = Σ_k (x_0 + x_1 + k)·(k + 1). */
class Stranger implements Network<'forward'> {
  readonly name = 'stranger';
  readonly plan: WeightPlan;
  readonly state = { x: tensor('x', [1, 2]), y: tensor('y', [1, 1]) };
  readonly graphs: ReadonlyMap<'forward', Graph>;

  constructor(tensors: WeightSource['tensors']) {
    this.plan = new WeightPlan(tensors);
    const forward = new Graph('forward');
    const layer = (name: string) => ({
      label: name,
      weight: this.plan.plain(`${name}.weight`),
      bias: this.plan.plain(`${name}.bias`),
      facts: DEFAULT_FACTS,
    });
    const hidden = linear(forward, { ...layer('one'), input: this.state.x });
    linear(forward, { ...layer('two'), input: hidden, output: this.state.y });
    this.graphs = new Map([['forward', forward]]);
  }
}

const STRANGER: Readonly<Record<string, [shape: readonly number[], values: readonly number[]]>> = {
  'one.weight': [
    [3, 2],
    [1, 1, 1, 1, 1, 1],
  ],
  'one.bias': [[3], [0, 1, 2]],
  'two.weight': [
    [1, 3],
    [1, 2, 3],
  ],
  'two.bias': [[1], [0]],
};

function strangerWeights(): Pick<WeightSource, 'name' | 'tensors' | 'stream'> {
  const infos = Object.entries(STRANGER).map(([name, [shape]]): TensorInfo => ({ name, shape, dtype: 'f32' }));
  return {
    name: 'stranger',
    tensors: new Map(infos.map((info) => [info.name, info])),
    async stream(visit) {
      for (const info of infos) {
        await visit(info, new Uint8Array(Float32Array.from(STRANGER[info.name]?.[1] ?? []).buffer), 0);
      }
    },
  };
}

it('a network that knows nothing of HyperStyle runs beside it, on its slots, and both are freed', async () => {
  const device = await borrowedDevice();
  const { alive } = watch(device);
  const hs = await smallModel(device);
  const { runtime } = hs.engine;
  const before = { ...hs.memory(), slots: runtime.slots.count };
  const weights = strangerWeights();
  const network = new Stranger(weights.tensors);
  const mounted = await runtime.mount(network, weights);
  expect(runtime.slots.count).toBe(before.slots);
  const first = await hs.generate({ seed: 1 });
  mounted.write(network.state.x, Float32Array.of(2, 3));
  mounted.run('forward');
  expect([...(await mounted.read(network.state.y))]).toEqual([5 + 2 * 6 + 3 * 7]);
  const second = await hs.generate({ seed: 1 });
  expect(difference(await first.toFloats(), await second.toFloats())).toBe(0);
  expect(() => mounted.run('backward' as 'forward')).toThrow(/"stranger" has no graph "backward", it has forward/);
  mounted.dispose();
  const { weights: bytes, activations } = hs.memory();
  expect({ bytes, activations }).toEqual({ bytes: before.weights, activations: before.activations });
  expect(() => mounted.run('forward')).toThrow(/"stranger" was disposed of/);
  hs.dispose();
  expect([...alive]).toEqual([]);
});

it('leaves nothing of a network whose weights do not come', async () => {
  const { device } = await sharedDevice();
  const hs = await smallModel(device);
  const { total } = hs.memory();
  const weights = strangerWeights();
  const silent = { ...weights, stream: async () => {} };
  await expect(hs.engine.runtime.mount(new Stranger(weights.tensors), silent)).rejects.toThrow(/ended without/);
  expect(hs.memory().total).toBe(total);
});

it('a second generator with the same weights takes the same offsets and shows the same picture', async () => {
  const { device } = await sharedDevice();
  const source = await smallWeights();
  const hs = await HyperStyle.fromWeights(source, { device });
  const { engine } = hs;
  const { tunedLayers } = engine.network.generator;
  const person = await hs.invert(testPicture(40, 40), { steps: 2 });
  const { base: latents, sums } = await person.values();
  const domain = await Domain.mount(engine, 'twin', source);
  const shared = new SharedOffsets(engine);
  const key = ['person'];
  const activate = () => engine.activate([{ sums, weight: () => 1 }]);
  const offsets = { key, deltas: (layers: readonly number[]) => shared.of(key, layers, activate) };
  const { offset, styleOffset } = noEdit(editSpace(hs.architecture));
  const show = async (layers: readonly number[]): Promise<Float32Array> => {
    await domain.retune(offsets, layers);
    domain.show({ latents, offset, styleOffset });
    return domain.read();
  };
  const ours = await person.picture.toFloats();
  expect(difference(await show(tunedLayers), ours)).toBe(0);
  // with the offsets of some layers only it is another picture, and with all of them the same again
  expect(difference(await show(tunedLayers.slice(0, 1)), ours)).toBeGreaterThan(1e-4);
  expect(difference(await show(tunedLayers), ours)).toBe(0);
  await expect(show([1])).rejects.toThrow(/layer 1 is not tuned: choose some of 0/);
  domain.dispose();
});

it.each(['pipeline-faces', 'pipeline-cars-separable'])('%s: shares of people need no hypernetwork', async (name) => {
  const hs = await smallModel((await sharedDevice()).device, name);
  const { engine } = hs;
  const [a, b] = [
    await hs.invert(testPicture(48, 48), { steps: 2 }),
    await hs.invert(testPicture(48, 48, 5), { steps: 1 }),
  ];
  const [one, two] = [await a.values(), await b.values()];
  const picture = async (shares: readonly [sums: readonly Float32Array[], weight: number][]): Promise<Float32Array> => {
    engine.write(engine.network.state.base, one.base);
    engine.activate(shares.map(([sums, weight]) => ({ sums, weight: () => weight })));
    engine.run('retune');
    engine.show();
    return engine.read(engine.network.state.y);
  };
  const whole = await a.picture.toFloats();
  expect(difference(await picture([[one.sums, 1]]), whole)).toBe(0);
  expect(
    difference(
      await picture([
        [one.sums, 0.25],
        [one.sums, 0.75],
      ]),
      whole,
    ),
  ).toBeLessThan(1e-4);
  const none = await picture([[one.sums, 0]]);
  expect(difference(none, (await a.steps[0]?.picture.toFloats()) ?? [])).toBeLessThan(1e-4);
  const mixed = await picture([
    [one.sums, 0.5],
    [two.sums, 0.5],
  ]);
  expect(Math.min(difference(mixed, whole), difference(mixed, none))).toBeGreaterThan(1e-4);
});
