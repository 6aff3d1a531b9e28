/** The micro-tuner keeps its time on a device whose every sample takes as long as a test says, and whose clock is the test's. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_FACTS, type KernelFacts } from '../../src/kernels/choose.ts';
import type { Conv2dShape } from '../../src/kernels/rungs.ts';
import { PipelineCache } from '../../src/runtime/pipelines.ts';
import type { Task } from '../../src/tuning/choices.ts';
import { Deadline } from '../../src/tuning/deadline.ts';
import { tune } from '../../src/tuning/micro-tuner.ts';
import { fakeDevice } from '../setup/fake-device.ts';

const BUDGET = 1.5;
const CPU: KernelFacts = { ...DEFAULT_FACTS, software: true };
const SHAPE: Conv2dShape = { groups: 1, inChannels: 64, outChannels: 64, kernel: 3, stride: 1, spatial: [32, 32] };
const TASKS: readonly Task[] = [32, 16, 8, 4].flatMap((side): Task[] => [
  { family: 'conv2d', shape: { ...SHAPE, spatial: [side, side] } },
  { family: 'upConv', shape: { inChannels: 64, outChannels: 32, spatial: [side, side] } },
]);

afterEach(() => vi.restoreAllMocks());

/** A device that takes `seconds` for each dispatch, by a clock that stands still otherwise. */
function timedDevice(seconds: number) {
  const clock = { seconds: 0, longestSample: 0 };
  const { device } = fakeDevice();
  let dispatches = 0;
  const dispatchWorkgroups = (): void => {
    dispatches++;
  };
  const pass = { setPipeline() {}, setBindGroup() {}, end() {}, dispatchWorkgroups };
  const encoder = { beginComputePass: () => pass, finish: () => ({}), clearBuffer() {} };
  device.createCommandEncoder = () => encoder as unknown as GPUCommandEncoder;
  device.queue.onSubmittedWorkDone = async () => {
    clock.longestSample = Math.max(clock.longestSample, dispatches * seconds);
    clock.seconds += dispatches * seconds;
    dispatches = 0;
    return undefined;
  };
  vi.spyOn(performance, 'now').mockImplementation(() => 1000 * clock.seconds);
  return { device, clock };
}

const run = (device: GPUDevice, facts = CPU, tasks = TASKS) =>
  tune({ device, pipelines: new PipelineCache(device), facts, tasks, budget: BUDGET });

describe('time', () => {
  it.each([0.02, 0.1, 0.3, 5])('is over at most one sample too late where a dispatch takes %f s', async (seconds) => {
    const { device, clock } = timedDevice(seconds);
    await run(device);
    expect(clock.seconds).toBeGreaterThanOrEqual(BUDGET);
    expect(clock.seconds).toBeLessThan(BUDGET + clock.longestSample);
  });

  it('is not used up when every shape is measured', async () => {
    const { device, clock } = timedDevice(1e-4);
    expect((await run(device)).choices.size).toBe(TASKS.length);
    expect(clock.seconds).toBeLessThan(BUDGET);
  });

  it('leaves a shape to the rule where nothing could be compared', async () => {
    const { device } = timedDevice(1);
    expect((await run(device)).choices.size).toBe(0);
  });

  it('is not spent waiting for a compiler', async () => {
    const { device } = fakeDevice();
    device.createComputePipelineAsync = () => new Promise(() => undefined);
    const begin = performance.now();
    const table = await tune({ device, pipelines: new PipelineCache(device), facts: CPU, tasks: TASKS, budget: 0.05 });
    expect(table.choices.size).toBe(0);
    expect(performance.now() - begin).toBeLessThan(2000); // of the test's 60 s
  });
});

describe('candidates', () => {
  it('that do not compile are never chosen', async () => {
    const { device } = timedDevice(1e-4);
    const compile = device.createComputePipelineAsync.bind(device);
    device.createShaderModule = () =>
      ({ getCompilationInfo: async () => ({ messages: [] }) }) as unknown as GPUShaderModule;
    const tried: string[] = [];
    device.createComputePipelineAsync = (descriptor) => {
      tried.push(descriptor.label ?? '');
      return descriptor.label?.startsWith('conv2d_columns') ? Promise.reject(new Error('no')) : compile(descriptor);
    };
    const { choices } = await run(device);
    expect(tried.some((label) => label.startsWith('conv2d_columns'))).toBe(true);
    expect([...choices].flatMap(([key, { variant }]) => (key.startsWith('conv2d') ? variant : []))).not.toContain(
      'columns',
    );
    expect(choices.size).toBeGreaterThan(0);
  });

  it.each([
    [undefined, 'winograd'],
    [true, 'columns'],
  ])('count with the making of filters that are made at every step (retuned: %o)', async (retuned, variant) => {
    const { device } = timedDevice(1e-4); // three dispatches each, and a fourth transforms a filter of Winograd's
    const shape = { ...SHAPE, retuned };
    const { choices } = await run(device, CPU, [{ family: 'conv2d', shape }]);
    expect([...choices.values()]).toEqual([expect.objectContaining({ variant })]);
  });

  it('without products are tried on GPUs only', async () => {
    const shaders = async (facts: KernelFacts): Promise<string[]> => {
      const { device } = timedDevice(1e-4);
      const labels = new Set<string>();
      const compile = device.createComputePipelineAsync.bind(device);
      device.createComputePipelineAsync = (descriptor) => {
        labels.add(descriptor.label?.split(' ')[0] ?? '');
        return compile(descriptor);
      };
      await run(device, facts);
      return [...labels];
    };
    expect(await shaders(DEFAULT_FACTS)).toEqual(expect.arrayContaining(['conv2d_tiled', 'conv2d_direct']));
    const onCpu = await shaders(CPU);
    expect(onCpu).toContain('batched_product');
    expect(onCpu.filter((shader) => /direct|tiled/.test(shader))).toEqual([]);
  });
});

describe('a deadline', () => {
  it('gives what is done in time, and fails as it fails', async () => {
    const deadline = new Deadline(10);
    expect(await deadline.within(Promise.resolve(3))).toBe(3);
    await expect(deadline.within(Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(deadline.over).toBe(false);
  });

  it('waits no longer', async () => {
    const deadline = new Deadline(0);
    expect(deadline.over).toBe(true);
    expect(await deadline.within(new Promise(() => undefined))).toBeUndefined();
  });
});
