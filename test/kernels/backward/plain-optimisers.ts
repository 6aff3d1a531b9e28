/** One step of each optimiser as plain loops in double precision, as the papers have them. */
import { NEWTON_SCHULZ } from '../../../src/kernels/muon.ts';
import { at } from '../../../src/kernels/reference/at.ts';
import { type Numbers, range, total } from './plain-convolutions.ts';

type Matrix = readonly (readonly number[])[];

const multiply = (a: Matrix, b: Matrix): number[][] =>
  a.map((row) => range(b[0]?.length ?? 0).map((c) => total(row.map((value, k) => value * at(b[k] ?? [], c)))));
const transpose = (m: Matrix): number[][] => range(m[0]?.length ?? 0).map((c) => m.map((row) => at(row, c)));

/** `p` after a step of Adam with the numbers [rate / (1 − β₁ᵗ), 1 / √(1 − β₂ᵗ), factor]. */
export function adamStep(p: Numbers, g: Numbers, m: Numbers, v: Numbers, numbers: Numbers): number[] {
  return Array.from(p, (value, i) => {
    const gradient = at(g, i) * at(numbers, 2);
    const first = 0.9 * at(m, i) + 0.1 * gradient;
    const second = 0.999 * at(v, i) + 0.001 * gradient ** 2;
    return value - (at(numbers, 0) * first) / (Math.sqrt(second) * at(numbers, 1) + 1e-8);
  });
}

/** A factor lowered so that all gradients have at most a norm. */
export function clippedFactor(gradients: readonly Numbers[], factor: number, most: number): number {
  const norm = Math.sqrt(total(gradients.flatMap((g) => Array.from(g, (value) => value ** 2))));
  return factor * Math.min(1, most / (Math.abs(factor) * norm + 1e-6));
}

/** `p` after a step of Muon with β 0.95. */
export function muonStep(
  p: Numbers,
  g: Numbers,
  m: Numbers,
  [rows, columns]: readonly [number, number],
  [rate, factor]: readonly [number, number],
): number[] {
  const direction = range(rows).map((r) =>
    range(columns).map((c) => {
      const gradient = at(g, r * columns + c) * factor;
      return gradient + 0.95 * (0.95 * at(m, r * columns + c) + gradient);
    }),
  );
  const norm = Math.sqrt(total(direction.flat().map((value) => value ** 2)));
  let x: number[][] = direction.map((row) => row.map((value) => value / (norm + 1e-7)));
  for (let turn = 0; turn < NEWTON_SCHULZ.turns; turn++) {
    const gram = multiply(x, transpose(x));
    const square = multiply(gram, gram);
    const { a, b, c } = NEWTON_SCHULZ;
    const polynomial = gram.map((row, i) =>
      row.map((value, j) => (i === j ? a : 0) + b * value + c * at(square[i] ?? [], j)),
    );
    x = multiply(polynomial, x);
  }
  const scale = rate * Math.sqrt(Math.max(1, rows / columns));
  return Array.from(p, (value, i) => value - scale * at(x[Math.floor(i / columns)] ?? [], i % columns));
}
