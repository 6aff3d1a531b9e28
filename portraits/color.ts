/** Colours of the portrait renderer: RGB triples in [0, 1], blended in place because a picture asks for millions. */

/** Red, green, blue in [0, 1]. */
export type Rgb = [number, number, number];

/** Hue, saturation and value, all in [0, 1], to RGB. */
export function hsv(hue: number, saturation: number, value: number): Rgb {
  const channel = (offset: number): number => {
    const k = (((offset + hue * 6) % 6) + 6) % 6;
    return value - value * saturation * clamp01(Math.min(k, 4 - k));
  };
  return [channel(5), channel(3), channel(1)];
}

/** Linear interpolation through equally spaced `stops` (at least two); `t` in [0, 1] is clamped. */
export function palette(t: number, stops: readonly Rgb[]): Rgb {
  const at = clamp01(t) * (stops.length - 1);
  const index = Math.min(Math.floor(at), stops.length - 2);
  const [from, to] = [stops[index] ?? BLACK, stops[index + 1] ?? BLACK];
  const f = at - index;
  const mix = (a: number, b: number): number => a * (1 - f) + b * f;
  return [mix(from[0], to[0]), mix(from[1], to[1]), mix(from[2], to[2])];
}

/** Lays `color · brightness` over `into` where `mask` (0 keeps, 1 covers) says. */
export function over(into: Rgb, color: Readonly<Rgb>, mask: number, brightness = 1): void {
  into[0] += (color[0] * brightness - into[0]) * mask;
  into[1] += (color[1] * brightness - into[1]) * mask;
  into[2] += (color[2] * brightness - into[2]) * mask;
}

/** Multiplies `into` by `factors` where `mask` says. */
export function tint(into: Rgb, factors: Readonly<Rgb>, mask: number): void {
  into[0] *= 1 + (factors[0] - 1) * mask;
  into[1] *= 1 + (factors[1] - 1) * mask;
  into[2] *= 1 + (factors[2] - 1) * mask;
}

/** Multiplies all channels of `into` by `factor`. */
export function brighten(into: Rgb, factor: number): void {
  into[0] *= factor;
  into[1] *= factor;
  into[2] *= factor;
}

/** `color` times `factors`, channel by channel, as a new triple. */
export function multiply(color: Readonly<Rgb>, factors: Readonly<Rgb>): Rgb {
  return [color[0] * factors[0], color[1] * factors[1], color[2] * factors[2]];
}

/** `x` limited to [0, 1]. */
export function clamp01(x: number): number {
  return Math.min(1, Math.max(0, x));
}

/** Logistic function, the renderer's soft step. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export const BLACK: Readonly<Rgb> = [0, 0, 0];
export const WHITE: Readonly<Rgb> = [1, 1, 1];
