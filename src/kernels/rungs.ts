/**
 * The table of rungs: every family of kernels that compute the same, and of each kernel which shapes it computes, what
 * it needs of a device, and how early it is tried. `choose.ts` asks it; adding a rung is a row here, a shader, and the
 * record that names it.
 */

/** What the adapter is. */
export interface AdapterFacts {
  /** WebGPU features of the device, e.g. `subgroups`, `shader-f16`. */
  readonly features: ReadonlySet<string>;
  /** True for adapters that run on the CPU (SwiftShader, lavapipe): no cheap barriers, no cheap workgroup memory. */
  readonly software: boolean;
  /** True where subgroups multiply 16 × 16 fragments of f16 into f32 sums: Chrome's `chromium-experimental-subgroup-matrix`. */
  readonly matrixUnits?: boolean | undefined;
}

/**
 * Number formats, most exact first: all f32; filters, transformed inputs and columns stored in f16; these also
 * multiplied in f16. Sums are f32 in every case.
 */
export const PRECISIONS = ['f32', 'f16-storage', 'f16'] as const;
/** One of {@link PRECISIONS}. */
export type Precision = (typeof PRECISIONS)[number];

/** Sizes a convolution's rung is chosen by; channel numbers count all groups. */
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

/** Sizes an up-convolution's rung is chosen by. */
export interface UpConvShape {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Input height and width in pixels. */
  readonly spatial: readonly [number, number];
}

/** Sizes by which the shared head's second map is chosen: those of its result. */
export interface SharedHeadShape {
  readonly rows: number;
  readonly columns: number;
}

/** Sizes by which it is chosen who adds up the sums behind toRGB and demodulation. */
export interface SumShape {
  readonly results: number;
  /** Of one sum. */
  readonly terms: number;
}

/** What a rung is valid and ranked for: the shape of each family; families without one choose for all shapes alike. */
export interface ShapeOf extends Record<Family, unknown> {
  product: undefined;
  conv2d: Conv2dShape;
  upConv: UpConvShape;
  layerHead: undefined;
  expand: undefined;
  sharedHead: SharedHeadShape;
  sum: SumShape;
}
/** A family of kernels that compute the same. */
export type Family = keyof NamesOf;

/** The names of each family's rungs; {@link LADDERS} says what they are. */
interface NamesOf {
  product: 'registers' | 'quads' | 'shared' | 'matrix';
  conv2d: 'direct' | 'tiled' | 'columns' | 'implicit' | 'winograd' | 'fused';
  upConv: 'direct' | 'columns' | 'fused';
  layerHead: 'layer_head_direct' | 'layer_head_shared';
  expand: 'registers' | 'quads' | 'shared';
  sharedHead: 'shared_head_product_direct' | 'shared_head_operands';
  sum: 'alone' | 'shared';
}
/** A rung's name within its family. */
export type Variant<F extends Family> = NamesOf[F];
/** One rung of one family, e.g. `conv2d/winograd`. */
export type Rung = { [F in Family]: `${F}/${Variant<F>}` }[Family];

/** What a rung may depend on besides shapes. */
export type RungFacts = AdapterFacts & { readonly precision?: Precision | undefined };

/** One rung. */
export interface RungRow<Shape> {
  /** Whether it computes this shape at all; every shape when absent. */
  readonly valid?: (shape: Shape) => boolean;
  /** Whether a device can run it; every device when absent. */
  readonly needs?: (facts: RungFacts) => boolean;
  /** Place in the order of trying, the smallest first; undefined where it would never pay. */
  readonly rank: (facts: RungFacts, shape: Shape) => number | undefined;
  /** Matrix products it comes down to: in the precision that was asked for, or in f32. One product kernel must be trusted. */
  readonly products?: 'asked' | 'f32';
  /** Kernel used when the number of columns is not a multiple of 16, which must be trusted too; itself when absent. */
  readonly narrow?: string;
  /** The kernel that the others are compared with, which `kernels: 'direct'` asks for. */
  readonly reference?: true;
}

