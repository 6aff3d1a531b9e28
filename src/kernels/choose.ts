/**
 * The one visible place that maps (shape, adapter) → variant. A variant is named after its shader file.
 */

/** What the choice of a variant may depend on besides shapes. */
export interface AdapterFacts {
  /** WebGPU features of the device, e.g. `subgroups`, `shader-f16`. */
  readonly features: ReadonlySet<string>;
  /** True for adapters that run on the CPU (SwiftShader, lavapipe): no cheap barriers, no cheap workgroup memory. */
  readonly software: boolean;
  /** Bytes of workgroup memory of the device. */
  readonly maxWorkgroupStorage: number;
  /** Takes one rung of the ladder wherever it is valid; `direct` is the reference rung. */
  readonly forced?: Conv2dVariant | undefined;
  /** The same for up-convolutions. */
  readonly forcedUp?: UpConvVariant | undefined;
}

/** WebGPU's default limits on an adapter about which nothing is known. */
export const DEFAULT_FACTS: AdapterFacts = { features: new Set(), software: false, maxWorkgroupStorage: 16384 };

/** Kernels of `batched-product.ts`: sums in registers alone, or fed through workgroup memory. */
export type ProductKernel = 'registers' | 'shared';

/** The product kernel for an adapter: barriers and workgroup memory pay on GPUs only. */
export function chooseProduct(facts: AdapterFacts): ProductKernel {
  return facts.software ? 'registers' : 'shared';
}

/** Rungs of the conv2d ladder, slowest first. */
export const CONV2D_VARIANTS = ['direct', 'tiled', 'columns', 'winograd'] as const;
/** One of {@link CONV2D_VARIANTS}: `shaders/conv2d_NAME.wgsl`. */
export type Conv2dVariant = (typeof CONV2D_VARIANTS)[number];

/** Rungs of the up-conv ladder, slowest first. */
export const UPCONV_VARIANTS = ['direct', 'winograd'] as const;
/** One of {@link UPCONV_VARIANTS}: `shaders/upconv_NAME.wgsl`. */
export type UpConvVariant = (typeof UPCONV_VARIANTS)[number];

/** Sizes a convolution's variant is chosen by; channel numbers count all groups. */
export interface Conv2dShape {
  readonly groups: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly stride: number;
  /** Output height and width in pixels. */
  readonly spatial: readonly [number, number];
}

/** Gathered columns may take half of WebGPU's default binding limit. */
const MAX_COLUMN_ELEMENTS = 2 ** 24;

/** Whether a rung computes convolutions of this shape at all. */
export function supportsConv2d(variant: Conv2dVariant, s: Conv2dShape): boolean {
  if (variant === 'winograd') return s.kernel === 3 && s.stride === 1 && s.groups === 1;
  if (variant === 'columns') {
    const elements = s.inChannels * s.kernel ** 2 * s.spatial[0] * s.spatial[1];
    return (s.outChannels / s.groups) % 16 === 0 && elements <= MAX_COLUMN_ELEMENTS;
  }
  if (variant === 'tiled') return (s.outChannels / s.groups) % 4 === 0;
  return true;
}

/** The variant for one convolution: the forced one where it is valid, else the fastest measured. */
export function chooseConv2d(shape: Conv2dShape, facts: AdapterFacts): Conv2dVariant {
  if (facts.forced) return supportsConv2d(facts.forced, shape) ? facts.forced : 'direct';
  if (supportsConv2d('winograd', shape)) return 'winograd';
  if (supportsConv2d('columns', shape)) return 'columns';
  return supportsConv2d('tiled', shape) ? 'tiled' : 'direct';
}

/** The variant for one up-convolution: the forced one, else the fastest measured. */
export function chooseUpConv(facts: AdapterFacts): UpConvVariant {
  if (facts.forced === 'direct') return 'direct';
  return facts.forcedUp ?? 'winograd';
}
