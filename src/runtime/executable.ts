/**
 * A compiled graph: a flat list of dispatches that can be replayed. A run only encodes; it makes no GPU object but the
 * command buffer. Long lists are cut into several submits so that no single one keeps a display waiting or trips a
 * driver's watchdog.
 */
import type { KernelRecord } from '../kernels/kernel.ts';

/** One dispatch, ready to encode. */
export interface Dispatch {
  readonly record: KernelRecord;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
}

/** A replayable list of dispatches. Its buffers belong to the `Program` that made it. */
export class Executable {
  readonly name: string;
  readonly dispatches: readonly Dispatch[];

  constructor(name: string, dispatches: readonly Dispatch[]) {
    this.name = name;
    this.dispatches = dispatches;
  }

  /** Floating-point operations of one run. */
  get flops(): number {
    return this.dispatches.reduce((sum, { record }) => sum + record.flops, 0);
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
      pass.dispatchWorkgroups(...dispatch.record.grid);
    }
    pass.end();
  }

  /** Encodes and submits a run, from dispatch `start` on, in pieces of at most about `flopsPerSubmit` operations. */
  submit(device: GPUDevice, flopsPerSubmit = Number.POSITIVE_INFINITY, start = 0): void {
    let from = start;
    let work = 0;
    this.dispatches.forEach(({ record }, i) => {
      if (i < start) return;
      work += record.flops;
      const last = i === this.dispatches.length - 1;
      if (work < flopsPerSubmit && !last) return;
      const encoder = device.createCommandEncoder({ label: `${this.name} ${from}..${i}` });
      this.encode(encoder, from, i + 1);
      device.queue.submit([encoder.finish()]);
      from = i + 1;
      work = 0;
    });
  }
}
