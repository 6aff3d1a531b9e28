/**
 * Every kernel's text, as its records put it together, against Dawn's own compiler and validation: its null backend
 * computes nothing.
 */
import { afterAll, beforeAll, it } from 'vitest';
import { create, globals } from 'webgpu';
import { openDevice } from '../../src/runtime/device.ts';
import { PipelineCache } from '../../src/runtime/pipelines.ts';
import { RECORDS } from './records.ts';

const OPTIONS = ['backend=null', 'enable-dawn-features=allow_unsafe_apis'];

let gpu: GPU; // what it opens does not outlive it
let device: GPUDevice;
let pipelines: PipelineCache;
beforeAll(async () => {
  Object.assign(globalThis, globals);
  gpu = create(OPTIONS);
  ({ device } = await openDevice({ gpu, precision: 'f16' }));
  pipelines = new PipelineCache(device);
});

afterAll(() => device.destroy());

const names = [...new Set(RECORDS.map(({ shader }) => shader))];

it.each(names)('%s compiles', async (shader) => {
  for (const record of RECORDS) if (record.shader === shader) await pipelines.get(record);
});
