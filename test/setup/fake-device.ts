/** A GPUDevice for Node that computes nothing and counts everything: how many bytes are alive, and what was written. */
import { afterAll, beforeAll, type MockInstance, vi } from 'vitest';
import * as seeded from '../../src/kernels/reference/seeded.ts';

/** One `writeBuffer` call. */
export interface FakeWrite {
  readonly buffer: ArrayBufferLike;
  readonly bytes: number;
}

/** The device, and what it has seen. */
export interface FakeDevice {
  readonly device: GPUDevice;
  /** Bytes of buffers that exist now, and the most so far. */
  readonly live: number;
  readonly peak: number;
  readonly writes: readonly FakeWrite[];
  /** Loses the device, as a driver does. */
  lose(message: string): void;
}

/** Called whenever something is waited for; what it returns is waited for first. */
export type WhileWaiting = (what: string) => Promise<void> | void;

const USAGES = ['STORAGE', 'COPY_DST', 'COPY_SRC', 'UNIFORM', 'MAP_READ', 'QUERY_RESOLVE', 'TEXTURE_BINDING'];
/** WebGPU's default limits. */
const LIMITS = {
  maxBufferSize: 256 * 2 ** 20,
  maxStorageBufferBindingSize: 128 * 2 ** 20,
  maxComputeWorkgroupStorageSize: 16384,
  maxTextureDimension2D: 8192,
  minUniformBufferOffsetAlignment: 256,
};

const nothing = (): void => undefined;

/** Makes one; also defines the constants of WebGPU that Node lacks. */
export function fakeDevice(whileWaiting: WhileWaiting = nothing, features: readonly string[] = []): FakeDevice {
  const constants = Object.fromEntries(USAGES.map((name, i) => [name, 2 ** i]));
  Object.assign(globalThis, {
    GPUBufferUsage: constants,
    GPUTextureUsage: { ...constants, RENDER_ATTACHMENT: 2 ** USAGES.length },
    GPUShaderStage: { COMPUTE: 4 },
    GPUMapMode: { READ: 1 },
  });
  const seen = { live: 0, peak: 0, writes: [] as FakeWrite[] };
  const pass = { setPipeline: nothing, setBindGroup: nothing, dispatchWorkgroups: nothing, end: nothing };
  const encoder = {
    beginComputePass: () => pass,
    finish: () => ({}),
    clearBuffer: nothing,
    copyBufferToBuffer: nothing,
    resolveQuerySet: nothing,
  };
  const waited = async <T>(what: string, result: T): Promise<T> => {
    await whileWaiting(what);
    return result;
  };
  let lose: (info: { reason: string; message: string }) => void = nothing;
  const lost = new Promise((resolve) => {
    lose = resolve;
  });
  const made = (bytes: number) => {
    seen.live += bytes;
    seen.peak = Math.max(seen.peak, seen.live);
    let alive = true;
    return () => {
      if (alive) seen.live -= bytes;
      alive = false;
    };
  };
  const device = Object.assign(new EventTarget(), {
    limits: LIMITS,
    features: new Set(features),
    adapterInfo: { description: 'fake' },
    lost,
    destroy: nothing,
    pushErrorScope: nothing,
    popErrorScope: () => waited('popErrorScope', null),
    createBuffer: ({ size, label }: GPUBufferDescriptor) => ({
      size,
      label,
      destroy: made(size),
      mapAsync: () => waited('mapAsync', undefined),
      getMappedRange: (_ = 0, bytes = size) => new ArrayBuffer(bytes),
      unmap: nothing,
    }),
    createTexture: ({ size: [width = 1, height = 1] }: { size: readonly number[] }) => ({
      width,
      height,
      destroy: made(4 * width * height),
      createView: () => ({}),
    }),
    createQuerySet: () => ({ destroy: nothing }),
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createShaderModule: () => ({ getCompilationInfo: () => waited('getCompilationInfo', { messages: [] }) }),
    createComputePipelineAsync: () => waited('createComputePipelineAsync', {}),
    createBindGroup: () => ({}),
    createCommandEncoder: () => encoder,
    queue: {
      writeBuffer: (_: unknown, __: number, buffer: ArrayBufferLike, ___ = 0, bytes = buffer.byteLength) =>
        void seen.writes.push({ buffer, bytes }),
      writeTexture: nothing,
      submit: nothing,
      onSubmittedWorkDone: () => waited('onSubmittedWorkDone', undefined),
    },
  });
  return {
    device: device as unknown as GPUDevice,
    get live() {
      return seen.live;
    },
    get peak() {
      return seen.peak;
    },
    writes: seen.writes,
    lose: (message) => lose({ reason: 'unknown', message }),
  };
}

/** In the running file every self-test passes: what computes nothing gives no right answers. */
export function passSelfTests(): void {
  let answers: MockInstance<typeof seeded.relativeError> | undefined;
  beforeAll(() => {
    answers = vi.spyOn(seeded, 'relativeError').mockReturnValue(0);
  });
  afterAll(() => answers?.mockRestore());
}
