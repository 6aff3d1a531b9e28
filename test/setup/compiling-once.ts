/** Devices for tests that compile a pipeline once, whoever asks for it, and objects that stand for such a device. */

/** What is made of equal descriptors is made once: `keyOf` says what makes them equal. */
function once<D, T extends object>(make: (descriptor: D) => T, keyOf: (descriptor: D) => string): (descriptor: D) => T {
  const made = new Map<string, T>();
  return (descriptor) => {
    const key = keyOf(descriptor);
    const known = made.get(key) ?? make(descriptor);
    made.set(key, known);
    return known;
  };
}

/** Makes a device compile each shader text, and each pipeline of it, once; returns it. What does not compile is tried again. */
export function compilingOnce(device: GPUDevice): GPUDevice {
  const numbers = new WeakMap<object, number>();
  let count = 0;
  const numberOf = (object: object): number => {
    const number = numbers.get(object) ?? count++;
    numbers.set(object, number);
    return number;
  };
  const compile = device.createComputePipelineAsync.bind(device);
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();
  return Object.assign(device, {
    createShaderModule: once(device.createShaderModule.bind(device), ({ code }) => code),
    createBindGroupLayout: once(device.createBindGroupLayout.bind(device), ({ entries }) =>
      JSON.stringify([...entries]),
    ),
    createPipelineLayout: once(device.createPipelineLayout.bind(device), ({ bindGroupLayouts }) =>
      [...bindGroupLayouts].map((layout) => (layout ? numberOf(layout) : '')).join(),
    ),
    createComputePipelineAsync: (descriptor: GPUComputePipelineDescriptor) => {
      const { layout, compute } = descriptor;
      const place = layout === 'auto' ? layout : numberOf(layout);
      const key = JSON.stringify([place, numberOf(compute.module), compute.entryPoint, compute.constants]);
      const known = pipelines.get(key) ?? compile(descriptor);
      pipelines.set(key, known);
      known.catch(() => pipelines.delete(key));
      return known;
    },
  });
}

/** An object that answers as `device` does but for what is assigned to it. */
export function stacked(device: GPUDevice): GPUDevice {
  const own = new Map<PropertyKey, unknown>();
  return new Proxy(device, {
    get(_, name) {
      if (own.has(name)) return own.get(name);
      const value: unknown = Reflect.get(device, name, device);
      return typeof value === 'function' ? value.bind(device) : value;
    },
    set(_, name, value) {
      own.set(name, value);
      return true;
    },
    // `Object.assign` asks for what it sets
    defineProperty(_, name, { value }) {
      own.set(name, value);
      return true;
    },
  });
}
