/**
 * What one dispatch is, as data: which shader, which numbers, which tensors with which access, how many workgroups.
 * Nothing here touches a GPUDevice; the graph turns records into pipelines, bind groups and dispatches.
 */
import { ensure } from '../errors.ts';
import { type DType, elementCount, type Shape, type Tensor } from '../tensor.ts';
import type { OpCall } from './backward/calls.ts';
import type { Rung } from './rungs.ts';
import type { ShaderSpec } from './shader.ts';

/** How a shader uses one binding. A buffer may be bound more than once in a dispatch only if every use is a read. */
export type Access = 'read' | 'write' | 'read_write';

/** One storage buffer of a dispatch. Bindings are numbered 1, 2, … in this order, in group 0; binding 0 is the uniform struct. */
export interface Binding {
  readonly tensor: Tensor;
  readonly access: Access;
}

/**
 * One texture of a dispatch, of format `rgba8unorm`: its texels are loaded, or stored. Textures are numbered 0, 1, … in
 * group 1, which is bound by name at every run (`Executable.bindTextures`): each picture has its own, a canvas a new
 * one every frame.
 */
export interface TextureBinding {
  readonly name: string;
  readonly access: 'load' | 'store';
}

/** One member of the shader's `Params` uniform struct, in declaration order. */
export interface UniformField {
  readonly name: string;
  readonly type: 'u32' | 'i32' | 'f32';
  readonly value: number;
}

/** Everything a dispatch needs. Made by the op functions of this folder, consumed by `src/graph`. */
export interface KernelRecord extends ShaderSpec {
  /** The op, e.g. `conv2d`: the row's name in printed plans. */
  readonly op: string;
  /** The rung that it is part of, where its op has several. */
  readonly rung?: Rung | undefined;
  /** Layer and shapes for people and GPU labels, e.g. `convs.3 512→512 64×64`. */
  readonly label: string;
  /** Pipeline-overridable constants: tile sizes, flags. */
  readonly overrides?: Readonly<Record<string, number>>;
  readonly uniforms: readonly UniformField[];
  readonly bindings: readonly Binding[];
  readonly textures?: readonly TextureBinding[] | undefined;
  /** Workgroups in x, y, z. */
  readonly grid: readonly [number, number, number];
  /** Multiply-adds counted as two; zero for ops that only move data. */
  readonly flops: number;
}

/**
 * What an op function needs from its caller: a place to make tensors and to leave its record. The graph builder is one.
 * Op functions have the form `op(g, {inputs…, output?, …attributes}): Tensor`.
 */
export interface Recorder {
  /** A transient tensor, alive from its first write to its last read. */
  transient(name: string, shape: Shape, dtype?: DType): Tensor;
  /** Adds one dispatch. */
  add(record: KernelRecord): void;
  /**
   * Takes note of a differentiable op that was recorded, with everything its gradient needs. Only recorders that will
   * differentiate have it (`src/gradients/tape.ts`); inference pays nothing.
   */
  pullback?(call: OpCall): void;
}

/** A vector inside a larger tensor: `offset` counts elements of the flattened `tensor`. */
export interface Slice {
  readonly tensor: Tensor;
  readonly offset: number;
}

/** @throws `tensor` error that names the operand when a slice does not have `length` elements */
export function expectSlice(where: string, name: string, slice: Slice | undefined, length: number): void {
  if (!slice) return;
  const { tensor, offset } = slice;
  const has = elementCount(tensor.shape);
  ensure(
    offset >= 0 && offset + length <= has,
    'tensor',
    () => `${where}: ${name} needs ${length} elements at ${offset} of "${tensor.name}", which has ${has}`,
  );
}

/** Short-hand for a u32 uniform field. */
export const u32 = (name: string, value: number): UniformField => ({ name, type: 'u32', value });
/** Short-hand for an f32 uniform field. */
export const f32 = (name: string, value: number): UniformField => ({ name, type: 'f32', value });
/** Short-hand for an i32 uniform field. */
export const i32 = (name: string, value: number): UniformField => ({ name, type: 'i32', value });

/** Short-hand for a binding that is only read. */
export const read = (tensor: Tensor): Binding => ({ tensor, access: 'read' });
/** Short-hand for a binding that is only written. */
export const write = (tensor: Tensor): Binding => ({ tensor, access: 'write' });
/** Short-hand for a binding that is updated in place. */
export const readWrite = (tensor: Tensor): Binding => ({ tensor, access: 'read_write' });

/** WebGPU's default `maxComputeWorkgroupsPerDimension`. */
export const MAX_WORKGROUPS_PER_DIMENSION = 65535;

/**
 * Grid for a kernel of one invocation an element: folds more than 65,535 workgroups into y. The shader recovers the
 * flat index as `id.x + id.y * num_workgroups.x * WORKGROUP_SIZE`.
 */
export function linearGrid(count: number, workgroupSize: number): [number, number, number] {
  const groups = Math.max(1, Math.ceil(count / workgroupSize));
  if (groups <= MAX_WORKGROUPS_PER_DIMENSION) return [groups, 1, 1];
  const y = Math.ceil(groups / MAX_WORKGROUPS_PER_DIMENSION);
  ensure(y <= MAX_WORKGROUPS_PER_DIMENSION, 'tensor', () => `${count} invocations do not fit one dispatch`);
  return [Math.ceil(groups / y), y, 1];
}

/** The element of `shape` at `index`, which the caller has checked to exist. */
export function dim(tensor: Tensor, index: number): number {
  const n = tensor.shape[index];
  ensure(
    n !== undefined,
    'tensor',
    () => `tensor "${tensor.name}" [${tensor.shape.join(', ')}] has no dimension ${index}`,
  );
  return n;
}
