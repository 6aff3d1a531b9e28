/**
 * A dispatch between a texture and a buffer. Graphs know buffers only, because textures change with every picture and a
 * canvas hands out a new one every frame; this is the one place that binds them.
 */
import { HyperStyleError } from '../errors.ts';
import { packUniforms } from '../graph/uniforms.ts';
import type { TextureKernel } from '../kernels/image.ts';
import { shaderText } from '../kernels/shader.ts';
import type { DeviceBuffers } from './buffers.ts';
import { compilePipeline } from './pipelines.ts';

/** `in`: sampled texture (binding 1) → buffer (2). `out`: buffer (1) → storage texture (2). */
export type TextureDirection = 'in' | 'out';

const COMPUTE = 4; // GPUShaderStage.COMPUTE, which is not defined before WebGPU is

function layoutEntries(direction: TextureDirection, format: GPUTextureFormat): GPUBindGroupLayoutEntry[] {
  const uniform = { binding: 0, visibility: COMPUTE, buffer: { type: 'uniform' as const } };
  if (direction === 'in') {
    const texture = { binding: 1, visibility: COMPUTE, texture: { sampleType: 'float' as const } };
    return [uniform, texture, { binding: 2, visibility: COMPUTE, buffer: { type: 'storage' as const } }];
  }
  const buffer = { binding: 1, visibility: COMPUTE, buffer: { type: 'read-only-storage' as const } };
  const storageTexture = { access: 'write-only' as const, format };
  return [uniform, buffer, { binding: 2, visibility: COMPUTE, storageTexture }];
}

/** A compiled texture kernel. Its bind group is made anew only when texture or buffer change. */
export class TextureDispatch {
  readonly #device: GPUDevice;
  readonly #plan: TextureKernel;
  readonly #direction: TextureDirection;
  readonly #pipeline: GPUComputePipeline;
  readonly #layout: GPUBindGroupLayout;
  readonly #uniforms: GPUBuffer;
  #bound: { texture: GPUTexture; buffer: GPUBuffer; group: GPUBindGroup } | undefined;

  private constructor(
    device: GPUDevice,
    plan: TextureKernel,
    direction: TextureDirection,
    compiled: { pipeline: GPUComputePipeline; layout: GPUBindGroupLayout; uniforms: GPUBuffer },
  ) {
    this.#device = device;
    this.#plan = plan;
    this.#direction = direction;
    this.#pipeline = compiled.pipeline;
    this.#layout = compiled.layout;
    this.#uniforms = compiled.uniforms;
  }

  /** Compiles `plan`. @throws `shader` error when it does not compile, `memory` when its uniforms find no room */
  static async create(
    buffers: DeviceBuffers,
    plan: TextureKernel,
    direction: TextureDirection,
  ): Promise<TextureDispatch> {
    const { device } = buffers;
    const label = plan.shader;
    const format = (plan.substitutions?.FORMAT ?? 'rgba8unorm') as GPUTextureFormat;
    const layout = device.createBindGroupLayout({ label, entries: layoutEntries(direction, format) });
    const source = shaderText(plan);
    const pipeline = await compilePipeline(device, `shaders/${label}.wgsl`, source, {
      label,
      layout: device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
      compute: {
        module: device.createShaderModule({ label, code: source.text }),
        entryPoint: 'main',
        constants: { ...plan.overrides },
      },
    });
    const record = { ...plan, op: label, label, bindings: [], flops: 0 };
    const { data } = packUniforms([record], device.limits.minUniformBufferOffsetAlignment);
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const [uniforms] = await buffers.create([{ label: `${label} uniforms`, bytes: data.byteLength, usage }]);
    if (!uniforms) throw new HyperStyleError('memory', `no uniform buffer of ${data.byteLength} bytes for ${label}`);
    device.queue.writeBuffer(uniforms, 0, data);
    return new TextureDispatch(device, plan, direction, { pipeline, layout, uniforms });
  }

  /** Encodes and submits one run between `texture` and `buffer`. */
  run(texture: GPUTexture, buffer: GPUBuffer): void {
    const device = this.#device;
    const encoder = device.createCommandEncoder({ label: this.#plan.shader });
    const pass = encoder.beginComputePass({ label: this.#plan.shader });
    pass.setPipeline(this.#pipeline);
    pass.setBindGroup(0, this.#group(texture, buffer));
    pass.dispatchWorkgroups(...this.#plan.grid);
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  #group(texture: GPUTexture, buffer: GPUBuffer): GPUBindGroup {
    if (this.#bound?.texture === texture && this.#bound.buffer === buffer) return this.#bound.group;
    const view = { binding: this.#direction === 'in' ? 1 : 2, resource: texture.createView() };
    const storage = { binding: this.#direction === 'in' ? 2 : 1, resource: { buffer } };
    const group = this.#device.createBindGroup({
      label: this.#plan.shader,
      layout: this.#layout,
      entries: [{ binding: 0, resource: { buffer: this.#uniforms } }, view, storage],
    });
    this.#bound = { texture, buffer, group };
    return group;
  }
}
