/** A report as elements: facts, then a card for every suite and group with a bar for each row. */

import { formatGiga, formatSeconds } from '../format.ts';
import { type BenchReport, type BenchRow, type Ceilings, groupRows, ratesOf } from '../report.ts';
import { relativeIqr } from '../stats.ts';
import { make } from './dom.ts';
import { roofline } from './roofline.ts';

const percent = (part: number): string => `${(100 * part).toFixed(0)} %`;

function facts({ run, timer, ceilings }: BenchReport): HTMLElement {
  const entries: [string, string][] = [
    ['Adapter', `${run.adapter}, in ${run.host}`],
    [
      'Ceilings',
      `${formatGiga(ceilings.flops)} GFLOP/s (register-only FMA), ${formatGiga(ceilings.bytes)} GB/s (copy)`,
    ],
    ['Precision', `${run.precision}, T = ${run.steps}`],
    ['Time by', `${timer.mode}, an empty submit takes ${formatSeconds(timer.emptySubmit)}`],
    ['Commit', `${run.commit}, ${run.date}`],
    ['Runtime', run.agent],
  ];
  const list = make('dl', { className: 'run-facts' });
  for (const [term, text] of entries) {
    list.append(make('dt', { textContent: term }), make('dd', { textContent: text }));
  }
  return list;
}

/** A bar of `part` of its track, and what it stands for. */
function gauge(part: number, text: string, memoryBound = false): HTMLElement {
  const fill = make('div', { className: memoryBound ? 'fill memory' : 'fill' });
  fill.style.width = `${Math.min(100, 100 * part)}%`;
  const track = make('div', { className: 'track' }, fill);
  return make('div', { className: 'gauge' }, track, make('span', { textContent: text }));
}

/** The cell that compares a row: with the roof for kernels, with the slowest row elsewhere. */
function shareCell(row: BenchRow, ceilings: Ceilings, slowest: number): HTMLElement {
  const cell = make('td', { className: 'share' });
  const rates = ratesOf(row, ceilings);
  if (!rates || !row.seconds) return cell;
  if (row.bytes > 0) cell.append(gauge(rates.ofRoof, percent(rates.ofRoof), rates.ofCopy > rates.ofFma));
  else cell.append(gauge(row.seconds.median / slowest, `${(row.seconds.median / slowest).toPrecision(2)}x`));
  return cell;
}

function tableRow(row: BenchRow, ceilings: Ceilings, slowest: number): HTMLElement {
  const cells = [make('td', {}, `${row.name} `, make('small', { textContent: row.what }))];
  if (row.scaled) cells[0]?.append(make('small', { textContent: ` · scaled ${row.scaled}` }));
  if (row.count > 1) cells[0]?.append(make('small', { textContent: ` · ${row.count} times` }));
  const text = (textContent: string): HTMLElement => make('td', { textContent });
  const rates = ratesOf(row, ceilings);
  const checked = `error ${row.check.error.toExponential(1)} against ${row.check.against}`;
  if (!row.seconds || !rates) {
    return make('tr', { className: 'failed', title: checked }, ...cells, text('check failed, no time'));
  }
  const spread = `±${percent(relativeIqr(row.seconds) / 2)}`;
  const numbers = [
    text(row.variant),
    text(formatSeconds(row.seconds.median)),
    text(spread),
    text(formatGiga(rates.flops)),
  ];
  return make('tr', { title: checked }, ...cells, ...numbers, shareCell(row, ceilings, slowest));
}

function groupCard(title: string, rows: readonly BenchRow[], report: BenchReport): HTMLElement {
  const kernels = rows.some((row) => row.bytes > 0);
  const heads = ['', 'Variant', 'Median', 'IQR', 'GFLOP/s', kernels ? 'Of the roof' : 'Time'];
  const slowest = Math.max(...rows.map((row) => row.seconds?.median ?? 0));
  const table = make(
    'table',
    {},
    make('thead', {}, make('tr', {}, ...heads.map((textContent) => make('th', { textContent, scope: 'col' })))),
    make('tbody', {}, ...rows.map((row) => tableRow(row, report.ceilings, slowest))),
  );
  const card = make('section', { className: 'suite' }, make('h2', { textContent: title }));
  if (rows.filter((row) => row.bytes > 0 && row.seconds).length > 2) card.append(roofline(rows, report.ceilings));
  card.append(make('div', { className: 'scroll' }, table));
  if (kernels) {
    const textContent =
      'Full colour: bound by arithmetic. Pale: bound by memory. FLOPs are counted as in a direct convolution.';
    card.append(make('p', { className: 'legend', textContent }));
  }
  return card;
}

/** All elements of a report. */
export function renderReport(report: BenchReport): HTMLElement[] {
  const groups = groupRows(report.rows);
  const cards = [...groups].map(([title, rows]) => ({ suite: rows[0]?.suite, card: groupCard(title, rows, report) }));
  for (const { suite, text } of report.findings) {
    const last = cards.findLast((entry) => entry.suite === suite);
    last?.card.append(make('p', { className: 'finding', textContent: `→ ${text}` }));
  }
  return [facts(report), ...cards.map(({ card }) => card)];
}
