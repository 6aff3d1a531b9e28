/**
 * The one visible place that maps (shape, adapter) → variant. Rules first; two things may overrule them, both as data in
 * the facts: rungs that a self-test found wrong on this adapter, and choices that were measured for a shape.
 */
import { ensure } from '../errors.ts';

/**
 * Rungs of the matrix products that Winograd and columns come down to: sums in registers alone, loads handed round in subgroup
 * quads, fed through workgroup memory, or multiplied by matrix units.
 */
export const PRODUCT_KERNELS = ['registers', 'quads', 'shared', 'matrix'] as const;
/** One of {@link PRODUCT_KERNELS}: `shaders/batched_product*.wgsl`. */
export type ProductKernel = (typeof PRODUCT_KERNELS)[number];

/** Which kernel multiplies what fills no whole blocks: those that need them leave it to another. */
export const NARROW_KERNELS = {
  registers: 'registers',
  quads: 'registers',
  shared: 'shared',
  matrix: 'shared',
} as const satisfies Readonly<Record<ProductKernel, ProductKernel>>;

/**
 * Rungs of the conv2d ladder, slowest first as GPUs see it. Each is faster than those before because `tiled` loads 12 words for 128
 * multiply-adds, `columns` gathers each pixel once instead of once a block of channels, `implicit` gathers into workgroup memory and
 * needs no columns in memory, `winograd` multiplies 2.25 times a pixel instead of 9, and `fused`, at 4 times, passes nothing through
 * memory and is one dispatch.
 */
export const CONV2D_VARIANTS = ['direct', 'tiled', 'columns', 'implicit', 'winograd', 'fused'] as const;
/** One of {@link CONV2D_VARIANTS}: `shaders/conv2d_NAME.wgsl`. */
export type Conv2dVariant = (typeof CONV2D_VARIANTS)[number];

/** Rungs of the up-conv ladder, slowest first: the second multiplies 9 times an input pixel, the third 4 times an output pixel, all in one dispatch. */
export const UPCONV_VARIANTS = ['direct', 'columns', 'fused'] as const;
/** One of {@link UPCONV_VARIANTS}: `columns` is one matrix product, see `upconv.ts`; `fused` is `upconv_fused.wgsl`. */
export type UpConvVariant = (typeof UPCONV_VARIANTS)[number];

/** Rungs of a single layer's head, named after their shaders: sums in registers alone, or fed through workgroup memory. */
export const LAYER_HEAD_VARIANTS = ['layer_head_direct', 'layer_head_shared'] as const;
/** One of {@link LAYER_HEAD_VARIANTS}. */
export type LayerHeadVariant = (typeof LAYER_HEAD_VARIANTS)[number];

/**
 * Rungs of the shared head's first map: sums of several columns in registers alone, codes handed round in subgroup quads, or codes in
 * workgroup memory.
 */
export const EXPAND_VARIANTS = ['registers', 'quads', 'shared'] as const;
/** One of {@link EXPAND_VARIANTS}: `shaders/shared_head_expand_NAME.wgsl`. */
export type ExpandVariant = (typeof EXPAND_VARIANTS)[number];

/** Rungs of the shared head's second map, named after their shaders, slowest first: the second is a product in whole blocks. */
export const SHARED_HEAD_VARIANTS = ['shared_head_product_direct', 'shared_head_operands'] as const;
/** One of {@link SHARED_HEAD_VARIANTS}. */
export type SharedHeadVariant = (typeof SHARED_HEAD_VARIANTS)[number];

/** Rungs of the sums behind toRGB and demodulation: an invocation alone, or many through workgroup memory. */
export const SUM_VARIANTS = ['alone', 'shared'] as const;
/** One of {@link SUM_VARIANTS}: values of the override `SHARERS`. */
export type SumVariant = (typeof SUM_VARIANTS)[number];

