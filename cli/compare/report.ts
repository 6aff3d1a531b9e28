/** A comparison as one HTML file: the table of the method, what each step brings, editability, and pictures. */
import { type Curve, chart, escaped, facts, figure, page, short, table } from '../report/page.ts';
import { METHOD_WORDS, type Method } from './events.ts';
import { METRIC_WORDS } from './meter.ts';
import type { EditRow, MethodSummary, StepRow } from './statistics.ts';

/** Everything that is known of a comparison. */
export interface Comparison {
  /** What was asked for and where it runs, in words. */
  readonly facts: Readonly<Record<string, string>>;
  readonly metrics: readonly string[];
  /** What is left out, and why. */
  readonly notes: readonly string[];
  readonly methods: readonly MethodSummary[];
  /** Pictures of each photo, files beside the report: its name, and the file of each kind. */
  readonly shown: readonly { readonly name: string; readonly files: Readonly<Record<string, string>> }[];
  readonly failed: readonly { readonly file: string; readonly message: string }[];
}

/** Metrics in the order of {@link METRIC_WORDS}. */
export const inOrder = (metrics: readonly string[]): string[] =>
  Object.keys(METRIC_WORDS).filter((name) => metrics.includes(name));

/** A row of the main table: of a method's last step, or of each. */
export function stepCells(name: string, row: StepRow, metrics: readonly string[]): string[] {
  const values = inOrder(metrics).map((metric) => short(row.values[metric]?.mean ?? Number.NaN));
  return [name, ...values, row.seconds.mean.toFixed(2), String(row.pictures)];
}

/** Head of {@link stepCells}. */
export const stepHead = (first: string, metrics: readonly string[]): string[] => [
  first,
  ...inOrder(metrics),
  'seconds',
  'pictures',
];

/** Identity against the edit's amount, a curve a method. */
function editCharts({ methods }: Comparison): string[] {
  const rows = methods.flatMap(({ edits }) => edits);
  const kinds = [...new Set(rows.map(({ direction }) => direction))];
  const metrics = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  return kinds.flatMap((direction) =>
    metrics.map((metric) => {
      const point = ({ amount, values }: EditRow) => [amount, values[metric]?.mean ?? Number.NaN] as const;
      const curves: Curve[] = methods.map(({ method, edits }) => ({
        name: method,
        points: edits
          .filter((row) => row.direction === direction)
          .toSorted((a, b) => a.amount - b.amount)
          .map(point),
      }));
      return chart(`${metric} against "${direction}"`, curves, { x: 'amount', logarithmic: false });
    }),
  );
}

function editTable({ methods }: Comparison): string {
  const rows = methods.flatMap(({ method, edits }) =>
    edits.map(({ direction, amount, values, moved }) => [
      method,
      direction,
      String(amount),
      Object.entries(values)
        .map(([name, { mean }]) => `${name} ${short(mean)}`)
        .join(', '),
      short(moved.mean),
    ]),
  );
  return rows.length > 0 ? table(['method', 'direction', 'amount', 'identity', 'change in the picture'], rows) : '';
}

function consistencyTable({ methods }: Comparison): string {
  const rows = methods.flatMap(({ method, consistency }) =>
    consistency === null ? [] : [[method, short(consistency)]],
  );
  return rows.length > 0 ? table(['method', 'latent editing consistency (less is better)'], rows) : '';
}

const section = (title: string, body: string): string =>
  body === '' ? '' : `<section><h2>${escaped(title)}</h2>${body}</section>`;

const EDITED = ' edited';

/** The photo and every method's picture in one row, what edits make of them below. */
function pictureGrid(files: Readonly<Record<string, string>>): string {
  const columns = Object.keys(files).filter((kind) => !kind.endsWith(EDITED));
  const cells = Object.entries(files).map(([kind, file]) => {
    const isEdited = kind.endsWith(EDITED);
    const column = columns.indexOf(isEdited ? kind.slice(0, -EDITED.length) : kind) + 1;
    return `<div style="grid-area:${isEdited ? 2 : 1}/${column}">${figure(file, kind)}</div>`;
  });
  return `<div class="grid aligned">${cells.join('')}</div>`;
}

/** The report as one HTML file. */
export function comparisonReport(all: Comparison): string {
  const { methods, metrics, notes, shown, failed } = all;
  const words = Object.fromEntries(methods.map(({ method }): [Method, string] => [method, METHOD_WORDS[method]]));
  const meaning = Object.fromEntries(inOrder(metrics).map((name) => [name, METRIC_WORDS[name] ?? '']));
  const last = methods.flatMap(({ method, steps }) => {
    const row = steps.at(-1);
    return row ? [stepCells(method, row, metrics)] : [];
  });
  const each = methods.map(({ method, steps }) => {
    const rows = steps.map((row) => stepCells(row.step, row, metrics));
    return section(method, table(stepHead('step', metrics), rows));
  });
  const time: Curve[] = methods.map(({ method, steps }) => ({
    name: method,
    points: steps.map(({ seconds, values }) => [seconds.mean, values.l2?.mean ?? Number.NaN] as const),
  }));
  const pictures = shown.map(({ name, files }) => section(name, pictureGrid(files)));
  const list = (lines: readonly string[]): string =>
    lines.length > 0 ? `<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>` : '';
  return page('Ways to invert, compared', [
    facts(all.facts),
    section(
      'Methods, after their last step',
      table(stepHead('method', metrics), last) + facts({ ...words, ...meaning }),
    ),
    section('Left out', list(notes)),
    section('Pictures that could not be used', list(failed.map(({ message }) => message))),
    chart('Squared error against seconds (logarithmic)', time, { x: 'seconds', logarithmic: true }),
    ...each,
    section('Edits', editTable(all)),
    ...editCharts(all),
    section('Consistency', consistencyTable(all)),
    ...pictures,
  ]);
}
