/**
 * The one place that maps (shape, adapter) → rung, by the table of `rungs.ts`. Two things may overrule its order, both
 * as data in the policy: rungs that a self-test found wrong on this adapter, and choices that were measured for a
 * shape.
 */
import { ensure } from '../errors.ts';
import {
  type AdapterFacts,
  type Conv2dShape,
  type Conv2dVariant,
  type ExpandVariant,
  type Family,
  type LayerHeadVariant,
  narrowKernel,
  type Precision,
  type ProductKernel,
  type Rung,
  rowOf,
  SHARERS,
  type ShapeOf,
  type SharedHeadShape,
  type SharedHeadVariant,
  supports,
  type UpConvShape,
  type UpConvVariant,
  type Variant,
  variantsOf,
} from './rungs.ts';

/** What is wanted of an adapter, and what has been found out about its kernels. */
export interface KernelPolicy {
  /** Number formats of the rungs that come down to matrix products; the others are f32. `f32` when absent. */
  readonly precision?: Precision | undefined;
  /**
   * Takes one rung of the ladder wherever it is valid, `direct` elsewhere; up-convolutions take their rung of that
   * name, if there is one. `direct` is the reference rung, of every family.
   */
  readonly forced?: Conv2dVariant | undefined;
  /** Another one for up-convolutions. */
  readonly forcedUp?: UpConvVariant | undefined;
  /** Rungs that gave wrong results on this adapter (`src/tuning/self-test.ts`): never taken. */
  readonly distrusted?: ReadonlySet<Rung> | undefined;
  /** What was measured on this adapter (`src/tuning/micro-tuner.ts`). */
  readonly tuned?: MeasuredChoices | undefined;
}

/** Everything a choice depends on besides shapes. */
export interface KernelFacts extends AdapterFacts, KernelPolicy {}

/** An adapter about which nothing is known, and no wishes. */
export const DEFAULT_FACTS: KernelFacts = { features: new Set(), software: false };

/** A convolution's rung, and the product kernel for rungs that need one. */
export interface ConvChoice<V extends string> {
  readonly variant: V;
  readonly product: ProductKernel;
}

/** The fastest choice of a shape where it was measured. */
export interface MeasuredChoices {
  conv2d(shape: Conv2dShape): ConvChoice<Conv2dVariant> | undefined;
  upConv(shape: UpConvShape): ConvChoice<UpConvVariant> | undefined;
}

/** Whether the self-test has found nothing wrong with a rung. */
const trusted = (rung: Rung, facts: KernelPolicy): boolean => !facts.distrusted?.has(rung);

const rung = <F extends Family>(family: F, variant: Variant<F>): Rung => `${family}/${variant}` as Rung;

/** Every rung that computes a shape and pays on an adapter, best first, whether it is trusted or not. */
function ranked<F extends Family>(family: F, shape: ShapeOf[F], facts: KernelFacts): Variant<F>[] {
  const order = (variant: Variant<F>): number => rowOf(family, variant).rank(facts, shape) ?? Number.POSITIVE_INFINITY;
  return variantsOf(family)
    .filter((variant) => supports(family, variant, shape) && (rowOf(family, variant).needs?.(facts) ?? true))
    .filter((variant) => Number.isFinite(order(variant)))
    .sort((a, b) => order(a) - order(b));
}

/** Whether a rung and every kernel it builds on is trusted. */
function isTrusted<F extends Family>(family: F, variant: Variant<F>, facts: KernelFacts): boolean {
  if (!trusted(rung(family, variant), facts)) return false;
  const { products } = rowOf(family, variant);
  if (family === 'product') return trusted(`product/${narrowKernel(variant as ProductKernel)}`, facts);
  return products === undefined || trustedProducts(products === 'f32' ? inF32(facts) : facts).length > 0;
}

/** Facts for products whose operands are made for them alone. */
export const inF32 = (facts: KernelFacts): KernelFacts => ({ ...facts, precision: 'f32' });

/** The product kernels that an adapter can run and that compute rightly, best first. */
const trustedProducts = (facts: KernelFacts): ProductKernel[] =>
  ranked('product', undefined, facts).filter((kernel) => isTrusted('product', kernel, facts));

/** The first of some rungs, best first, that is trusted. @throws `device` error when none is */
function firstTrusted<F extends Family>(family: F, variants: readonly Variant<F>[], facts: KernelFacts): Variant<F> {
  const found = variants.find((variant) => isTrusted(family, variant, facts));
  ensure(
    found !== undefined,
    'device',
    () => `every kernel of ${family} (${variants.join(', ')}) computes wrongly here: update the graphics driver`,
  );
  return found;
}

/** The best trusted rung of a family; the reference rung where `direct` is forced. */
function choose<F extends Family>(family: F, shape: ShapeOf[F], facts: KernelFacts): Variant<F> {
  const all = ranked(family, shape, facts);
  const reference = all.filter((variant) => rowOf(family, variant).reference);
  return firstTrusted(family, facts.forced === 'direct' ? [...reference, ...all] : all, facts);
}