/** Every family of kernels that compute the same, and its rungs. */
export const LADDERS = {
  product: PRODUCT_KERNELS,
  conv2d: CONV2D_VARIANTS,
  upConv: UPCONV_VARIANTS,
  layerHead: LAYER_HEAD_VARIANTS,
  expand: EXPAND_VARIANTS,
  sharedHead: SHARED_HEAD_VARIANTS,
  sum: SUM_VARIANTS,
} as const;
type Ladders = { readonly [F in keyof typeof LADDERS]: (typeof LADDERS)[F][number] };
/** A family of kernels that compute the same. */
export type Family = keyof Ladders;
/** One rung of one family, e.g. `conv2d/winograd`. */
export type Rung = { [F in Family]: `${F}/${Ladders[F]}` }[Family];

/**
 * Rungs of number formats, most exact first: all f32; filters, transformed inputs and columns stored in f16; these also multiplied in
 * f16. Sums are f32 in every case.
 */
export const PRECISIONS = ['f32', 'f16-storage', 'f16'] as const;
/** One of {@link PRECISIONS}. */
export type Precision = (typeof PRECISIONS)[number];

/** What the choice of a variant may depend on besides shapes. */
export interface AdapterFacts {
  /** WebGPU features of the device, e.g. `subgroups`, `shader-f16`. */
  readonly features: ReadonlySet<string>;
  /** True for adapters that run on the CPU (SwiftShader, lavapipe): no cheap barriers, no cheap workgroup memory. */
  readonly software: boolean;
  /** Bytes of workgroup memory of the device. */
  readonly maxWorkgroupStorage: number;
  /** True where subgroups multiply 16 × 16 fragments of f16 into f32 sums: Chrome's `chromium-experimental-subgroup-matrix`. */
  readonly matrixUnits?: boolean | undefined;
  /** Number formats of the rungs that come down to matrix products; the others are f32. `f32` when absent. */
  readonly precision?: Precision | undefined;
  /**
   * Takes one rung of the ladder wherever it is valid, `direct` elsewhere; up-convolutions take their rung of that name, if there is one.
   * `direct` is the reference rung, of every family.
   */
  readonly forced?: Conv2dVariant | undefined;
  /** Another one for up-convolutions. */
  readonly forcedUp?: UpConvVariant | undefined;
  /** Rungs that gave wrong results on this adapter (`src/tuning/self-test.ts`): never taken. */
  readonly distrusted?: ReadonlySet<Rung> | undefined;
  /** What was measured on this adapter (`src/tuning/micro-tuner.ts`). */
  readonly tuned?: MeasuredChoices | undefined;
}

/** WebGPU's default limits on an adapter about which nothing is known. */
export const DEFAULT_FACTS: AdapterFacts = { features: new Set(), software: false, maxWorkgroupStorage: 16384 };

/** A convolution's rung, and the product kernel for rungs that need one. */
export interface ConvChoice<V extends string> {
  readonly variant: V;
  readonly product: ProductKernel;
}

/** Sizes a convolution's variant is chosen by; channel numbers count all groups. */
export interface Conv2dShape {
  readonly groups: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly stride: number;
  /** Output height and width in pixels. */
  readonly spatial: readonly [number, number];
  /** Whether the filter is made anew at every step, as a tuned layer's is: a measurement then counts what a rung makes of it. */
  readonly retuned?: boolean | undefined;
}

/** Sizes an up-convolution's variant is chosen by. */
export interface UpConvShape {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Input height and width in pixels. */
  readonly spatial: readonly [number, number];
}

/** The fastest choice of a shape where it was measured. */
export interface MeasuredChoices {
  conv2d(shape: Conv2dShape): ConvChoice<Conv2dVariant> | undefined;
  upConv(shape: UpConvShape): ConvChoice<UpConvVariant> | undefined;
}

/** Gathered columns may take half of WebGPU's default binding limit. */
const MAX_COLUMN_ELEMENTS = 2 ** 24;
/** So few invocations leave most of a GPU idle while each waits for its own loads. Splitting more would pass 120 dispatches a step. */
const FEW_INVOCATIONS = 2 ** 12;
/** What fills a large GPU. */
const MANY_INVOCATIONS = 2 ** 15;
/** So few terms are summed up before a dispatch that adds parts of the sum has begun. */
const FEW_TERMS = 2 ** 8;
/** Least chunks of terms a part should have: less is all start and finish. */
const PART_CHUNKS = 4;
/** Invocations that share the sum of one result where results are few, and up to where they are: sharing costs no dispatch. */
const SHARERS = 16;
const FEW_RESULTS = 2 ** 13;
/** Up to here reading weights takes longer than multiplying, and Winograd's filters are four times as many: made and read each step. */
const FEW_PIXELS = 8 * 8;