/** Gathered columns may take half of WebGPU's default binding limit. */
const MAX_COLUMN_ELEMENTS = 2 ** 24;
/**
 * Up to here reading weights takes longer than multiplying, and Winograd's filters are four times as many: made and
 * read each step.
 */
const FEW_PIXELS = 8 * 8;
/** Invocations that share the sum of one result where results are few, and up to where they are: sharing costs no dispatch. */
export const SHARERS = 16;
const FEW_RESULTS = 2 ** 13;

/** A rank that depends on the kind of adapter only. */
const ranks =
  (onGpus: number | undefined, onCpus: number | undefined) =>
  ({ software }: RungFacts): number | undefined =>
    software ? onCpus : onGpus;

/**
 * Rank of the rungs of one dispatch, GPUs only: they keep everything in workgroup memory, which is near there, where
 * dispatches and what they pass through memory are dear. They compute in f32, so where half precision is asked for
 * products come before them.
 */
const fusedRank =
  (first: number, afterProducts: number) =>
  ({ software, precision = 'f32' }: RungFacts): number | undefined =>
    software ? undefined : precision === 'f32' ? first : afterProducts;

const fewPixels = ({ spatial: [height, width] }: Conv2dShape): boolean => height * width <= FEW_PIXELS;
const isWinograd = (s: Conv2dShape): boolean =>
  s.kernel === 3 && s.stride === 1 && s.groups === 1 && s.outChannels % 4 === 0;
const inQuads = (s: Conv2dShape): boolean => (s.outChannels / s.groups) % 4 === 0;
const columnsFit = (s: Conv2dShape): boolean =>
  s.inChannels * s.kernel ** 2 * s.spatial[0] * s.spatial[1] <= MAX_COLUMN_ELEMENTS;

/** Every rung of every family, slowest first as GPUs see it. */
export const LADDERS: { readonly [F in Family]: Readonly<Record<NamesOf[F], RungRow<ShapeOf[F]>>> } = {
  /** Matrix products that Winograd and columns come down to, `shaders/batched_product*.wgsl`. */
  product: {
    /** Sums in registers alone. */
    registers: { rank: ranks(2, 1), reference: true },
    /** Loads handed round in subgroup quads, which pays on CPUs; few implementations hand f16 round between lanes. */
    quads: {
      rank: ranks(3, 0),
      needs: ({ features, precision }) => features.has('subgroups') && precision !== 'f16',
      narrow: 'registers',
    },
    /** Fed through workgroup memory. */
    shared: { rank: ranks(1, 2) },
    /** Multiplied by matrix units. */
    matrix: {
      rank: ranks(0, 3),
      needs: ({ matrixUnits = false, precision = 'f32' }) => matrixUnits && precision !== 'f32',
      narrow: 'shared',
    },
  },
  conv2d: {
    direct: { rank: ranks(7, 7), reference: true },
    /** 12 loads for 128 multiply-adds. */
    tiled: { rank: ranks(6, 6), valid: inQuads },
    /** Gathers each pixel once instead of once a block of channels. */
    columns: {
      rank: (_, shape) => (fewPixels(shape) ? 2 : 3),
      valid: (s) => (s.outChannels / s.groups) % 16 === 0 && columnsFit(s),
      products: 'asked',
    },
    /** Gathers into workgroup memory and needs no columns in memory. */
    implicit: { rank: fusedRank(1, 5), valid: inQuads },
    /** Multiplies 2.25 times a pixel instead of 9; reads rows in vectors. */
    winograd: {
      rank: (_, shape) => (fewPixels(shape) ? 3 : 2),
      valid: (s) => isWinograd(s) && s.spatial[1] % 4 === 0,
      products: 'asked',
    },
    /** Multiplies 4 times a pixel, passes nothing through memory and is one dispatch. */
    fused: { rank: fusedRank(0, 4), valid: isWinograd },
  },
  upConv: {
    direct: { rank: ranks(3, 3), reference: true },
    /**
     * Multiplies 9 times an input pixel. The product takes its rows in whole blocks, and what finishes it rows of
     * pixels in vectors.
     */
    columns: { rank: ranks(1, 1), valid: (s) => s.outChannels % 16 === 0 && s.spatial[1] % 4 === 0, products: 'asked' },
    /** Multiplies 4 times an output pixel, all in one dispatch. */
    fused: { rank: fusedRank(0, 2), valid: (s) => s.outChannels % 4 === 0 },
  },
  /** A single layer's head: sums in registers alone, or fed through workgroup memory. */
  layerHead: {
    layer_head_direct: { rank: ranks(1, 0), reference: true },
    layer_head_shared: { rank: ranks(0, 1) },
  },
  /** The shared head's first map: sums in registers alone, codes handed round in subgroup quads, or codes in workgroup memory. */
  expand: {
    registers: { rank: ranks(1, 1), reference: true },
    quads: { rank: ranks(2, 0), needs: ({ features }) => features.has('subgroups') },
    shared: { rank: ranks(0, 2) },
  },
  /** The shared head's second map: the other is a product where both sides are whole blocks of 16. */
  sharedHead: {
    shared_head_product_direct: { rank: ranks(1, 1), reference: true },
    shared_head_operands: {
      rank: ranks(0, 0),
      valid: ({ rows, columns }) => rows % 16 === 0 && columns % 16 === 0,
      products: 'f32',
    },
  },
  /**
   * The sums behind toRGB and demodulation: an invocation alone, or many through workgroup memory, values of the
   * override SHARERS.
   */
  sum: {
    alone: { rank: ranks(1, 0), reference: true },
    shared: {
      rank: ranks(0, undefined),
      valid: ({ results, terms }) => results <= FEW_RESULTS && terms >= 2 * SHARERS,
    },
  },
};

