/**
 * Runs a few ops once on given numbers and reads the results back: what the self-test, golden cases and kernel
 * tests need. Not for networks, which build a `Graph` and keep it.
 */
import { ensure } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import { byteLength, type DType, elementCount, owner, type Shape, type Tensor, tensor } from '../tensor.ts';
import { DeviceBuffers } from './buffers.ts';
import { compileGraphs } from './compile.ts';
import { PipelineCache } from './pipelines.ts';

/**
 * A graph whose every tensor is persistent, so that all of them can be read after the run.
 *
 *     const run = new KernelRun();
 *     const y = conv2d(run, { input: run.input('x', [3, 5, 7], x), … });
 *     const [values] = await run.run(device, [y]);
 */
export class KernelRun extends Graph {
  readonly #inputs = new Map<Tensor, ArrayBufferView>();
  /** By the names that records have for them. */
  readonly textures: Record<string, GPUTexture> = {};

  constructor(name = 'kernels') {
    super(name);
  }

  /** A tensor that holds `data` when the run starts. @throws `tensor` error when their sizes differ */
  input(name: string, shape: Shape, data: ArrayBufferView, dtype: DType = 'f32'): Tensor {
    const made = tensor(name, shape, 'persistent', dtype);
    const want = byteLength(made);
    ensure(
      Math.ceil(data.byteLength / 4) * 4 === want,
      'tensor',
      () => `run "${this.name}": "${name}" [${shape.join(', ')}] needs ${want} bytes of data, got ${data.byteLength}`,
    );
    this.#inputs.set(made, data);
    return made;
  }

  /** A readable tensor in place of a transient one. */
  override transient(name: string, shape: Shape, dtype: DType = 'f32'): Tensor {
    return tensor(name, shape, 'persistent', dtype);
  }

  /**
   * Runs all dispatches once and returns the bytes of `outputs`; nothing stays on the GPU.
   * @param pipelines where pipelines come from that other runs or graphs have too
   */
  async runBytes(
    device: GPUDevice,
    outputs: readonly Tensor[],
    pipelines = PipelineCache.of(device),
  ): Promise<ArrayBuffer[]> {
    const [first = []] = await this.replayBytes(device, outputs, 1, pipelines);
    return first;
  }

  /**
   * {@link runBytes} `times` times with the same bind groups, as networks run. In between, everything that is not an input is
   * overwritten with numbers that are none, so that what a run leaves out shows.
   */
  async replayBytes(
    device: GPUDevice,
    outputs: readonly Tensor[],
    times: number,
    pipelines = PipelineCache.of(device),
  ): Promise<ArrayBuffer[][]> {
    const buffers = new DeviceBuffers(device);
    try {
      await buffers.allocate([...this.#inputs.keys(), ...this.persistentTensors(), ...outputs]);
      for (const [made, data] of this.#inputs) buffers.write(made, data);
      const program = await compileGraphs(buffers, pipelines, [this]);
      const made = new Set([...this.persistentTensors(), ...outputs].map(owner).filter((t) => !this.#inputs.has(t)));
      for (const executable of program.executables) executable.bindTextures(device, this.textures);
      const results: ArrayBuffer[][] = [];
      for (let run = 0; run < times; run++) {
        if (run > 0) for (const t of made) buffers.write(t, new Uint8Array(byteLength(t)).fill(0xff));
        for (const executable of program.executables) executable.submit(device);
        results.push(await readTensors(buffers, outputs));
      }
      return results;
    } finally {
      buffers.destroy();
    }
  }

  /** {@link runBytes} for f32 outputs. */
  async run(device: GPUDevice, outputs: readonly Tensor[], pipelines?: PipelineCache): Promise<Float32Array[]> {
    const [first = []] = await this.replay(device, outputs, 1, pipelines);
    return first;
  }

  /** {@link replayBytes} for f32 outputs. */
  async replay(
    device: GPUDevice,
    outputs: readonly Tensor[],
    times: number,
    pipelines?: PipelineCache,
  ): Promise<Float32Array[][]> {
    for (const { name, dtype } of outputs) {
      ensure(dtype === 'f32', 'tensor', () => `run "${this.name}": "${name}" is ${dtype}, read it with runBytes`);
    }
    const runs = await this.replayBytes(device, outputs, times, pipelines);
    return runs.map((bytes) =>
      bytes.map((data, i) => new Float32Array(data, 0, elementCount(outputs[i]?.shape ?? []))),
    );
  }
}

/** Copies persistent tensors back to the CPU. */
export async function readTensors(buffers: DeviceBuffers, tensors: readonly Tensor[]): Promise<ArrayBuffer[]> {
  const { device } = buffers;
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
  const staging = await buffers.create(tensors.map((t) => ({ label: `read ${t.name}`, bytes: byteLength(t), usage })));
  const encoder = device.createCommandEncoder({ label: 'read back' });
  staging.forEach((target, i) => {
    const source = tensors[i];
    if (source) encoder.copyBufferToBuffer(buffers.of(source), 0, target, 0, target.size);
  });
  device.queue.submit([encoder.finish()]);
  try {
    return await Promise.all(
      staging.map(async (target, i) => {
        await target.mapAsync(GPUMapMode.READ);
        const source = tensors[i];
        return target.getMappedRange().slice(0, source ? byteLength(source) : undefined);
      }),
    );
  } finally {
    buffers.release(staging);
  }
}
