/**
 * The record of a kernel that gives one element, or one row, to each invocation or workgroup: what gradients are mostly
 * made of.
 */
import { elementCount, type Tensor } from '../tensor.ts';
import { type Binding, type KernelRecord, linearGrid, type UniformField } from './kernel.ts';
import type { Substitutions } from './shader.ts';

/** Offset of a vector that is not there, as shaders know it. */
export const ABSENT = 0xffffffff;

const WORKGROUP_SIZE = 64;

/** What tells one such kernel from another. */
export interface Pointwise {
  readonly op: string;
  readonly label: string;
  readonly shader: string;
  readonly parts?: readonly string[] | undefined;
  readonly substitutions?: Substitutions | undefined;
  readonly overrides?: Readonly<Record<string, number>>;
  readonly uniforms: readonly UniformField[];
  readonly bindings: readonly Binding[];
  readonly flops?: number | undefined;
}

/** A record of `count` elements, one an invocation. */
export function elementwise(a: Pointwise, count: number): KernelRecord {
  return { ...a, grid: linearGrid(count, WORKGROUP_SIZE), flops: a.flops ?? 0 };
}

/** A record of `count` rows, one a workgroup, whose invocations add up; see `shaders/parts/row_sums.wgsl`. */
export function rowwise(a: Pointwise, count: number): KernelRecord {
  return { ...a, parts: ['row_sums', 'tree_sum', ...(a.parts ?? [])], grid: linearGrid(count, 1), flops: a.flops ?? 0 };
}

/** `[C, H, W]` as channels and pixels. */
export function channelsAndPixels({ shape }: Tensor): { channels: number; pixels: number } {
  const [channels = 1, ...rest] = shape;
  return { channels, pixels: elementCount(rest) };
}
