/** How the way between two keyframes is spread over its frames: named curves from 0 to 1, after the usual CSS names. */
import { ensure, inWords } from '../errors.ts';

const CURVES = {
  linear: (t: number) => t,
  /** Slow at both ends, as a cosine. */
  smooth: (t: number) => (1 - Math.cos(Math.PI * t)) / 2,
  in: (t: number) => t ** 3,
  out: (t: number) => 1 - (1 - t) ** 3,
  /** Stays until the next keyframe, then jumps. */
  hold: () => 0,
} as const satisfies Readonly<Record<string, (t: number) => number>>;

/** Names of the curves. */
export const EASINGS = Object.keys(CURVES) as readonly EasingName[];

/** A curve by name. */
export type EasingName = keyof typeof CURVES;

/** A named curve, or a function from [0, 1] to about [0, 1] with f(0) = 0 and f(1) = 1. */
export type Easing = EasingName | ((t: number) => number);

/** @throws `option` error for a curve that is not known */
export function checkEasing(what: string, easing: unknown): asserts easing is Easing {
  ensure(
    typeof easing === 'function' || EASINGS.some((name) => name === easing),
    'option',
    () => `${what}: easing is ${inWords(easing)}, expected ${EASINGS.join(', ')} or a function`,
  );
}

/** The curve's value at `t` in [0, 1]. @throws `option` error when a caller's function gives no finite number */
export function ease(easing: Easing, t: number): number {
  if (typeof easing !== 'function') return CURVES[easing](t);
  const eased = easing(t);
  ensure(Number.isFinite(eased), 'option', () => `easing function: gave ${inWords(eased)} at ${t}, expected a number`);
  return eased;
}
