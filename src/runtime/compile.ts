/**
 * From graphs to executables: order → memory slots → buffers → pipelines (in parallel) → bind groups. Happens once.
 */
import { HyperStyleError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { MemoryPlan } from '../graph/memory.ts';
import { planGraphs } from '../graph/plan.ts';
import { packUniforms } from '../graph/uniforms.ts';
import { byteLength, owner, type Tensor } from '../tensor.ts';
import type { DeviceBuffers } from './buffers.ts';
import { Executable } from './executable.ts';
import type { PipelineCache } from './pipelines.ts';

/** Executables that share one set of transient slots, so at most one of them may run at a time. */
export interface Program {
  readonly executables: readonly Executable[];
  readonly plan: MemoryPlan;
  /** Bytes of slots and uniforms. */
  readonly bytes: number;
  /** Gives slots and uniforms back; persistent tensors stay with their owner. */
  dispose(): void;
}

/**
 * Compiles graphs that will never run at the same time. Persistent tensors must be allocated in `buffers` already.
 * @throws `memory`, `shader` errors; nothing stays allocated then
 */
export async function compileGraphs(
  buffers: DeviceBuffers,
  pipelines: PipelineCache,
  graphs: readonly Graph[],
): Promise<Program> {
  const { device } = buffers;
  const { ordered, plan } = planGraphs(graphs);
  const kernels = Promise.all(ordered.map((nodes) => Promise.all(nodes.map((node) => pipelines.get(node)))));
  kernels.catch(() => undefined); // reported by the await below; allocation may fail first
  const packed = ordered.map((nodes) => packUniforms(nodes, device.limits.minUniformBufferOffsetAlignment));
  const uniformUsage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
  const made = await buffers.create([
    ...plan.slots.map((bytes, i) => ({ label: `slot ${i}`, bytes })),
    ...packed.map(({ data }, i) => ({
      label: `${graphs[i]?.name} uniforms`,
      bytes: data.byteLength,
      usage: uniformUsage,
    })),
  ]);
  const uniforms = made.slice(plan.slots.length);
  const bufferOf = (tensor: Tensor): GPUBuffer => {
    const slot = plan.slotOf.get(owner(tensor));
    return (slot === undefined ? undefined : made[slot]) ?? buffers.of(tensor);
  };
  try {
    const compiled = await kernels;
    packed.forEach(({ data }, i) => {
      const buffer = uniforms[i];
      if (buffer) device.queue.writeBuffer(buffer, 0, data);
    });
    const executables = ordered.map((nodes, g) => {
      const dispatches = nodes.map((record, i) => {
        const kernel = compiled[g]?.[i];
        const [buffer, pack] = [uniforms[g], packed[g]];
        if (!kernel || !buffer || !pack) throw new HyperStyleError('shader', `${record.label}: lost while compiling`);
        const uniform = { buffer, offset: pack.offsets[i] ?? 0, size: pack.sizes[i] ?? 16 };
        const entries = [
          { binding: 0, resource: uniform },
          ...record.bindings.map(({ tensor }, b) => ({
            binding: b + 1,
            resource: { buffer: bufferOf(tensor), size: Math.max(16, byteLength(tensor)) },
          })),
        ];
        const bindGroup = device.createBindGroup({ label: record.label, layout: kernel.layout, entries });
        return { record, pipeline: kernel.pipeline, bindGroup };
      });
      return new Executable(graphs[g]?.name ?? '', dispatches);
    });
    const bytes = made.reduce((sum, buffer) => sum + buffer.size, 0);
    return { executables, plan, bytes, dispose: () => buffers.release(made) };
  } catch (error) {
    buffers.release(made);
    throw error;
  }
}