/** Whether a rung computes convolutions of this shape at all. */
export function supportsConv2d(variant: Conv2dVariant, s: Conv2dShape): boolean {
  const winograd = s.kernel === 3 && s.stride === 1 && s.groups === 1 && s.outChannels % 4 === 0;
  if (variant === 'winograd') return winograd && s.spatial[1] % 4 === 0;
  if (variant === 'fused') return winograd;
  if (variant === 'columns') {
    const elements = s.inChannels * s.kernel ** 2 * s.spatial[0] * s.spatial[1];
    return (s.outChannels / s.groups) % 16 === 0 && elements <= MAX_COLUMN_ELEMENTS;
  }
  if (variant === 'tiled' || variant === 'implicit') return (s.outChannels / s.groups) % 4 === 0;
  return true;
}

/**
 * Whether a rung computes up-convolutions of this shape at all: the product takes its rows, 9 an output channel, in whole blocks, and
 * what finishes it rows of pixels in vectors.
 */
export function supportsUpConv(variant: UpConvVariant, s: UpConvShape): boolean {
  if (variant === 'fused') return s.outChannels % 4 === 0;
  return variant === 'direct' || (s.outChannels % 16 === 0 && s.spatial[1] % 4 === 0);
}

/** Whether a rung of a convolution comes down to matrix products. */
export const usesProducts = (variant: Conv2dVariant | UpConvVariant): boolean =>
  variant === 'winograd' || variant === 'columns';

/** Whether the self-test has found nothing wrong with a rung. */
const trusted = (rung: Rung, facts: AdapterFacts): boolean => !facts.distrusted?.has(rung);

/** The first rung of `ranked`, best first, that is trusted. @throws `device` error when none is */
function best<F extends Family>(family: F, ranked: readonly Ladders[F][], facts: AdapterFacts): Ladders[F] {
  const found = ranked.find((variant) => trusted(`${family}/${variant}` as Rung, facts));
  ensure(
    found !== undefined,
    'device',
    () => `every kernel of ${family} (${ranked.join(', ')}) computes wrongly here: update the graphics driver`,
  );
  return found;
}

/**
 * Every product kernel an adapter can run, best first: matrix units and workgroup memory pay on GPUs only, sharing loads in a quad on
 * CPUs. A kernel that leaves small products to another needs that one to be trusted.
 */
export function rankedProducts(facts: AdapterFacts): readonly ProductKernel[] {
  const { software, features, precision = 'f32', matrixUnits = false } = facts;
  const ranked: readonly ProductKernel[] = software
    ? ['quads', 'registers', 'shared', 'matrix']
    : ['matrix', 'shared', 'registers', 'quads'];
  const runs: Readonly<Record<ProductKernel, boolean>> = {
    registers: true,
    shared: true,
    quads: features.has('subgroups') && precision !== 'f16', // few implementations hand f16 round between lanes
    matrix: matrixUnits && precision !== 'f32',
  };
  return ranked.filter((kernel) => {
    const narrow = NARROW_KERNELS[kernel];
    return runs[kernel] && (narrow === kernel || trusted(`product/${narrow}`, facts));
  });
}

/** The product kernel for an adapter. */
export function chooseProduct(facts: AdapterFacts): ProductKernel {
  return best('product', rankedProducts(facts), facts);
}

/** Whether the adapter has a product kernel that computes rightly. */
const someProductTrusted = (facts: AdapterFacts): boolean =>
  rankedProducts(facts).some((kernel) => trusted(`product/${kernel}`, facts));

/** Whether the products that a rung needs are trusted. */
const productsTrusted = (variant: Conv2dVariant | UpConvVariant, facts: AdapterFacts): boolean =>
  !usesProducts(variant) || someProductTrusted(facts);

