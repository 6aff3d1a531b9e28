/** Counts what a device makes, and which buffers and textures are destroyed. */
export function watch(device: GPUDevice) {
  const made: Record<string, number> = {};
  const alive = new Set<string>();
  const count = (name: 'createBuffer' | 'createTexture' | 'createBindGroup' | 'createShaderModule') => {
    const original = device[name].bind(device) as (descriptor: never) => object;
    Object.assign(device, {
      [name]: (descriptor: { label?: string }) => {
        made[name] = (made[name] ?? 0) + 1;
        const object = original(descriptor as never);
        if ('destroy' in object) {
          const key = `${descriptor.label} #${made[name]}`;
          alive.add(key);
          const destroy = (object.destroy as () => void).bind(object);
          Object.assign(object, {
            destroy: () => {
              alive.delete(key);
              destroy();
            },
          });
        }
        return object;
      },
    });
  };
  for (const name of ['createBuffer', 'createTexture', 'createBindGroup', 'createShaderModule'] as const) count(name);
  const pipeline = device.createComputePipelineAsync.bind(device);
  device.createComputePipelineAsync = (descriptor) => {
    made.pipelines = (made.pipelines ?? 0) + 1;
    return pipeline(descriptor);
  };
  return { made, alive };
}
