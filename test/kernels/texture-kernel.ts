/** Runs one texture kernel once: what the pipeline does with them, in its smallest form. */
import type { TextureKernel } from '../../src/kernels/image.ts';
import { shaderText } from '../../src/kernels/shader.ts';

/** Encodes `kernel` with the resources of its bindings 1 and 2 and submits it. */
export function runTextureKernel(
  device: GPUDevice,
  kernel: TextureKernel,
  resources: readonly [GPUBindingResource, GPUBindingResource],
): void {
  const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
  const params = device.createBuffer({ label: 'params', size: 16, usage });
  device.queue.writeBuffer(
    params,
    0,
    Uint32Array.from(kernel.uniforms, ({ value }) => value),
  );
  const { text: code } = shaderText(kernel);
  const module = device.createShaderModule({ label: kernel.shader, code });
  const compute = { module, entryPoint: 'main', constants: { ...kernel.overrides } };
  const pipeline = device.createComputePipeline({ label: kernel.shader, layout: 'auto', compute });
  const layout = pipeline.getBindGroupLayout(0);
  const entries = [{ buffer: params }, ...resources].map((resource, binding) => ({ binding, resource }));
  const encoder = device.createCommandEncoder({ label: kernel.shader });
  const pass = encoder.beginComputePass({ label: kernel.shader });
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ label: kernel.shader, layout, entries }));
  pass.dispatchWorkgroups(...kernel.grid);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

/** A storage buffer, filled with `data` where given. */
export function storage(device: GPUDevice, bytes: number, data?: Float32Array<ArrayBuffer>): GPUBuffer {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffer = device.createBuffer({ label: 'storage', size: bytes, usage });
  if (data) device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}

/** Bytes that `encode` copies into a fresh mappable buffer. */
export async function readBack(
  device: GPUDevice,
  bytes: number,
  encode: (encoder: GPUCommandEncoder, target: GPUBuffer) => void,
): Promise<ArrayBuffer> {
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
  const target = device.createBuffer({ label: 'read back', size: bytes, usage });
  const encoder = device.createCommandEncoder({ label: 'read back' });
  encode(encoder, target);
  device.queue.submit([encoder.finish()]);
  await target.mapAsync(GPUMapMode.READ);
  return target.getMappedRange().slice(0);
}
