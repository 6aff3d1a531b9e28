/** How long runs are cut into submits by the speed that an adapter has shown, on a queue that does nothing but end when told. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Graph } from '../../src/graph/graph.ts';
import { read, write } from '../../src/kernels/kernel.ts';
import { Executable } from '../../src/runtime/executable.ts';
import { Pace, workOf } from '../../src/runtime/pace.ts';
import { tensor } from '../../src/tensor.ts';
import { fakeDevice } from '../setup/fake-device.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A queue whose submits are done `seconds` after one another. */
function queueOf(seconds: number) {
  let free = 0;
  return {
    onSubmittedWorkDone: () => {
      free = Math.max(free, performance.now()) + 1000 * seconds;
      return new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), free - performance.now()));
    },
  };
}

describe('the pace', () => {
  it('begins with short submits, shorter on the CPU', () => {
    expect(new Pace(queueOf(1), true).workPerSubmit).toBeLessThan(new Pace(queueOf(1), false).workPerSubmit);
  });

  it('is what the adapter does in a tenth of a second, also when runs queue up', async () => {
    const pace = new Pace(queueOf(0.5), false);
    for (let run = 0; run < 3; run++) pace.submitted(4e9);
    await vi.advanceTimersByTimeAsync(1500);
    expect(pace.workPerSubmit).toBeCloseTo(8e8, -6);
  });

  it('rises by a short run as far as that shows', async () => {
    const pace = new Pace(queueOf(0.001), false);
    pace.submitted(1e11);
    await vi.advanceTimersByTimeAsync(1);
    expect(pace.workPerSubmit).toBeCloseTo(5e11, -9);
  });

  it('does not fall by a short run, which may have waited for the host', async () => {
    const pace = new Pace(queueOf(0.019), false);
    const before = pace.workPerSubmit;
    pace.submitted(0.25 * before);
    await vi.advanceTimersByTimeAsync(19);
    expect(pace.workPerSubmit).toBeGreaterThanOrEqual(before);
  });

  it('does not ask about runs that are short anyway', () => {
    const queue = { onSubmittedWorkDone: vi.fn(async () => undefined) };
    new Pace(queue, false).submitted(1e6);
    expect(queue.onSubmittedWorkDone).not.toHaveBeenCalled();
  });
});

it('a run is cut where its work, moved bytes included, passes what a submit may hold', () => {
  const graph = new Graph('copies');
  const [x, y] = [tensor('x', [1000]), tensor('y', [1000])];
  const shared = { op: 'copy', label: 'copy', shader: 'copy', uniforms: [], bindings: [read(x), write(y)] };
  for (let i = 0; i < 5; i++) graph.add({ ...shared, grid: [1, 1, 1], flops: 0 });
  const [first] = graph.nodes;
  const work = first ? workOf(first) : 0;
  expect(work).toBeGreaterThanOrEqual(8000);
  const { device } = fakeDevice();
  const submit = vi.spyOn(device.queue, 'submit');
  const parts = { pipeline: {} as GPUComputePipeline, bindGroup: {} as GPUBindGroup, textureLayout: undefined };
  const executable = new Executable(
    'copies',
    graph.nodes.map((record) => ({ record, ...parts })),
  );
  expect(executable.submit(device, 2 * work)).toBe(5 * work);
  expect(submit).toHaveBeenCalledTimes(3);
  expect(executable.submit(device, 2 * work, 3)).toBe(2 * work);
  expect(submit).toHaveBeenCalledTimes(4);
});
