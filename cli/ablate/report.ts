/** An ablation as one HTML file: a table of the designs, how each learnt, and what each makes of pictures that judge. */
import { type Curve, chart, escaped, facts, figure, page, table } from '../report/page.ts';
import type { VariantPlan, VariantResult } from './events.ts';

/** A design with what it has learnt, if it has. */
export interface AblationRow {
  readonly plan: VariantPlan;
  readonly result: VariantResult | null;
  /** Why there is none. */
  readonly failure: string | null;
  /** A sheet of pictures beside the report. */
  readonly sheet: string | null;
}

/** Everything that is known of an ablation. */
export interface Ablation {
  readonly facts: Readonly<Record<string, string>>;
  readonly rows: readonly AblationRow[];
  readonly leftOut: readonly string[];
}

const millions = (count: number): string => `${(count / 1e6).toFixed(2)} M`;

/** Head of {@link ablationCells}. */
export const ABLATION_HEAD = [
  'design',
  'layers',
  'T',
  'parameters',
  'of the published generator',
  'steps',
  'seconds a step',
  'y_0',
  'y_1',
  'y_T',
];

/** A row of the table. */
export function ablationCells({ plan, result, failure }: AblationRow): string[] {
  const { name, layers, passes, parameters, published } = plan;
  const own = [name, String(layers), String(passes), millions(parameters), millions(published)];
  if (!result) return [...own, failure ?? 'not yet trained'];
  const { steps, secondsPerStep, errors } = result;
  const shown = [errors[0], errors[1], errors.at(-1)].map((error) => (error ?? Number.NaN).toFixed(5));
  return [...own, String(steps), secondsPerStep.toFixed(2), ...shown];
}

/** The report as one HTML file. */
export function ablationReport({ facts: asked, rows, leftOut }: Ablation): string {
  const curves: Curve[] = rows.flatMap(({ plan, result }) => {
    return result ? [{ name: plan.name, points: result.curve }] : [];
  });
  const passes: Curve[] = rows.flatMap(({ plan, result }) => {
    return result ? [{ name: plan.name, points: result.errors.map((error, pass) => [pass, error] as const) }] : [];
  });
  const sheets = rows.flatMap(({ plan, sheet }) => {
    return sheet ? [figure(sheet, `${plan.name}: targets, then y_0 to y_${plan.passes}`)] : [];
  });
  const failures = rows.flatMap(({ plan, failure }) => (failure ? [`${plan.name}: ${failure}`] : []));
  const list = [...leftOut, ...failures].map((line) => `<li>${escaped(line)}</li>`).join('');
  return page('Designs of the hypernetwork, compared', [
    facts(asked),
    table(ABLATION_HEAD, rows.map(ablationCells)),
    list === '' ? '' : `<section><h2>Left out</h2><ul>${list}</ul></section>`,
    chart('Mean squared error of pictures that judge, by pass', passes, { x: 'pass', logarithmic: true }),
    chart('Loss of each step (logarithmic)', curves, { x: 'step', logarithmic: true }),
    ...sheets,
  ]);
}
