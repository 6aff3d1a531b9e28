/** A training as one HTML file: what was asked for, its curves, and what the model makes of pictures that judge. */
import type { StepReport, Validation } from '../../src/index-training.ts';
import { type Curve, chart, facts, figure, page, short, table } from '../report/page.ts';

/** Everything that is known of a training. */
export interface TrainingHistory {
  /** What was asked for and where it runs, in words. */
  readonly facts: Readonly<Record<string, string>>;
  readonly steps: readonly StepReport[];
  readonly validations: readonly Validation[];
  /** Sheets of pictures, by step: files beside the report. */
  readonly sheets: readonly { readonly step: number; readonly file: string }[];
}

const AXES = { x: 'step', logarithmic: true } as const;

/** Losses of each step by name. */
export function lossCurves(steps: readonly StepReport[]): Curve[] {
  const names = Object.keys(steps[0]?.losses ?? {});
  return names.map((name) => ({
    name,
    points: steps.map(({ step, losses }) => [step, losses[name] ?? Number.NaN] as const),
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
    const cells = Object.entries(losses).map(([name, value]) => `${name} ${short(value)}`);
    return [String(step), cells.join(', '), best ? 'best so far' : ''];
  });
  return table(['step', 'losses of the last pass', ''], rows);
}

/** The report as one HTML file. */
export function trainingReport(history: TrainingHistory): string {
  const { steps, validations, sheets } = history;
  const of = (name: 'norm' | 'rate'): Curve[] => [{ name, points: steps.map((s) => [s.step, s[name]] as const) }];
  return page(`Training: ${steps.at(-1)?.step ?? 0} steps`, [
    facts(history.facts),
    chart('Losses of each step (logarithmic)', lossCurves(steps), AXES),
    chart('Total loss of pictures that judge (logarithmic)', validationCurves(history), AXES),
    validations.length > 0 ? `<section><h2>Validation</h2>${validationTable(history)}</section>` : '',
    chart('Norm of the gradients', of('norm'), AXES),
    chart('Rate', of('rate'), AXES),
    ...sheets.map(({ step, file }) => figure(file, `step ${step}: targets, then what the model makes of them`)),
  ]);
}
