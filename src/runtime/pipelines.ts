/**
 * Compute pipelines by a key that cannot lie: the final shader text, the overrides and the binding types. Requests
 * for one key share one promise, so everything compiles asynchronously and in parallel, once.
 */
import { HyperStyleError } from '../errors.ts';
import type { Binding, KernelRecord } from '../kernels/kernel.ts';
import { type ShaderText, shaderText } from '../kernels/shader.ts';

/** A compiled pipeline and the layout its bind groups follow. */
export interface CompiledKernel {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** How a buffer is bound: what is written may be read too. */
const bindingType = ({ access }: Binding): GPUBufferBindingType =>
  access === 'read' ? 'read-only-storage' : 'storage';

function layoutEntries(types: readonly GPUBufferBindingType[]): GPUBindGroupLayoutEntry[] {
  const storage = types.map((type, i) => ({
    binding: i + 1,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type },
  }));
  return [{ binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'uniform' as const } }, ...storage];
}

/** Compiles one pipeline of a shader text. @throws `shader` error that names `what`, with the compiler's words and where they point */
export async function compilePipeline(
  device: GPUDevice,
  what: string,
  source: ShaderText,
  descriptor: GPUComputePipelineDescriptor,
): Promise<GPUComputePipeline> {
  try {
    return await device.createComputePipelineAsync(descriptor);
  } catch (cause) {
    const info = await descriptor.compute.module.getCompilationInfo();
    const errors = info.messages.filter(({ type }) => type === 'error');
    const lines = errors.map(({ lineNum, message }) => `${source.where(lineNum)}: ${message}`);
    const why = lines.length > 0 ? lines.join('; ') : cause instanceof Error ? cause.message : String(cause);
    throw new HyperStyleError('shader', `${what} does not compile: ${why}`, { cause });
  }
}

/** One cache a device, as long as the device is used. */
const caches = new WeakMap<GPUDevice, PipelineCache>();

/** Compiles each distinct kernel once. */
export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #kernels = new Map<string, Promise<CompiledKernel>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #modules = new Map<string, GPUShaderModule>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** The cache that everything on a device shares: a second model on it, or the same one loaded again, compiles only what is new. */
  static of(device: GPUDevice): PipelineCache {
    const known = caches.get(device) ?? new PipelineCache(device);
    caches.set(device, known);
    return known;
  }

  /** Number of distinct pipelines asked for so far. */
  get size(): number {
    return this.#kernels.size;
  }

  /** The pipeline of a record, compiled or compiling. @throws `shader` error with the compiler's words. */
  get(record: KernelRecord): Promise<CompiledKernel> {
    const source = shaderText(record);
    const types = record.bindings.map(bindingType);
    const overrides = Object.entries(record.overrides ?? {}).sort(([a], [b]) => a.localeCompare(b));
    const key = JSON.stringify([source.text, overrides, types]);
    let kernel = this.#kernels.get(key);
    if (!kernel) {
      kernel = this.#compile(record, source, types);
      this.#kernels.set(key, kernel);
    }
    return kernel;
  }

  #layout(types: readonly GPUBufferBindingType[]): GPUBindGroupLayout {
    const key = types.join();
    let layout = this.#layouts.get(key);
    if (!layout) {
      layout = this.#device.createBindGroupLayout({ label: key, entries: layoutEntries(types) });
      this.#layouts.set(key, layout);
    }
    return layout;
  }

  #module(label: string, code: string): GPUShaderModule {
    let module = this.#modules.get(code);
    if (!module) {
      module = this.#device.createShaderModule({ label, code });
      this.#modules.set(code, module);
    }
    return module;
  }

  async #compile(
    record: KernelRecord,
    source: ShaderText,
    types: readonly GPUBufferBindingType[],
  ): Promise<CompiledKernel> {
    const layout = this.#layout(types);
    const module = this.#module(record.shader, source.text);
    const pipeline = await compilePipeline(this.#device, `shaders/${record.shader}.wgsl ("${record.label}")`, source, {
      label: `${record.shader} ${JSON.stringify(record.overrides ?? {})}`,
      layout: this.#device.createPipelineLayout({ label: record.shader, bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: 'main', constants: { ...record.overrides } },
    });
    return { pipeline, layout };
  }
}
