/** Adapter, limits, features and device loss: the only place that asks the browser for a GPU. */
import { ensure, ensureOneOf, HyperStyleError, inWords } from '../errors.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { CONV2D_VARIANTS, type Conv2dVariant, PRECISIONS, type Precision } from '../kernels/rungs.ts';

/** Matrix units; Chrome shows it with its flag for experimental WebGPU features only. */
const SUBGROUP_MATRIX = 'chromium-experimental-subgroup-matrix';
/** Optional features worth having; each is used only by rungs that ask for it. */
const WANTED_FEATURES = ['shader-f16', 'subgroups', 'timestamp-query'] as const;
/** What the matrix kernel is written for: fragments of 16 × 16 in f16 with f32 sums. */
const FRAGMENTS: SubgroupMatrixConfig = { componentType: 'f16', resultComponentType: 'f32', M: 16, N: 16, K: 16 };
/** Names of adapters that compute on the CPU. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/** Which of several adapters is asked for. */
export const ADAPTER_REQUEST: GPURequestAdapterOptions = { powerPreference: 'high-performance' };

/** Message where a browser has no `navigator.gpu`. */
const NO_WEBGPU =
  'this browser has no WebGPU: use a current Chrome, Edge, Safari or Firefox over https (or localhost), ' +
  'and check that hardware acceleration is on';

/** The constants that our code names; a host that brings only a `GPU` lacks them. */
const CONSTANTS = ['GPUBufferUsage', 'GPUTextureUsage', 'GPUShaderStage', 'GPUMapMode'] as const;

/** What helps a Node program, whose WebGPU comes from a package. */
const IN_NODE =
  "in Node: import { create, globals } from 'webgpu'; Object.assign(globalThis, globals); then pass gpu: create([])";

/** Message where there is no `navigator.gpu`, for the host that this is. */
function noWebGpu(): string {
  if ('Deno' in globalThis) return 'this Deno has no WebGPU: run it with --unstable-webgpu';
  const { process: host } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
  return host?.versions?.node ? `Node has no WebGPU of its own; ${IN_NODE}` : NO_WEBGPU;
}

/** @throws `device` error that names the first constant of WebGPU that is missing, and where it comes from */
function ensureConstants(): void {
  const missing = CONSTANTS.find((name) => !(name in globalThis));
  ensure(
    missing === undefined,
    'device',
    () => `WebGPU's constants are missing here (${missing} is not defined); ${IN_NODE}`,
  );
}

/** Message where WebGPU offers no adapter. */
const NO_ADAPTER =
  'WebGPU found no adapter on this machine: update the graphics driver or enable hardware acceleration';