export type ProductKernel = Variant<'product'>;
/** The kernels that a plain convolution can have, for the load option `kernels`. */
export type Conv2dVariant = Variant<'conv2d'>;
export type UpConvVariant = Variant<'upConv'>;
export type LayerHeadVariant = Variant<'layerHead'>;
export type ExpandVariant = Variant<'expand'>;
export type SharedHeadVariant = Variant<'sharedHead'>;

/** Names of a family's rungs, slowest first as GPUs see it. */
export const variantsOf = <F extends Family>(family: F): readonly Variant<F>[] =>
  Object.keys(LADDERS[family]) as Variant<F>[];

/** The table's row of a rung. */
export const rowOf = <F extends Family>(family: F, variant: Variant<F>): RungRow<ShapeOf[F]> =>
  LADDERS[family][variant];

/** Rungs of convolutions, for the option `kernels`. */
export const CONV2D_VARIANTS = variantsOf('conv2d');

/** Every rung there is. */
export const RUNGS: readonly Rung[] = (Object.keys(LADDERS) as Family[]).flatMap((family) =>
  variantsOf(family).map((variant) => `${family}/${variant}` as Rung),
);

/** Which kernel multiplies when the number of columns is not a multiple of 16. */
export const narrowKernel = (kernel: ProductKernel): ProductKernel =>
  (rowOf('product', kernel).narrow as ProductKernel | undefined) ?? kernel;

/** Whether a rung computes this shape at all. What is no rung of the family, as a remembered choice may be, computes none. */
export function supports<F extends Family>(family: F, variant: Variant<F>, shape: ShapeOf[F]): boolean {
  return Object.hasOwn(LADDERS[family], variant) && (rowOf(family, variant).valid?.(shape) ?? true);
}

/** Whether a rung of a convolution or up-convolution comes down to matrix products; rungs of one name agree. */
export const usesProducts = (variant: Conv2dVariant | UpConvVariant): boolean =>
  rowOf('conv2d', variant).products !== undefined;
