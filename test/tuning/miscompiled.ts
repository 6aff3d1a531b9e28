/** Drivers that miscompile one shader, for tests of the self-test. */
import { expect } from 'vitest';
import { DEFAULT_FACTS, type KernelFacts } from '../../src/kernels/choose.ts';
import type { Rung } from '../../src/kernels/rungs.ts';
import { KernelRun } from '../../src/runtime/kernel-run.ts';
import { PipelineCache } from '../../src/runtime/pipelines.ts';
import { type SelfTestResult, selfTest } from '../../src/tuning/self-test.ts';
import { trialsOf } from '../../src/tuning/trials.ts';
import { borrowedDevice } from '../setup/gpu.ts';

/** A shader, a piece of its text, what it reads like instead, and the rung that then computes wrongly. */
type Miscompiled = readonly [shader: string, from: string, to: string, rung: Rung];

/** One of each kind: a product, barriers, a transform, a text that does not compile, an activation, a row, a depth. */
export const MISCOMPILED: readonly Miscompiled[] = [
  ['batched_product', 'k = 1u', 'k = 3u', 'product/registers'],
  ['batched_product_shared', 'workgroupBarrier();', '', 'product/shared'],
  ['winograd_output', '0.5 * near', '0.6 * near', 'conv2d/winograd'],
  ['conv2d_columns', 'fn main(', 'fn main(this does not compile, ', 'conv2d/columns'],
  ['conv2d_epilogue', 'params.slope', '1', 'conv2d/columns'],
  ['layer_head_direct', 'params.state_row', '0u', 'layerHead/layer_head_direct'],
  ['shared_head_operands', 'params.z', '(params.z - 1)', 'sharedHead/shared_head_operands'],
  ['to_rgb', 'workgroupBarrier();', '', 'sum/shared'],
];

/** More of the same kinds. */
export const MORE_MISCOMPILED: readonly Miscompiled[] = [
  ['batched_product_narrow', 'k < params.depth', 'k <= params.depth', 'product/registers'],
  ['upconv_output', '0.75', '0.7', 'upConv/columns'],
  ['conv2d_columns', 'params.padding', '0u', 'conv2d/columns'],
  ['conv2d_epilogue', 'params.parts', '1', 'conv2d/fused'], // one part of many
  ['conv2d_implicit', 'workgroupBarrier();', '', 'conv2d/implicit'],
  ['shared_head_expand_registers', 'params.z', '(params.z - 1)', 'expand/registers'],
  ['demodulation', 'workgroupBarrier();', '', 'sum/shared'],
];

/** A device that compiles `shader` as if its text read differently. */
export async function miscompiling(shader: string, from: string, to: string): Promise<GPUDevice> {
  const device = await borrowedDevice();
  const original = device.createShaderModule.bind(device);
  device.createShaderModule = (descriptor) => {
    if (descriptor.label !== shader) return original(descriptor);
    expect(descriptor.code).toContain(from);
    device.pushErrorScope('validation'); // a text that does not compile is what some tests want
    const made = original({ ...descriptor, code: descriptor.code.replaceAll(from, to) });
    void device.popErrorScope();
    return made;
  };
  return device;
}

/** What a CPU adapter is known for. */
export const CPU: KernelFacts = { ...DEFAULT_FACTS, software: true };
/** How the networks of these tests store their heads. */
export const HEADS = { dtype: 'f32', layers: 3 } as const;

/** Tests the given rungs as if a network used them. */
export function testRungs(device: GPUDevice, rungs: readonly Rung[], facts: KernelFacts): Promise<SelfTestResult> {
  const run = new KernelRun();
  for (const rung of rungs) for (const trial of trialsOf(rung, facts, HEADS)) trial(run);
  return selfTest({ device, pipelines: new PipelineCache(device), facts, records: run.nodes, rungs });
}

/** The self-test finds the rung wrong. */
export async function isFound(shader: string, from: string, to: string, rung: Rung): Promise<void> {
  const onGpus: readonly Rung[] = ['product/shared', 'conv2d/fused', 'conv2d/implicit', 'upConv/fused', 'sum/shared'];
  const facts = onGpus.includes(rung) ? DEFAULT_FACTS : CPU;
  const { failures, passed } = await testRungs(await miscompiling(shader, from, to), [rung], facts);
  expect(failures.map((failure) => failure.rung)).toEqual([rung]);
  expect(passed).not.toContain(rung);
}
