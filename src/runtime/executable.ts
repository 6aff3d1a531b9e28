/**
 * A compiled graph: a flat list of dispatches that can be replayed. A run only encodes; it makes no GPU object but the
 * command buffer. Long lists are cut into several submits so that no single one keeps a display waiting or trips a
 * driver's watchdog.
 */
import { ensure } from '../errors.ts';
import type { KernelRecord } from '../kernels/kernel.ts';
import { workOf } from './pace.ts';

/** Textures by the names that records have for them. */
export type Textures = Readonly<Record<string, GPUTexture>>;

/** One dispatch, ready to encode but for its textures. */
export interface Dispatch {
  readonly record: KernelRecord;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  /** Of the textures that are bound at each run, if there are any. */
  readonly textureLayout: GPUBindGroupLayout | undefined;
}

/** The textures of one dispatch, bound. */
interface BoundTextures {
  readonly textures: readonly GPUTexture[];
  readonly group: GPUBindGroup;
}

/** A replayable list of dispatches. Its buffers belong to the `Program` that made it. */
export class Executable {
  readonly name: string;
  readonly dispatches: readonly Dispatch[];
  /** Of each dispatch, in the same order. */
  readonly #work: readonly number[];
  readonly #textures = new Map<Dispatch, BoundTextures>();

  constructor(name: string, dispatches: readonly Dispatch[]) {
    this.name = name;
    this.dispatches = dispatches;
    this.#work = dispatches.map(({ record }) => workOf(record));
  }

  /** Floating-point operations of one run. */
  get flops(): number {
    return this.dispatches.reduce((sum, { record }) => sum + record.flops, 0);
  }

  /**
   * Binds textures for the runs that follow; nothing is made for those that are bound already.
   * @throws `shader` error that names a texture which a record needs and which is not there
   */
  bindTextures(device: GPUDevice, textures: Textures): void {
    for (const dispatch of this.dispatches) {
      const { record, textureLayout: layout } = dispatch;
      if (!layout) continue;
      const own = (record.textures ?? []).map(({ name }) => {
        const texture = textures[name];
        ensure(texture, 'shader', () => `${this.name}: "${record.label}" needs a texture "${name}"`);
        return texture;
      });
      const bound = this.#textures.get(dispatch);
      if (bound && own.every((texture, i) => texture === bound.textures[i])) continue;
      const entries = own.map((texture, binding) => ({ binding, resource: texture.createView() }));
      const group = device.createBindGroup({ label: record.label, layout, entries });
      this.#textures.set(dispatch, { textures: own, group });
    }
  }

  /** Encodes dispatches `[from, to)` into one compute pass. */
  encode(
    encoder: GPUCommandEncoder,
    from = 0,
    to = this.dispatches.length,
    timestampWrites?: GPUComputePassTimestampWrites,
  ): void {
    const pass = encoder.beginComputePass({ label: this.name, ...(timestampWrites && { timestampWrites }) });
    for (let i = from; i < to; i++) {
      const dispatch = this.dispatches[i];
      if (!dispatch) break;
      pass.setPipeline(dispatch.pipeline);
      pass.setBindGroup(0, dispatch.bindGroup);
      if (dispatch.textureLayout) pass.setBindGroup(1, this.#boundTextures(dispatch));
      pass.dispatchWorkgroups(...dispatch.record.grid);
    }
    pass.end();
  }

  /**
   * Encodes and submits dispatches `[start, end)`, in pieces of at most about `workPerSubmit` (`pace.ts`).
   * @returns the work of them
   */
  submit(
    device: GPUDevice,
    workPerSubmit = Number.POSITIVE_INFINITY,
    start = 0,
    end: number = this.dispatches.length,
  ): number {
    let from = start;
    let [piece, total] = [0, 0];
    for (let i = start; i < end; i++) {
      piece += this.#work[i] ?? 0;
      if (piece < workPerSubmit && i < end - 1) continue;
      const encoder = device.createCommandEncoder({ label: `${this.name} ${from}..${i}` });
      this.encode(encoder, from, i + 1);
      device.queue.submit([encoder.finish()]);
      from = i + 1;
      total += piece;
      piece = 0;
    }
    return total;
  }

  #boundTextures(dispatch: Dispatch): GPUBindGroup {
    const bound = this.#textures.get(dispatch);
    ensure(bound, 'shader', () => `${this.name}: bind the textures of "${dispatch.record.label}" before it runs`);
    return bound.group;
  }
}