/** The choice with the product kernel it needs; rungs without products name the first, which they ignore. */
function withProduct<V extends Conv2dVariant | UpConvVariant>(variant: V, facts: AdapterFacts): ConvChoice<V> {
  return { variant, product: usesProducts(variant) ? chooseProduct(facts) : 'registers' };
}

/** A measured choice where there is one that is valid and every part of it is trusted. */
function measured<F extends 'conv2d' | 'upConv'>(
  family: F,
  choice: ConvChoice<Ladders[F]> | undefined,
  valid: (variant: Ladders[F]) => boolean,
  facts: AdapterFacts,
): ConvChoice<Ladders[F]> | undefined {
  if (!choice || !valid(choice.variant) || !trusted(`${family}/${choice.variant}` as Rung, facts)) return undefined;
  if (!usesProducts(choice.variant)) return choice;
  const runs = rankedProducts(facts).includes(choice.product) && trusted(`product/${choice.product}`, facts);
  return runs ? choice : undefined;
}

/**
 * Whether rungs of one dispatch come first: they keep everything in workgroup memory, which is near on GPUs, where dispatches and what
 * they pass through memory are dear. They compute in f32, so where half precision is asked for products keep their place.
 */
const fusing = ({ precision = 'f32' }: AdapterFacts): boolean => precision === 'f32';

/** Every rung that computes a convolution and may be worth trying on an adapter, best first. */
function rankedConv2d(shape: Conv2dShape, facts: AdapterFacts): readonly Conv2dVariant[] {
  const fewPixels = shape.spatial[0] * shape.spatial[1] <= FEW_PIXELS;
  const products: readonly Conv2dVariant[] = fewPixels ? ['columns', 'winograd'] : ['winograd', 'columns'];
  const single: readonly Conv2dVariant[] = facts.software ? [] : ['fused', 'implicit'];
  const ranked = fusing(facts) ? [...single, ...products] : [...products, ...single];
  return [...ranked, 'tiled' as const, 'direct' as const].filter((variant) => supportsConv2d(variant, shape));
}

/** The same for up-convolutions. */
function rankedUpConv(shape: UpConvShape, facts: AdapterFacts): readonly UpConvVariant[] {
  const ranked: readonly UpConvVariant[] = facts.software
    ? ['columns']
    : fusing(facts)
      ? ['fused', 'columns']
      : ['columns', 'fused'];
  return [...ranked, 'direct' as const].filter((variant) => supportsUpConv(variant, shape));
}

/** Every choice worth measuring for a convolution: those that compute it and are trusted, best first. */
export function conv2dCandidates(shape: Conv2dShape, facts: AdapterFacts): ConvChoice<Conv2dVariant>[] {
  const choices = candidates(rankedConv2d(shape, facts), facts);
  return choices.filter((choice) => measured('conv2d', choice, () => true, facts));
}

/** Every choice worth measuring for an up-convolution, likewise. */
export function upConvCandidates(shape: UpConvShape, facts: AdapterFacts): ConvChoice<UpConvVariant>[] {
  const choices = candidates(rankedUpConv(shape, facts), facts);
  return choices.filter((choice) => measured('upConv', choice, () => true, facts));
}

function candidates<V extends Conv2dVariant | UpConvVariant>(
  variants: readonly V[],
  facts: AdapterFacts,
): ConvChoice<V>[] {
  return variants.flatMap((variant) => {
    const kernels = usesProducts(variant) ? rankedProducts(facts) : (['registers'] as const);
    return kernels.map((product) => ({ variant, product }));
  });
}

/** The choice for one convolution: the forced rung where it is valid, else the measured one, else the fastest by rule. */
export function chooseConv2d(shape: Conv2dShape, facts: AdapterFacts): ConvChoice<Conv2dVariant> {
  const valid = (variant: Conv2dVariant): boolean => supportsConv2d(variant, shape) && productsTrusted(variant, facts);
  const { forced } = facts;
  if (forced) return withProduct(best('conv2d', valid(forced) ? [forced, 'direct'] : ['direct'], facts), facts);
  return (
    measured('conv2d', facts.tuned?.conv2d(shape), valid, facts) ??
    withProduct(best('conv2d', rankedConv2d(shape, facts).filter(valid), facts), facts)
  );
}

