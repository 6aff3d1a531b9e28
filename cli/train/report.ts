/** A training as one HTML file: what was asked for, its curves, and what the model makes of pictures that judge. */
import type { StepReport, Validation } from '../../src/index-training.ts';

/** Everything that is known of a training. */
export interface TrainingHistory {
  /** What was asked for and where it runs, in words. */
  readonly facts: Readonly<Record<string, string>>;
  readonly steps: readonly StepReport[];
  readonly validations: readonly Validation[];
  /** Sheets of pictures, by step: files beside the report. */
  readonly sheets: readonly { readonly step: number; readonly file: string }[];
}

/** A line of a chart. */
interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [step: number, value: number])[];
}

const [WIDTH, HEIGHT, MARGIN] = [860, 240, 46];
const COLOURS = ['#2b6cb0', '#c05621', '#2f855a', '#6b46c1', '#b83280', '#718096', '#0987a0'];
/** Points of a curve at most: longer ones are shown as means of neighbours. */
const MOST_POINTS = 400;

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char);

const short = (value: number): string =>
  Math.abs(value) >= 1e-3 && value < 1e4 ? value.toPrecision(4) : value.toExponential(2);

/** Means of runs of points, so that a long curve can be seen. */
export function thinned(points: Curve['points'], most = MOST_POINTS): Curve['points'] {
  const run = Math.ceil(points.length / most);
  if (run <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / run) }, (_, i) => {
    const part = points.slice(i * run, (i + 1) * run);
    const mean = (at: 0 | 1): number => part.reduce((sum, point) => sum + point[at], 0) / part.length;
    return [mean(0), mean(1)] as const;
  });
}

function chart(title: string, curves: readonly Curve[]): string {
  const shown = curves.map(({ name, points }) => {
    return { name, points: thinned(points.filter(([, value]) => Number.isFinite(value) && value > 0)) };
  });
  const all = shown.flatMap(({ points }) => points);
  if (all.length < 2) return '';
  const [steps, values] = [all.map(([step]) => step), all.map(([, value]) => Math.log10(value))];
  const [left, right] = [Math.min(...steps), Math.max(...steps)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (step: number): number => MARGIN + ((step - left) / Math.max(1, right - left)) * (WIDTH - MARGIN - 8);
  const y = (log: number): number => 10 + ((high - log) / Math.max(1e-9, high - low)) * (HEIGHT - 34);
  const lines = shown.map(({ points }, i) => {
    const path = points.map(([step, value]) => `${x(step).toFixed(1)},${y(Math.log10(value)).toFixed(1)}`).join(' ');
    return `<polyline points="${path}" fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="1.5"/>`;
  });
  const marks = [low, (low + high) / 2, high].map(
    (log) => `<text x="2" y="${(y(log) + 4).toFixed(1)}">${short(10 ** log)}</text>`,
  );
  const ends = [left, right].map((step, i) => {
    return `<text x="${x(step).toFixed(1)}" y="${HEIGHT - 6}" text-anchor="${i ? 'end' : 'start'}">step ${step.toFixed(0)}</text>`;
  });
  const legend = shown.map(
    ({ name }, i) => `<span style="color:${COLOURS[i % COLOURS.length]}">${escaped(name)}</span>`,
  );
  const svg = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">${[...lines, ...marks, ...ends].join('')}</svg>`;
  return `<section><h2>${escaped(title)}</h2><p class="legend">${legend.join(' · ')}</p>${svg}</section>`;
}

function lossCurves(history: TrainingHistory): Curve[] {
  const names = Object.keys(history.steps[0]?.losses ?? {});
  return names.map((name) => ({
    name,
    points: history.steps.map(({ step, losses }) => [step, losses[name] ?? Number.NaN] as const),
  }));
}

function validationCurves({ validations }: TrainingHistory): Curve[] {
  const passes = validations[0]?.passes.length ?? 0;
  return Array.from({ length: passes }, (_, pass) => ({
    name: passes > 1 ? `pass ${pass + 1}` : 'total',
    points: validations.map(({ step, passes: found }) => [step, found[pass]?.total ?? Number.NaN] as const),
  }));
}

function validationTable({ validations }: TrainingHistory): string {
  const rows = validations.map(({ step, losses, best }) => {
    const cells = Object.entries(losses).map(([name, value]) => `${escaped(name)} ${short(value)}`);
    return `<tr><td>${step}</td><td>${cells.join(', ')}</td><td>${best ? 'best so far' : ''}</td></tr>`;
  });
  return `<table><tr><th>step</th><th>losses of the last pass</th><th></th></tr>${rows.join('')}</table>`;
}

/** The report as one HTML file. */
export function trainingReport(history: TrainingHistory): string {
  const { facts, steps, validations, sheets } = history;
  const of = (name: 'norm' | 'rate'): Curve[] => [{ name, points: steps.map((s) => [s.step, s[name]] as const) }];
  const list = Object.entries(facts).map(([name, text]) => `<dt>${escaped(name)}</dt><dd>${escaped(text)}</dd>`);
  const pictures = sheets.map(({ step, file }) => {
    return `<figure><img src="${escaped(file)}" alt="step ${step}"><figcaption>step ${step}: targets, then what the model makes of them</figcaption></figure>`;
  });
  const body = [
    `<h1>Training: ${steps.at(-1)?.step ?? 0} steps</h1><dl>${list.join('')}</dl>`,
    chart('Losses of each step (logarithmic)', lossCurves(history)),
    chart('Total loss of pictures that judge (logarithmic)', validationCurves(history)),
    validations.length > 0 ? `<section><h2>Validation</h2>${validationTable(history)}</section>` : '',
    chart('Norm of the gradients', of('norm')),
    chart('Rate', of('rate')),
    ...pictures,
  ];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Training</title><style>${STYLE}</style>${body.join('\n')}</html>\n`;
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:900px;margin:2rem auto;padding:0 1rem;color:#1a202c}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-bottom:0}svg{width:100%}svg text{font-size:11px;fill:#4a5568}
.legend{margin:.2rem 0;font-size:.9rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}dt{color:#4a5568}dd{margin:0}
table{border-collapse:collapse;font-size:.9rem}td,th{padding:.1rem .8rem .1rem 0;text-align:left}
figure{margin:1.5rem 0}img{max-width:100%;image-rendering:pixelated}figcaption{font-size:.9rem;color:#4a5568}`;
