/**
 * Shows when a kernel writes outside its tensors: every storage buffer of a watched device is longer than asked for,
 * bound whole, and what follows the tensor must be untouched when the buffer goes. WebGPU hides such writes otherwise:
 * it clamps or drops them.
 */
import { expect } from 'vitest';
import { stacked } from './compiling-once.ts';

/** Bytes behind each tensor: more than what a workgroup's surplus invocations would write. */
const BEHIND = 4096;
/** What they hold. */
const CANARY = 0x5ca1ab1e;

const CANARIES = new Uint32Array(BEHIND / 4).fill(CANARY);

/** A device whose writes outside tensors are noticed. */
export interface WatchedBounds {
  /** Answers as the device it was made of does, but for longer buffers: others who share that one see nothing of it. */
  readonly device: GPUDevice;
  /** Fails where a buffer that has been destroyed since the last call was written to behind its tensor. */
  check(): Promise<void>;
}

const watched = new WeakMap<GPUDevice, WatchedBounds>();

/** The watched form of a device; one, however often it is asked for. */
export function watchBounds(device: GPUDevice): WatchedBounds {
  const known = watched.get(device) ?? watch(stacked(device));
  watched.set(device, known);
  return known;
}

function watch(device: GPUDevice): WatchedBounds {
  const tails: { readonly label: string; readonly copy: GPUBuffer }[] = [];
  const create = device.createBuffer.bind(device);
  const bind = device.createBindGroup.bind(device);

  device.createBuffer = (descriptor) => {
    if ((descriptor.usage & GPUBufferUsage.STORAGE) === 0) return create(descriptor);
    const buffer = create({ ...descriptor, size: descriptor.size + BEHIND });
    device.queue.writeBuffer(buffer, descriptor.size, CANARIES);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      const copy = create({ label: 'tail', size: BEHIND, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
      const encoder = device.createCommandEncoder({ label: 'tail' });
      encoder.copyBufferToBuffer(buffer, descriptor.size, copy, 0, BEHIND);
      device.queue.submit([encoder.finish()]);
      tails.push({ label: descriptor.label ?? 'buffer', copy });
      return destroy();
    };
    return buffer;
  };

  // Binding 0 is the uniforms, which keep their place; storage buffers are bound with what is behind them.
  device.createBindGroup = (descriptor) => {
    const entries = [...descriptor.entries].map(({ binding, resource }) => {
      const whole = binding > 0 && 'buffer' in resource;
      return { binding, resource: whole ? { buffer: resource.buffer } : resource };
    });
    return bind({ ...descriptor, entries });
  };

  return {
    device,
    async check() {
      for (const { label, copy } of tails.splice(0)) {
        await copy.mapAsync(GPUMapMode.READ);
        const intact = new Uint32Array(copy.getMappedRange()).every((word) => word === CANARY);
        copy.destroy();
        expect(intact, `nothing is written behind "${label}"`).toBe(true);
      }
    },
  };
}
