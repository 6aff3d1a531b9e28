/** A curve of errors as points of a polyline, on a logarithmic scale (pure). */

/** Errors are averaged over so many neighbours, since every step sees another portrait. */
const SMOOTH = 9;
const MARGIN = 6;

/** Running means, each over what there is around it. */
export function smoothed(values: readonly number[], width = SMOOTH): number[] {
  const reach = Math.floor(width / 2);
  return values.map((_, i) => {
    const part = values.slice(Math.max(0, i - reach), i + reach + 1);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

/**
 * @param level drawn across, where it is known: the error without the hypernetwork
 * @returns points of both lines; the level's are empty while unknown
 */
export function curvePath(
  errors: readonly number[],
  level: number | undefined,
  { width, height }: { readonly width: number; readonly height: number },
): { readonly line: string; readonly level: string } {
  const shown = smoothed(errors.filter((error) => error > 0 && Number.isFinite(error))).map(Math.log);
  const mark = level !== undefined && level > 0 ? Math.log(level) : undefined;
  const all = mark === undefined ? shown : [...shown, mark];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const x = (i: number): number => MARGIN + (i / Math.max(1, shown.length - 1)) * (width - 2 * MARGIN);
  const y = (value: number): number => MARGIN + ((high - value) / Math.max(1e-9, high - low)) * (height - 2 * MARGIN);
  const point = (px: number, py: number): string => `${px.toFixed(1)},${py.toFixed(1)}`;
  return {
    line: shown.map((value, i) => point(x(i), y(value))).join(' '),
    level: mark === undefined ? '' : `${point(MARGIN, y(mark))} ${point(width - MARGIN, y(mark))}`,
  };
}
