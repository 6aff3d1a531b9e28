/** What the HTML reports of commands have in common: one file without scripts, with tables, charts and pictures beside it. */

/** A line of a chart. */
export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, value: number])[];
}

/** How a chart's axes read. */
export interface ChartAxes {
  /** What x counts, in a word. */
  readonly x: string;
  /** Whether values are shown by their logarithms; only positive ones are. */
  readonly logarithmic: boolean;
}

const [WIDTH, HEIGHT, MARGIN] = [860, 240, 46];
const COLOURS = ['#2b6cb0', '#c05621', '#2f855a', '#6b46c1', '#b83280', '#718096', '#0987a0'];
/** Points of a curve at most: longer ones are shown as means of neighbours. */
const MOST_POINTS = 400;

/** Text that HTML takes for nothing else. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char);

/** A number in few digits. */
export const short = (value: number): string =>
  value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e4) ? value.toPrecision(4) : value.toExponential(2);

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

/** Curves as a section of a report; nothing where fewer than two points can be shown. */
export function chart(title: string, curves: readonly Curve[], axes: ChartAxes): string {
  const height = (value: number): number => (axes.logarithmic ? Math.log10(value) : value);
  const canBeShown = (value: number): boolean => Number.isFinite(value) && (!axes.logarithmic || value > 0);
  const shown = curves.map(({ name, points }) => ({
    name,
    points: thinned(points.filter(([, value]) => canBeShown(value))),
  }));
  const all = shown.flatMap(({ points }) => points);
  if (all.length < 2) return '';
  const [xs, values] = [all.map(([at]) => at), all.map(([, value]) => height(value))];
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (at: number): number => MARGIN + ((at - left) / Math.max(1e-9, right - left)) * (WIDTH - MARGIN - 8);
  const y = (value: number): number => 10 + ((high - value) / Math.max(1e-9, high - low)) * (HEIGHT - 34);
  const lines = shown.map(({ points }, i) => {
    const path = points.map(([at, value]) => `${x(at).toFixed(1)},${y(height(value)).toFixed(1)}`).join(' ');
    return `<polyline points="${path}" fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="1.5"/>`;
  });
  const marks = [low, (low + high) / 2, high].map((mark) => {
    return `<text x="2" y="${(y(mark) + 4).toFixed(1)}">${short(axes.logarithmic ? 10 ** mark : mark)}</text>`;
  });
  const ends = [left, right].map((end, i) => {
    const anchor = i > 0 ? 'end' : 'start';
    return `<text x="${x(end).toFixed(1)}" y="${HEIGHT - 6}" text-anchor="${anchor}">${escaped(axes.x)} ${Number(end.toPrecision(4))}</text>`;
  });
  const legend = shown.map(
    ({ name }, i) => `<span style="color:${COLOURS[i % COLOURS.length]}">${escaped(name)}</span>`,
  );
  const drawing = [...lines, ...marks, ...ends].join('');
  const svg = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">${drawing}</svg>`;
  return `<section><h2>${escaped(title)}</h2><p class="legend">${legend.join(' · ')}</p>${svg}</section>`;
}

/** A table of plain texts. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: 'td' | 'th'): string =>
    row.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join('');
  const lines = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`);
  return `<table><tr>${cells(head, 'th')}</tr>${lines.join('')}</table>`;
}

/** Names and what they are, one below another. */
export function facts(named: Readonly<Record<string, string>>): string {
  const list = Object.entries(named).map(([name, text]) => `<dt>${escaped(name)}</dt><dd>${escaped(text)}</dd>`);
  return `<dl>${list.join('')}</dl>`;
}

/** A picture with what it shows below. @param file its path from the report */
export function figure(file: string, caption: string): string {
  return `<figure><img src="${escaped(file)}" alt="${escaped(caption)}"><figcaption>${escaped(caption)}</figcaption></figure>`;
}

/** The whole file. @param body its parts, HTML each */
export function page(title: string, body: readonly string[]): string {
  const head = `<meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style>`;
  return `<!doctype html><html lang="en">${head}<h1>${escaped(title)}</h1>${body.join('\n')}</html>\n`;
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:900px;margin:2rem auto;padding:0 1rem;color:#1a202c}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-bottom:0}svg{width:100%}svg text{font-size:11px;fill:#4a5568}
.legend{margin:.2rem 0;font-size:.9rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}dt{color:#4a5568}dd{margin:0}
table{border-collapse:collapse;font-size:.9rem}td,th{padding:.1rem .8rem .1rem 0;text-align:left}
figure{margin:1.5rem 0}img{max-width:100%;image-rendering:pixelated}figcaption{font-size:.9rem;color:#4a5568}
.grid{display:flex;flex-wrap:wrap;gap:.5rem}.grid figure{margin:0}.grid img{width:128px}
.grid.aligned{display:grid;grid-auto-columns:8rem;justify-content:start}.grid.aligned img{width:100%}`;
