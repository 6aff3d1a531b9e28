/** The roofline picture: arithmetic intensity against speed, both logarithmic, with the adapter's two ceilings. */
import { formatGiga } from '../format.ts';
import { type BenchRow, type Ceilings, ratesOf } from '../report.ts';

const SVG = 'http://www.w3.org/2000/svg';
const SIZE = { width: 760, height: 300, left: 56, right: 16, top: 14, bottom: 40 };

type Attributes = Readonly<Record<string, string | number>>;

function element(tag: string, attributes: Attributes, text?: string): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A row's place in the picture. */
interface Point {
  readonly row: BenchRow;
  /** FLOP a byte. */
  readonly intensity: number;
  /** FLOP/s. */
  readonly speed: number;
}

const places = (rows: readonly BenchRow[], ceilings: Ceilings): Point[] =>
  rows.flatMap((row) => {
    const rates = ratesOf(row, ceilings);
    return rates && row.bytes > 0 && row.flops > 0
      ? [{ row, intensity: row.flops / row.bytes, speed: rates.flops }]
      : [];
  });

/** Powers of ten that enclose all values. */
function decades(values: readonly number[]): [number, number] {
  const logs = values.map(Math.log10);
  return [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
}

/** Draws the rows that have a time under the roof of both ceilings. */
export function roofline(rows: readonly BenchRow[], ceilings: Ceilings): SVGElement {
  const points = places(rows, ceilings);
  const ridge = ceilings.flops / ceilings.bytes;
  const [x0, x1] = decades([...points.map((p) => p.intensity), ridge]);
  const [y0, y1] = decades([...points.map((p) => p.speed), ceilings.flops]);
  const { width, height, left, right, top, bottom } = SIZE;
  const x = (v: number): number => left + ((Math.log10(v) - x0) / (x1 - x0)) * (width - left - right);
  const y = (v: number): number => height - bottom - ((Math.log10(v) - y0) / (y1 - y0)) * (height - top - bottom);
  const title = 'Roofline: speed of each kernel over its arithmetic intensity, under the two measured ceilings';
  const svg = element('svg', {
    class: 'roofline',
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-label': title,
  });
  for (let d = x0; d <= x1; d++) {
    const at = x(10 ** d);
    svg.append(element('line', { class: 'grid', x1: at, x2: at, y1: top, y2: height - bottom }));
    svg.append(element('text', { x: at, y: height - bottom + 16, 'text-anchor': 'middle' }, `${Number(`1e${d}`)}`));
  }
  for (let d = y0; d <= y1; d++) {
    const at = y(10 ** d);
    svg.append(element('line', { class: 'grid', x1: left, x2: width - right, y1: at, y2: at }));
    svg.append(element('text', { x: left - 6, y: at + 4, 'text-anchor': 'end' }, formatGiga(10 ** d)));
  }
  const edge = Math.max(10 ** x0, 10 ** y0 / ceilings.bytes);
  const roof = [edge, ridge, 10 ** x1].map((v) => `${x(v)},${y(Math.min(ceilings.flops, v * ceilings.bytes))}`);
  svg.append(element('polyline', { class: 'roof', points: roof.join(' ') }));
  for (const { row, intensity, speed } of points) {
    const dot = element('circle', { cx: x(intensity), cy: y(speed), r: 4.5 });
    dot.append(element('title', {}, `${row.name} ${row.what} [${row.variant}]: ${formatGiga(speed)} GFLOP/s`));
    svg.append(dot);
  }
  svg.append(element('text', { x: width - right, y: height - 6, 'text-anchor': 'end' }, 'FLOP a byte →'));
  svg.append(element('text', { x: left, y: 11 }, 'GFLOP/s ↑'));
  return svg;
}
