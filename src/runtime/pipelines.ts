/**
 * Compute pipelines by a key that cannot lie: the final shader text, the overrides and the kinds of bindings. Requests
 * for one key share one promise, so everything compiles asynchronously and in parallel, once.
 */
import { HyperStyleError } from '../errors.ts';
import type { Binding, KernelRecord, TextureBinding } from '../kernels/kernel.ts';
import { isLoaded, loadShaders, type ShaderText, shaderText } from '../kernels/shader.ts';

/** The format of every texture that kernels read or write. */
export const TEXTURE_FORMAT = 'rgba8unorm';

/** A compiled pipeline and the layouts that its bind groups follow. */
export interface CompiledKernel {
  readonly pipeline: GPUComputePipeline;
  /** Of group 0: uniforms and buffers. */
  readonly layout: GPUBindGroupLayout;
  /** Of group 1, where the kernel has textures. */
  readonly textureLayout: GPUBindGroupLayout | undefined;
}

/** A bind group layout without what all entries have in common. */
type LayoutEntry = Omit<GPUBindGroupLayoutEntry, 'binding' | 'visibility'>;

const UNIFORMS: LayoutEntry = { buffer: { type: 'uniform' } };

/** How a buffer is bound: what is written may be read too. */
const bufferEntry = ({ access }: Binding): LayoutEntry => ({
  buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
});

const textureEntry = ({ access }: TextureBinding): LayoutEntry =>
  access === 'load'
    ? { texture: { sampleType: 'float' } }
    : { storageTexture: { access: 'write-only', format: TEXTURE_FORMAT } };

/** Entries of both bind groups of a record; the second is empty for most. */
const layoutsOf = ({
  bindings,
  textures = [],
}: KernelRecord): readonly [buffers: LayoutEntry[], textures: LayoutEntry[]] => [
  [UNIFORMS, ...bindings.map(bufferEntry)],
  textures.map(textureEntry),
];

/** Compiles one pipeline. @throws `shader` error that names `what`, with the compiler's words and where they point */
async function compilePipeline(
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
  /**
   * The same by record: a graph is asked for several times, and putting a text together takes longer than all
   * else that is done then.
   */
  readonly #asked = new WeakMap<KernelRecord, Promise<CompiledKernel>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #modules = new Map<string, GPUShaderModule>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /**
   * The cache that everything on a device shares: a second model on it, or the same one loaded again, compiles
   * only what is new.
   */
  static of(device: GPUDevice): PipelineCache {
    const known = caches.get(device) ?? new PipelineCache(device);
    caches.set(device, known);
    return known;
  }

  /** Number of distinct pipelines asked for so far. */
  get size(): number {
    return this.#kernels.size;
  }

  /** The pipeline of a record, compiled or compiling. @throws `shader` error with the compiler's words, `network` */
  get(record: KernelRecord): Promise<CompiledKernel> {
    const known = this.#asked.get(record) ?? (isLoaded(record) ? this.#find(record) : this.#fetch(record));
    this.#asked.set(record, known);
    return known;
  }

  /** Fetches the text first; what could not be fetched is tried again when it is asked for again. */
  async #fetch(record: KernelRecord): Promise<CompiledKernel> {
    try {
      await loadShaders([record]);
    } catch (error) {
      this.#asked.delete(record);
      throw error;
    }
    return this.#find(record);
  }

  #find(record: KernelRecord): Promise<CompiledKernel> {
    const source = shaderText(record);
    const layouts = layoutsOf(record);
    const overrides = Object.entries(record.overrides ?? {}).sort(([a], [b]) => a.localeCompare(b));
    const key = JSON.stringify([source.text, overrides, layouts]);
    let kernel = this.#kernels.get(key);
    if (!kernel) {
      kernel = this.#compile(record, source, layouts);
      this.#kernels.set(key, kernel);
    }
    return kernel;
  }

  #layout(entries: readonly LayoutEntry[]): GPUBindGroupLayout {
    const key = JSON.stringify(entries);
    let layout = this.#layouts.get(key);
    if (!layout) {
      const visibility = GPUShaderStage.COMPUTE;
      const numbered = entries.map((entry, binding) => ({ binding, visibility, ...entry }));
      layout = this.#device.createBindGroupLayout({ label: key, entries: numbered });
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
    [buffers, textures]: ReturnType<typeof layoutsOf>,
  ): Promise<CompiledKernel> {
    const layout = this.#layout(buffers);
    const textureLayout = textures.length > 0 ? this.#layout(textures) : undefined;
    const bindGroupLayouts = textureLayout ? [layout, textureLayout] : [layout];
    const module = this.#module(record.shader, source.text);
    const pipeline = await compilePipeline(this.#device, `shaders/${record.shader}.wgsl ("${record.label}")`, source, {
      label: `${record.shader} ${JSON.stringify(record.overrides ?? {})}`,
      layout: this.#device.createPipelineLayout({ label: record.shader, bindGroupLayouts }),
      compute: { module, entryPoint: 'main', constants: { ...record.overrides } },
    });
    return { pipeline, layout, textureLayout };
  }
}
