/** What a kernel run says as a whole: which part of the FMA ceiling the generator's convolutions of middle size reach (pure). */
import { type BenchRow, type Ceilings, ratesOf } from '../report.ts';

/** Output sizes in pixels where convolutions take most of a picture's time. */
const [SMALLEST, LARGEST] = [32, 256];
/** A direct up-convolution multiplies nine times a pixel of its output, which has four for one of the input. */
const DIRECT_UP = 4;

/** A row of a 3×3 layer: `up 3×3 512→256 128×128`, scaled or not. */
const LAYER = /^(up )?3×3 \d+→\d+ (\d+)×/;

/** Size that the layer has in its network. */
const realSize = ({ what, scaled }: BenchRow): number => Number.parseInt(scaled ?? LAYER.exec(what)?.[2] ?? '', 10);

const percent = (part: number): string => (100 * part).toFixed(0);

function span(shares: readonly number[], factor = 1): string {
  const [low, high] = [Math.min(...shares) * factor, Math.max(...shares) * factor];
  return `${percent(low)}–${percent(high)} %`;
}

/** A line for each generator: its 3×3 and up-convolutions of 32..256 px, and in which count. */
export function convolutionShares(rows: readonly BenchRow[], ceilings: Ceilings): string[] {
  const layers = rows.filter((row) => row.group.startsWith('generator') && row.seconds && LAYER.test(row.what));
  const middle = layers.filter((row) => realSize(row) >= SMALLEST && realSize(row) <= LARGEST);
  return [...new Set(middle.map(({ group }) => group))].map((group) => {
    const shares = (up: boolean): number[] =>
      middle
        .filter((row) => row.group === group && row.what.startsWith('up') === up)
        .map((row) => ratesOf(row, ceilings)?.ofFma ?? Number.NaN);
    const [same, up] = [shares(false), shares(true)];
    const parts = [
      ...(same.length > 0 ? [`3×3 layers ${span(same)} of FMA in direct-convolution FLOPs`] : []),
      ...(up.length > 0
        ? [`up-convolutions ${span(up)} at input resolution, ${span(up, DIRECT_UP)} in the direct kernel's count`]
        : []),
    ];
    return `${group}, ${SMALLEST}..${LARGEST} px: ${parts.join('; ')}`;
  });
}
