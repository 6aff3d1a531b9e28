/** Bench results as text for a terminal (pure). */
import { type BenchReport, type BenchRow, type Ceilings, groupRows, ratesOf } from './report.ts';
import { relativeIqr } from './stats.ts';

/** Seconds with a unit and three significant digits: `1.23 ms`. */
export function formatSeconds(seconds: number): string {
  if (seconds >= 1) return `${seconds.toPrecision(3)} s`;
  return seconds >= 1e-3 ? `${(seconds * 1e3).toPrecision(3)} ms` : `${(seconds * 1e6).toPrecision(3)} µs`;
}

/** A rate in giga-units a second, e.g. GFLOP/s; empty for zero. */
export function formatGiga(rate: number): string {
  return rate === 0 ? '' : (rate / 1e9).toPrecision(3);
}

const percent = (part: number): string => (part === 0 ? '' : `${(part * 100).toFixed(0)} %`);

/** Pads the cells of a table to equal widths; numbers (all but the first `left` columns) to the right. */
export function formatTable(rows: readonly (readonly string[])[], left: number): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const pad = (cell: string, i: number): string =>
    i < left ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
}

const HEADER = ['what', 'variant', '×', 'error', 'median', 'IQR', 'n', 'GFLOP/s', 'GB/s', '% FMA', '% copy', '% roof'];

function cells(row: BenchRow, ceilings: Ceilings): string[] {
  const scaled = row.scaled ? ` (scaled ${row.scaled})` : '';
  const start = [
    `${row.name} ${row.what}${scaled}`.trim(),
    row.variant,
    `${row.count}`,
    row.check.error.toExponential(1),
  ];
  const rates = ratesOf(row, ceilings);
  if (!row.seconds || !rates) return [...start, `no time: error above ${row.check.tolerance}`];
  const { median, count } = row.seconds;
  const time = [formatSeconds(median), `±${percent(relativeIqr(row.seconds) / 2) || '0 %'}`, `${count}`];
  const speed = [formatGiga(rates.flops), formatGiga(rates.bytes)];
  return [...start, ...time, ...speed, percent(rates.ofFma), percent(rates.ofCopy), percent(rates.ofRoof)];
}

/** One line for a row as soon as it is measured. */
export function formatRow(row: BenchRow): string {
  const time = row.seconds ? formatSeconds(row.seconds.median) : 'check failed, no time';
  return `${row.suite} ${row.group}: ${row.name} ${row.what} [${row.variant}] ${time}`.replaceAll('  ', ' ');
}

/** Adapter, timer and ceilings: the lines above the tables. */
export function formatHead({ run, timer, ceilings }: Omit<BenchReport, 'rows' | 'findings'>): string[] {
  const step = timer.granularity > 0 ? `, timestamps step by ${timer.granularity} ns` : '';
  return [
    `${run.host} · ${run.adapter} · ${run.precision} · T = ${run.steps} · commit ${run.commit} · ${run.date}`,
    run.agent,
    `time by ${timer.mode}${step}; an empty submit takes ${formatSeconds(timer.emptySubmit)}`,
    `ceilings: ${formatGiga(ceilings.flops)} GFLOP/s (register-only FMA, ${ceilings.fmaForm}), ${formatGiga(ceilings.bytes)} GB/s (copy, read + written)`,
  ];
}

/** A whole report: head, a table a suite and group, findings. */
export function formatReport(report: BenchReport): string {
  const lines = formatHead(report);
  const groups = groupRows(report.rows);
  for (const [title, rows] of groups) {
    const suite = rows[0]?.suite;
    const table = [HEADER, ...rows.map((row) => cells(row, report.ceilings))];
    lines.push('', title, ...formatTable(table, 2));
    const last = [...groups.values()].findLast((other) => other[0]?.suite === suite) === rows;
    if (last) lines.push(...report.findings.filter((f) => f.suite === suite).map(({ text }) => `→ ${text}`));
  }
  return lines.join('\n');
}