/**
 * Parts that a convolution's sum is cut into, each computed by workgroups of its own ("split-K"), by rungs that can: 1 where there are
 * invocations enough or few terms, else so many that a large GPU is full.
 * @param invocations of one part
 * @param terms of one sum
 * @param chunk terms that a workgroup brings into its memory at a time; parts are whole chunks
 */
export function chooseParts(invocations: number, terms: number, chunk: number, { software }: AdapterFacts): number {
  if (software || invocations > FEW_INVOCATIONS || terms <= FEW_TERMS) return 1;
  const chunks = Math.ceil(terms / chunk);
  const wanted = Math.min(Math.ceil(MANY_INVOCATIONS / invocations), Math.floor(chunks / PART_CHUNKS));
  return wanted <= 1 ? 1 : Math.ceil(chunks / Math.ceil(chunks / wanted)); // none of them empty
}

/**
 * Invocations that share the sum behind one result, by kernels that can (toRGB, demodulation): 1 where results are many or terms few,
 * and on CPUs, where a barrier costs more than the sum.
 */
export function chooseSharers(results: number, terms: number, facts: AdapterFacts): number {
  const { software, forced } = facts;
  const alone = software || results > FEW_RESULTS || terms < 2 * SHARERS || forced === 'direct';
  const ranked: readonly SumVariant[] = alone ? ['alone'] : ['shared', 'alone'];
  return best('sum', ranked, facts) === 'shared' ? SHARERS : 1;
}

/** The choice for one up-convolution, likewise. */
export function chooseUpConv(shape: UpConvShape, facts: AdapterFacts): ConvChoice<UpConvVariant> {
  const valid = (variant: UpConvVariant): boolean => supportsUpConv(variant, shape) && productsTrusted(variant, facts);
  const forced = facts.forcedUp ?? UPCONV_VARIANTS.find((variant) => variant === facts.forced);
  if (forced) return withProduct(best('upConv', valid(forced) ? [forced, 'direct'] : ['direct'], facts), facts);
  return (
    measured('upConv', facts.tuned?.upConv(shape), valid, facts) ??
    withProduct(best('upConv', rankedUpConv(shape, facts).filter(valid), facts), facts)
  );
}

/** The variant for a layer's head: workgroup memory and barriers pay on GPUs only. */
export function chooseLayerHead(facts: AdapterFacts): LayerHeadVariant {
  const direct = facts.software || facts.forced === 'direct';
  const ranked: readonly LayerHeadVariant[] = ['layer_head_direct', 'layer_head_shared'];
  return best('layerHead', direct ? ranked : ranked.toReversed(), facts);
}

/** The variant for the shared head's first map: workgroup memory pays on GPUs only, sharing loads in a quad on CPUs. */
export function chooseExpand(facts: AdapterFacts): ExpandVariant {
  const { forced, software, features } = facts;
  const ranked: readonly ExpandVariant[] = software
    ? ['quads', 'registers', 'shared']
    : ['shared', 'registers', 'quads'];
  const usable = ranked.filter((variant) => variant !== 'quads' || features.has('subgroups'));
  return best('expand', forced === 'direct' ? ['registers', ...usable] : usable, facts);
}

/** The variant for the shared head's second map of `rows × columns`: a product where both fill whole blocks of its kernels. */
export function chooseSharedHead(
  s: { readonly rows: number; readonly columns: number },
  facts: AdapterFacts,
): SharedHeadVariant {
  const blocks = s.rows % 16 === 0 && s.columns % 16 === 0;
  const usable = blocks && facts.forced !== 'direct' && someProductTrusted({ ...facts, precision: 'f32' });
  const direct: readonly SharedHeadVariant[] = ['shared_head_product_direct'];
  return best('sharedHead', usable ? ['shared_head_operands', ...direct] : direct, facts);
}