/** Fragments `[M, K]` · `[K, N]` that an adapter's subgroups multiply: a row of its `info.subgroupMatrixConfigs`. */
export interface SubgroupMatrixConfig {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** The experimental part of an adapter's info, which the published types do not have. */
interface SubgroupMatrixInfo {
  readonly subgroupMatrixConfigs?: Iterable<SubgroupMatrixConfig>;
}

/** A GPU device with what the choice of kernels depends on. */
export interface OpenDevice {
  readonly device: GPUDevice;
  readonly facts: KernelFacts;
  /** Adapter in words, e.g. `google swiftshader`. */
  readonly adapterName: string;
  /** What was asked for and cannot be had here, a line each. */
  readonly warnings: readonly string[];
  /** False when the caller brought the device, which then stays theirs. */
  readonly owned: boolean;
  /** Where it was asked for: kept, since Node's WebGPU takes its devices along when that is collected. */
  readonly gpu?: GPU | undefined;
}

/** How to open a device. */
export interface DeviceOptions {
  /**
   * Use this device instead of asking for one. It stays the caller's: `deviceDescriptor` says what to ask for, other
   * work may run on it between calls, and `dispose` leaves it alive.
   */
  readonly device?: GPUDevice | undefined;
  /** Where to ask; default `navigator.gpu`. */
  readonly gpu?: GPU | undefined;
  /** Force one rung of the convolution ladder, for hunting bugs. */
  readonly kernels?: Conv2dVariant | undefined;
  /**
   * Number formats of convolutions, default `f32`: `f16-storage` halves the memory of their operands, `f16`
   * also multiplies in it; sums are f32. Without the adapter feature `shader-f16` it stays f32, with a warning.
   */
  readonly precision?: Precision | undefined;
}

/** What an adapter calls itself, in words. */
export function adapterName(info: GPUAdapterInfo | undefined): string {
  return [info?.vendor, info?.architecture, info?.description].filter(Boolean).join(' ') || 'unknown adapter';
}

/** Whether the matrix kernel can run: its features are on the device, and its fragments among those of the adapter. */
function hasMatrixUnits(
  features: ReadonlySet<string>,
  info: (GPUAdapterInfo & SubgroupMatrixInfo) | undefined,
): boolean {
  if (![SUBGROUP_MATRIX, 'subgroups', 'shader-f16'].every((feature) => features.has(feature))) return false;
  return [...(info?.subgroupMatrixConfigs ?? [])].some(
    ({ componentType, resultComponentType, M, N, K }) =>
      componentType === FRAGMENTS.componentType &&
      resultComponentType === FRAGMENTS.resultComponentType &&
      M === FRAGMENTS.M &&
      N === FRAGMENTS.N &&
      K === FRAGMENTS.K,
  );
}

/** Facts of a device for `choose.ts`; f16 only where the device has it. */
export function factsOf(
  device: { readonly features: Iterable<string> },
  info: GPUAdapterInfo | undefined,
  { kernels: forced, precision = 'f32' }: Pick<DeviceOptions, 'kernels' | 'precision'> = {},
): KernelFacts {
  const name = adapterName(info);
  const features = new Set<string>(device.features);
  return {
    features,
    matrixUnits: hasMatrixUnits(features, info),
    precision: features.has('shader-f16') ? precision : 'f32',
    software: SOFTWARE.test(name) || info?.isFallbackAdapter === true,
    forced,
  };
}

function opened(
  device: GPUDevice,
  info: GPUAdapterInfo | undefined,
  owned: boolean,
  options: DeviceOptions,
): OpenDevice {
  const facts = factsOf(device, info, options);
  const name = adapterName(info);
  const { precision = 'f32' } = options;
  const missing =
    `precision "${precision}" needs the WebGPU feature shader-f16, which ${name} does not offer: ` +
    'f32 is used instead';
  return { device, facts, adapterName: name, owned, warnings: facts.precision === precision ? [] : [missing] };
}

/** Features to ask for: the experimental one, which is not in the types, only where its kernel can be chosen. */
const wantedFeatures = ({ precision = 'f32' }: DeviceOptions): readonly GPUFeatureName[] =>
  precision === 'f32' ? WANTED_FEATURES : [...WANTED_FEATURES, SUBGROUP_MATRIX as GPUFeatureName];

/** @throws `option` error that lists the words of an option when it is none of them */
export function checkDeviceOptions({ kernels, precision }: DeviceOptions): void {
  if (kernels !== undefined) ensureOneOf('kernels', kernels, CONV2D_VARIANTS);
  if (precision !== undefined) ensureOneOf('precision', precision, PRECISIONS);
}

/** Bytes of the largest tensor of a network that was recorded for some facts: each lies in a buffer and is bound whole. */
export type NeedOf = (facts: KernelFacts) => number | Promise<number>;

/** WebGPU's default limits, as far as kernels lean on them: what a device has unless less or more is asked for. */
const DEFAULT_LIMITS = {
  maxStorageBuffersPerShaderStage: 8,
  maxStorageTexturesPerShaderStage: 4,
  maxStorageBufferBindingSize: 128 * 2 ** 20,
  maxUniformBufferBindingSize: 64 * 2 ** 10,
  maxBufferSize: 256 * 2 ** 20,
  maxComputeWorkgroupStorageSize: 16 * 2 ** 10,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupsPerDimension: 65535,
} as const;

/**
 * A device that a caller brought.
 * @throws `option` error for what is none; `device` error with both numbers when a limit is below WebGPU's defaults, as a
 *   device of the feature level `compatibility` has them
 */
function checkGiven(device: GPUDevice): void {
  const isDevice = inWords(device) === 'GPUDevice' || (device?.limits && device.features);
  ensure(isDevice, 'option', () => `device is ${inWords(device)}, expected a GPUDevice`);
  for (const [limit, needed] of Object.entries(DEFAULT_LIMITS) as [keyof typeof DEFAULT_LIMITS, number][]) {
    const has = device.limits[limit] ?? needed;
    ensure(
      has >= needed,
      'device',
      () =>
        `the device that was passed allows ${has} for ${limit}, this library needs ${needed}: request it with what ` +
        'deviceDescriptor(model, adapter) gives, from an adapter of the feature level core',
    );
  }
}

/**
 * Limits to ask for: beyond the defaults all that the adapter has, so that other kernels than the first choice
 * find room as well.
 */
function limitsFor(bytes: number, has: GPUSupportedLimits): Record<string, number> {
  const { maxStorageBufferBindingSize, maxBufferSize } = has;
  return bytes <= DEFAULT_LIMITS.maxStorageBufferBindingSize ? {} : { maxStorageBufferBindingSize, maxBufferSize };
}

/** @throws `device` error with both numbers when a device cannot hold a network's largest tensor of `bytes` */
export function ensureRoom({ device, adapterName: name, owned }: OpenDevice, bytes: number): void {
  const mib = (n: number): string => `${(n / 2 ** 20).toFixed(0)} MiB`;
  for (const limit of ['maxStorageBufferBindingSize', 'maxBufferSize'] as const) {
    ensure(
      bytes <= device.limits[limit],
      'device',
      () =>
        `this model needs ${mib(bytes)} in one buffer, ` +
        `${name} allows ${mib(device.limits[limit])} (${limit}): choose a smaller model or another GPU` +
        (owned ? '' : ', or request the device with what deviceDescriptor(model, adapter) gives'),
    );
  }
}

/**
 * What to ask an adapter for: the optional features that it has, and WebGPU's default limits unless a network needs more.
 * @param needOf as {@link openDevice}
 */
export async function descriptorFor(
  adapter: GPUAdapter,
  options: DeviceOptions,
  needOf?: NeedOf,
): Promise<GPUDeviceDescriptor> {
  const requiredFeatures = wantedFeatures(options).filter((feature) => adapter.features.has(feature));
  const facts = factsOf({ features: requiredFeatures }, adapter.info, options);
  const requiredLimits = needOf ? limitsFor(await needOf(facts), adapter.limits) : {};
  return { label: 'HyperStyle', requiredFeatures, requiredLimits };
}

/**
 * Opens a device with the optional features the adapter has, and WebGPU's default limits unless a network needs more.
 * @param needOf what it needs, by the facts of the adapter; more than the adapter has is asked for in vain, see
 *   {@link ensureRoom}
 * @throws `device` error when there is no WebGPU (or, in Node, not all of it), no adapter, or the adapter gives
 *   no device; `option` for unknown words
 */
export async function openDevice(options: DeviceOptions = {}, needOf?: NeedOf): Promise<OpenDevice> {
  checkDeviceOptions(options);
  if (options.device) {
    checkGiven(options.device);
    return opened(options.device, options.device.adapterInfo, false, options);
  }
  const gpu = options.gpu ?? globalThis.navigator?.gpu;
  if (!gpu) throw new HyperStyleError('device', noWebGpu());
  ensureConstants();
  const adapter = await gpu.requestAdapter(ADAPTER_REQUEST);
  if (!adapter) throw new HyperStyleError('device', NO_ADAPTER);
  const device = await adapter.requestDevice(await descriptorFor(adapter, options, needOf)).catch((cause: Error) => {
    const message = `${adapterName(adapter.info)} gives no device (${cause.message}): close other pages or restart the browser`;
    throw new HyperStyleError('device', message, { cause });
  });
  return { ...opened(device, adapter.info, true, options), gpu };
}
