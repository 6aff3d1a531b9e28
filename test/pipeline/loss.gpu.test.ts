/** A real device that is lost at every stage there is something to wait for: whoever waits is told so, by name. */
import { expect, it } from 'vitest';
import { Graph } from '../../src/graph/graph.ts';
import type { KernelFacts } from '../../src/kernels/choose.ts';
import { conv2d } from '../../src/kernels/conv2d.ts';
import { ConvWeights } from '../../src/models/conv-weights.ts';
import { WeightPlan } from '../../src/models/weight-plan.ts';
import { factsOf } from '../../src/runtime/device.ts';
import type { Network } from '../../src/runtime/network.ts';
import { Runtime } from '../../src/runtime/runtime.ts';
import { tensor } from '../../src/tensor.ts';
import { startUp } from '../../src/tuning/start-up.ts';
import type { TensorInfo } from '../../src/weights/weight-source.ts';
import { gpuDevice } from '../setup/gpu.ts';

const WEIGHT: TensorInfo = { name: 'weight', shape: [8, 8, 3, 3], dtype: 'f32' };
const TENSORS = new Map([[WEIGHT.name, WEIGHT]]);

/** One convolution. */
class Tiny implements Network<'run'> {
  readonly name = 'tiny';
  readonly plan = new WeightPlan(TENSORS);
  readonly state = { x: tensor('x', [8, 8, 8]), y: tensor('y', [8, 8, 8]) };
  readonly graphs: ReadonlyMap<'run', Graph>;

  constructor(facts: KernelFacts) {
    const run = new Graph('run');
    const { x, y } = this.state;
    const weight = new ConvWeights(this.plan, facts).static(WEIGHT.name, x);
    conv2d(run, { label: 'conv', input: x, weight, output: y });
    this.graphs = new Map([['run', run]]);
  }
}

/** Loses the device when a buffer of such a label is about to be read. */
function loseAtRead(device: GPUDevice, label: RegExp): void {
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    if (!label.test(descriptor.label ?? '')) return buffer;
    const map = buffer.mapAsync.bind(buffer);
    buffer.mapAsync = (...args) => {
      const mapping = map(...args);
      device.destroy();
      return mapping;
    };
    return buffer;
  };
}

function loseWhenCompiling(device: GPUDevice): void {
  const compile = device.createComputePipelineAsync.bind(device);
  device.createComputePipelineAsync = (descriptor) => {
    const compiling = compile(descriptor);
    device.destroy();
    return compiling;
  };
}

/** How a stage loses the device it is given, before or while weights come. */
interface Stage {
  readonly before?: (device: GPUDevice) => void;
  readonly loading?: (device: GPUDevice) => void;
}

const STAGES: readonly [string, Stage][] = [
  ['opening', { before: (device) => device.destroy() }],
  ['compiling', { before: loseWhenCompiling }],
  ['the self-test', { before: (device) => loseAtRead(device, /^read /) }],
  ['timing', { before: (device) => loseAtRead(device, /^timestamps readable/) }],
  ['loading', { loading: (device) => device.destroy() }],
  ['reading back', { before: (device) => loseAtRead(device, /^readback/) }],
];

it.each(STAGES)('a GPU that is lost while %s is named', async (_, { before, loading }) => {
  const device = await gpuDevice(['timestamp-query']);
  before?.(device);
  const facts = factsOf(device, device.adapterInfo, { kernels: 'direct' });
  const opened = { device, facts, adapterName: 'test', warnings: [], owned: false };
  const runtime = new Runtime(opened);
  const stream = async (visit: (info: TensorInfo, bytes: Uint8Array, row: number) => Promise<void> | void) => {
    loading?.(device);
    await visit(WEIGHT, new Uint8Array(new Float32Array(8 * 8 * 9).fill(1).buffer), 0);
  };
  const choiceStore = { get: async () => null, put: async () => undefined };
  const used = runtime.life.during(async (signal) => {
    const build = (chosen: KernelFacts): Tiny => new Tiny(chosen);
    const started = { ...opened, name: 'tiny', build, signal, pipelines: runtime.pipelines };
    const { network } = await startUp({ ...started, tune: 0.1, choiceStore, onWarning: () => undefined });
    const mounted = await runtime.mount(network, { name: 'tiny', stream }, { signal });
    mounted.run('run');
    return mounted.read(network.state.y);
  });
  await expect(used).rejects.toMatchObject({
    code: 'device',
    message: expect.stringMatching(/the GPU was lost \(destroyed.*load the model again/),
  });
  await expect(runtime.mount(new Tiny(facts))).rejects.toThrow(/the GPU was lost/);
});
