/**
 * Lets adapters without matrix units run `shaders/batched_product_matrix.wgsl`: its text with plain functions in place of the
 * built-in ones. All else is what the engine compiles: which fragment lies where, the tail, the edges, who owns what.
 */
import { expect } from 'vitest';
import { DEFAULT_FACTS } from '../../src/kernels/choose.ts';
import type { Rung } from '../../src/kernels/rungs.ts';
import { PipelineCache } from '../../src/runtime/pipelines.ts';
import { selfTest } from '../../src/tuning/self-test.ts';
import { borrowedDevice } from '../setup/gpu.ts';
import FRAGMENTS from './fragments.wgsl?raw';

const SHADER = 'batched_product_matrix';

/** Built-in words → stand-ins of `fragments.wgsl`. */
const STAND_INS: readonly (readonly [RegExp, string])[] = [
  [/enable chromium_experimental_subgroup_matrix;/g, ''],
  [/subgroup_matrix_(?:left|right)<f32, 16, 16>/g, 'Fragment'],
  [/subgroup_matrix_result<f32, 16, 16>/g, 'SumsFragment'],
  [/subgroupMatrixLoad<(?:Left|Right), (\w+)>\(&(\w+),/g, '$1($2_ARRAY,'],
  [/(\w+) = subgroupMatrixMultiplyAccumulate\((\w+), (\w+), \1\)/g, 'multiply_accumulate($2, $3, &$1)'],
  [/subgroupMatrixStore<row_major>\(&product, ([^,]+), (\w+), /g, 'store_row_major($1, &$2, '],
];

/** The shader's text, for f32, without subgroup matrices. */
export function withoutSubgroupMatrices(text: string): string {
  const lowered = STAND_INS.reduce((code, [from, to]) => {
    expect(code).toMatch(from);
    return code.replaceAll(from, to);
  }, text);
  expect(lowered).not.toMatch(/subgroup_?matrix/i);
  return `${lowered.replaceAll(/(\w+)_ARRAY/g, (_, name: string) => name.toUpperCase())}\n${FRAGMENTS}`;
}

/** A device that runs the matrix kernel, in f32; `change` edits its text first. */
export async function deviceWithFragments(change = (text: string): string => text): Promise<GPUDevice> {
  const device = await borrowedDevice();
  const original = device.createShaderModule.bind(device);
  device.createShaderModule = (descriptor) =>
    original(
      descriptor.label === SHADER
        ? { ...descriptor, code: withoutSubgroupMatrices(change(descriptor.code)) }
        : descriptor,
    );
  return device;
}

/** Rungs that the self-test finds wrong in an edited matrix kernel. */
export async function failuresOf(change: (text: string) => string): Promise<Rung[]> {
  const device = await deviceWithFragments(change);
  const pipelines = new PipelineCache(device);
  const rungs = ['product/matrix'] as const;
  const { failures } = await selfTest({ device, pipelines, facts: DEFAULT_FACTS, records: [], rungs });
  return failures.map(({ rung }) => rung);
}

/** The self-test finds the rung wrong when a piece of the kernel's text reads differently. */
export async function isFound(from: string, to: string): Promise<void> {
  const change = (text: string): string => {
    expect(text).toContain(from);
    return text.replaceAll(from, to);
  };
  expect(await failuresOf(change)).toEqual(['product/matrix']);
}
