/**
 * The matrix kernel against Dawn's own compiler and validation, as the engine hands it over. No adapter here can run it: Dawn's
 * null backend checks everything and computes nothing.
 */
import { beforeAll, expect, it } from 'vitest';
import { create, globals } from 'webgpu';
import type { KernelRecord } from '../../src/kernels/kernel.ts';
import { openDevice } from '../../src/runtime/device.ts';
import { KernelRun } from '../../src/runtime/kernel-run.ts';
import { HALF_CASES } from '../kernels/conv-cases.ts';

const SHADER = 'batched_product_matrix';
const OPTIONS = ['backend=null', 'enable-dawn-features=allow_unsafe_apis'];

let gpu: GPU;
beforeAll(() => {
  Object.assign(globalThis, globals);
  gpu = create(OPTIONS);
});

const uses = (nodes: readonly KernelRecord[]): boolean => nodes.some(({ shader }) => shader === SHADER);

/** Graphs of convolutions that the matrix kernel multiplies, and what to read of them. */
const RUNS = HALF_CASES.map(({ name, build }) => {
  const run = new KernelRun(name);
  return { name, run, outputs: build(run) };
}).filter(({ run }) => uses(run.nodes));

it('Winograd, columns and up-convolutions have such products, in both formats of half precision', () => {
  expect(RUNS.length).toBe(6);
});

it('a device is opened with the experimental feature where the adapter has it', async () => {
  const { device, facts } = await openDevice({ gpu, precision: 'f16' });
  expect([...device.features]).toEqual(expect.arrayContaining(['chromium-experimental-subgroup-matrix', 'shader-f16']));
  expect(facts.matrixUnits).toBe(false); // the null backend lists no fragments
  device.destroy();
});

it.each(RUNS)('$name compiles, binds and dispatches', async ({ run, outputs }) => {
  const { device } = await openDevice({ gpu, precision: 'f16' });
  device.pushErrorScope('validation');
  await run.runBytes(device, outputs);
  expect((await device.popErrorScope())?.message).toBeUndefined();
  device.destroy();
});

it('a mistake in it would not compile', async () => {
  const { device } = await openDevice({ gpu, precision: 'f16' });
  const original = device.createShaderModule.bind(device);
  device.createShaderModule = (descriptor) =>
    original({
      ...descriptor,
      code: descriptor.code.replace('&right, right_at, columns', '&params, right_at, columns'),
    });
  device.pushErrorScope('validation');
  const [first] = RUNS;
  await expect(first?.run.runBytes(device, first.outputs)).rejects.toThrow(/batched_product_matrix\.wgsl .*compile/);
  expect(await device.popErrorScope()).not.toBeNull();
  device.destroy();
});
