/** Two small charts: errors by step, and how far each layer moved. Their numbers are there as words, too. */
import type { LayerMove, StepFacts } from '../engine/facts.ts';
import { stepName } from '../state/words.ts';

const [WIDTH, HEIGHT, TOP, BOTTOM] = [300, 96, 8, 18];

/** L2 falling and MS-SSIM rising, each over its own range. */
export function StepChart({ steps }: { readonly steps: readonly StepFacts[] }) {
  const l2 = steps.map((step) => step.l2);
  const similarity = steps.flatMap((step) => (step.similarity === null ? [] : [step.similarity]));
  const x = (i: number): number => 14 + (i * (WIDTH - 28)) / Math.max(1, steps.length - 1);
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label="Errors by step; the table below has the numbers">
        <Line values={l2} x={x} name="l2" />
        {similarity.length === steps.length && <Line values={similarity} x={x} name="similarity" />}
        {steps.map(({ index }, i) => (
          <text key={index} x={x(i)} y={HEIGHT - 4} text-anchor="middle">
            {stepName(index)}
          </text>
        ))}
      </svg>
      <table>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col" class="l2">
              L2
            </th>
            <th scope="col" class="similarity">
              MS-SSIM
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step.index}>
              <th scope="row">{stepName(step.index)}</th>
              <td>{step.l2.toFixed(4)}</td>
              <td>{step.similarity === null ? '–' : step.similarity.toFixed(3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function Line({
  values,
  x,
  name,
}: {
  readonly values: readonly number[];
  readonly x: (i: number) => number;
  readonly name: string;
}) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const y = (value: number): number =>
    TOP + ((high - value) / Math.max(1e-9, high - low)) * (HEIGHT - TOP - BOTTOM - 6);
  const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`);
  return (
    <g class={`line ${name}`}>
      <polyline points={points.join(' ')} />
      {values.map((value, i) => (
        <circle key={points[i]} cx={x(i)} cy={y(value)} r="2.5" />
      ))}
    </g>
  );
}

/** A bar a layer, coarse to fine; toRGB layers in another colour. */
export function LayerChart({ moves }: { readonly moves: readonly LayerMove[] }) {
  const most = Math.max(1e-12, ...moves.map(({ mean }) => mean));
  return (
    <ul class="layer-chart">
      {moves.map(({ index, kind, resolution, mean }) => (
        <li key={index} class={kind}>
          <span>
            {index} · {resolution} px{kind === 'rgb' ? ' toRGB' : ''}
          </span>
          <span class="bar" style={{ '--share': mean / most }} />
          <span class="value">{mean >= 0.001 ? mean.toPrecision(2) : mean.toExponential(1)}</span>
        </li>
      ))}
    </ul>
  );
}
