/** A GPUDevice for Node that computes nothing and counts everything: how many bytes are alive, and what was written. */

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
}

const USAGES = ['STORAGE', 'COPY_DST', 'COPY_SRC', 'UNIFORM', 'MAP_READ'];
/** WebGPU's default limits. */
const LIMITS = {
  maxBufferSize: 256 * 2 ** 20,
  maxStorageBufferBindingSize: 128 * 2 ** 20,
  maxComputeWorkgroupStorageSize: 16384,
  minUniformBufferOffsetAlignment: 256,
};

/** Makes one; also defines the constants of WebGPU that Node lacks. */
export function fakeDevice(): FakeDevice {
  const constants = Object.fromEntries(USAGES.map((name, i) => [name, 2 ** i]));
  Object.assign(globalThis, { GPUBufferUsage: constants, GPUShaderStage: { COMPUTE: 4 } });
  const seen = { live: 0, peak: 0, writes: [] as FakeWrite[] };
  const pass = { setPipeline() {}, setBindGroup() {}, dispatchWorkgroups() {}, end() {} };
  const device = {
    limits: LIMITS,
    features: new Set<string>(),
    lost: new Promise(() => {}),
    pushErrorScope() {},
    popErrorScope: async () => null,
    createBuffer({ size }: GPUBufferDescriptor) {
      seen.live += size;
      seen.peak = Math.max(seen.peak, seen.live);
      const destroy = (): void => {
        seen.live -= size;
      };
      return { size, destroy };
    },
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createShaderModule: () => ({}),
    createComputePipelineAsync: async () => ({}),
    createBindGroup: () => ({}),
    createCommandEncoder: () => ({ beginComputePass: () => pass, finish: () => ({}), clearBuffer() {} }),
    queue: {
      writeBuffer: (_: unknown, __: number, buffer: ArrayBufferLike, ___ = 0, bytes = buffer.byteLength) =>
        void seen.writes.push({ buffer, bytes }),
      submit() {},
      onSubmittedWorkDone: async () => {},
    },
  };
  return {
    device: device as unknown as GPUDevice,
    get live() {
      return seen.live;
    },
    get peak() {
      return seen.peak;
    },
    writes: seen.writes,
  };
}
