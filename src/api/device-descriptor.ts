/** What to ask an adapter for when a page shares its GPU device with a model: `LoadOptions.device` then takes it. */
import { ensure, imported, inWords } from '../errors.ts';
import { type DeviceOptions, descriptorFor } from '../runtime/device.ts';
import { checkModelSource, type ModelSource } from '../weights/model-source.ts';
import { needOfModel } from './load-model.ts';
import { checkLoadOptions } from './options.ts';

/** Options of {@link deviceDescriptor}: those of the load that change what it needs. */
export interface DeviceDescriptorOptions extends Pick<DeviceOptions, 'kernels' | 'precision'> {
  readonly signal?: AbortSignal | undefined;
}

/**
 * For a GPU device that a model shares with other work: `adapter.requestDevice(await deviceDescriptor(model, adapter))`.
 * Features that the model can use and the adapter has, and limits beyond WebGPU's defaults where its largest tensor asks
 * for them; add what the other work needs. Only the model's manifest is read.
 * @throws `network`, `file`, `model` errors for an unreadable manifest, `option` for what is no adapter, `aborted`
 */
export async function deviceDescriptor(
  model: ModelSource,
  adapter: GPUAdapter,
  options: DeviceDescriptorOptions = {},
): Promise<GPUDeviceDescriptor> {
  checkModelSource(model);
  checkLoadOptions('deviceDescriptor', options);
  ensure(
    typeof adapter?.requestDevice === 'function',
    'option',
    () => `the adapter is ${inWords(adapter)}, expected a GPUAdapter, as navigator.gpu.requestAdapter() gives it`,
  );
  const { openModelFolder } = await imported(import('../weights/model-folder.ts'));
  return descriptorFor(adapter, options, needOfModel(await openModelFolder(model, { signal: options.signal })));
}
