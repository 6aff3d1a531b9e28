/**
 * The trunks of LPIPS as plain data: torchvision's AlexNet and VGG16, as far as features are compared. Widths
 * are not here: they are read from the weights (`lpips-files.ts` checks them, `src/models/lpips.ts` computes).
 */

/** Which features are compared. */
export type LpipsKind = 'alex' | 'vgg';

/** One convolution: its index in `features`, and what differs from 3×3 with stride 1; a pool before it, a tap after its ReLU. */
export interface LpipsLayer {
  readonly index: number;
  /** Side of its filters; 3 when absent. */
  readonly kernel?: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly pool?: { readonly kernel: number; readonly stride: number };
  readonly tap?: boolean;
}

const ALEX_POOL = { kernel: 3, stride: 2 };
const VGG_POOL = { kernel: 2, stride: 2 };

/** The convolutions of each trunk in order. */
export const LPIPS_LAYERS: Readonly<Record<LpipsKind, readonly LpipsLayer[]>> = {
  alex: [
    { index: 0, kernel: 11, stride: 4, padding: 2, tap: true },
    { index: 3, kernel: 5, padding: 2, pool: ALEX_POOL, tap: true },
    { index: 6, padding: 1, pool: ALEX_POOL, tap: true },
    { index: 8, padding: 1, tap: true },
    { index: 10, padding: 1, tap: true },
  ],
  vgg: [
    { index: 0 },
    { index: 2, tap: true },
    { index: 5, pool: VGG_POOL },
    { index: 7, tap: true },
    { index: 10, pool: VGG_POOL },
    { index: 12 },
    { index: 14, tap: true },
    { index: 17, pool: VGG_POOL },
    { index: 19 },
    { index: 21, tap: true },
    { index: 24, pool: VGG_POOL },
    { index: 26 },
    { index: 28, tap: true },
  ],
};