/** The product kernel for an adapter: matrix units and workgroup memory pay on GPUs only, sharing loads in a quad on CPUs. */
export function chooseProduct(facts: KernelFacts): ProductKernel {
  return firstTrusted('product', ranked('product', undefined, facts), facts);
}

const needsProduct = <F extends Family>(family: F, variant: Variant<F>): boolean =>
  rowOf(family, variant).products !== undefined;

/** The choice with the product kernel it needs; rungs without products name the first, which they ignore. */
function withProduct<F extends 'conv2d' | 'upConv'>(
  family: F,
  variant: Variant<F>,
  facts: KernelFacts,
): ConvChoice<Variant<F>> {
  return { variant, product: needsProduct(family, variant) ? chooseProduct(facts) : 'registers' };
}

/** A convolution's choice: the forced rung where it is valid, else the measured one, else the first of the table's order. */
function chooseConv<F extends 'conv2d' | 'upConv'>(
  family: F,
  shape: ShapeOf[F],
  facts: KernelFacts,
  {
    forced,
    measured,
  }: { readonly forced: Variant<F> | undefined; readonly measured: ConvChoice<Variant<F>> | undefined },
): ConvChoice<Variant<F>> {
  if (forced) {
    const direct = 'direct' as Variant<F>;
    const wanted = supports(family, forced, shape) ? [forced, direct] : [direct];
    return withProduct(family, firstTrusted(family, wanted, facts), facts);
  }
  if (measured && supports(family, measured.variant, shape) && isUsable(family, measured, facts)) return measured;
  return withProduct(family, firstTrusted(family, ranked(family, shape, facts), facts), facts);
}

/** Whether every part of a choice is trusted here. */
function isUsable<F extends 'conv2d' | 'upConv'>(family: F, c: ConvChoice<Variant<F>>, facts: KernelFacts): boolean {
  if (!isTrusted(family, c.variant, facts)) return false;
  return !needsProduct(family, c.variant) || trustedProducts(facts).includes(c.product);
}

/** The choice for one convolution. */
export function chooseConv2d(shape: Conv2dShape, facts: KernelFacts): ConvChoice<Conv2dVariant> {
  return chooseConv('conv2d', shape, facts, { forced: facts.forced, measured: facts.tuned?.conv2d(shape) });
}

/** The choice for one up-convolution. */
export function chooseUpConv(shape: UpConvShape, facts: KernelFacts): ConvChoice<UpConvVariant> {
  const forced = facts.forcedUp ?? variantsOf('upConv').find((variant) => variant === facts.forced);
  return chooseConv('upConv', shape, facts, { forced, measured: facts.tuned?.upConv(shape) });
}

/** Every choice worth measuring for a convolution: those that compute it and are trusted, best first. */
export function candidates<F extends 'conv2d' | 'upConv'>(
  family: F,
  shape: ShapeOf[F],
  facts: KernelFacts,
): ConvChoice<Variant<F>>[] {
  return ranked(family, shape, facts)
    .filter((variant) => isTrusted(family, variant, facts))
    .flatMap((variant) => {
      const kernels = needsProduct(family, variant) ? trustedProducts(facts) : (['registers'] as const);
      return kernels.map((product) => ({ variant, product }));
    });
}

/** The variant for a layer's head: workgroup memory and barriers pay on GPUs only. */
export const chooseLayerHead = (facts: KernelFacts): LayerHeadVariant => choose('layerHead', undefined, facts);

/** The variant for the shared head's first map: workgroup memory pays on GPUs only, sharing loads in a quad on CPUs. */
export const chooseExpand = (facts: KernelFacts): ExpandVariant => choose('expand', undefined, facts);

/** The variant for the shared head's second map. */
export const chooseSharedHead = (shape: SharedHeadShape, facts: KernelFacts): SharedHeadVariant =>
  choose('sharedHead', shape, facts);

/**
 * Invocations that share the sum behind one result, by kernels that can (toRGB, demodulation): 1 where results are many
 * or terms few, and on CPUs, where a barrier costs more than the sum.
 */
export const chooseSharers = (results: number, terms: number, facts: KernelFacts): number =>
  choose('sum', { results, terms }, facts) === 'shared' ? SHARERS : 1;

/**
 * So few invocations leave most of a GPU idle while each waits for its own loads. Splitting more would pass 120
 * dispatches a step.
 */
const FEW_INVOCATIONS = 2 ** 12;
/** What fills a large GPU. */
const MANY_INVOCATIONS = 2 ** 15;
/** So few terms are summed up before a dispatch that adds parts of the sum has begun. */
const FEW_TERMS = 2 ** 8;
/** Least chunks of terms a part should have: less is all start and finish. */
const PART_CHUNKS = 4;

/**
 * Parts that a convolution's sum is cut into, each computed by workgroups of its own ("split-K"), by rungs that can: 1
 * where there are invocations enough or few terms, else so many that a large GPU is full.
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
