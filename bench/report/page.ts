/** The "Benchmarks" page: picks a measured report and shows it. It measures nothing itself; `npm run bench` does. */

import type { BenchReport } from '../report.ts';
import { byId, make } from './dom.ts';
import { renderReport } from './render.ts';

const REPORTS = import.meta.glob<BenchReport>('../results/*.json', { import: 'default' });

const which = byId('which', HTMLSelectElement);
const file = byId('file', HTMLInputElement);
const message = byId('message', HTMLParagraphElement);
const target = byId('report', HTMLDivElement);

/** Shows a report, or says why it cannot. */
async function show(name: string, load: () => Promise<BenchReport>): Promise<void> {
  message.textContent = '';
  try {
    const report = await load();
    if (report.format !== 1) throw new Error(`format ${report.format} where this page reads 1`);
    target.replaceChildren(...renderReport(report));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    message.textContent = `${name} is no bench report (${why}): make one with npm run bench -- --json FILE`;
    target.replaceChildren();
  }
}

const nameOf = (path: string): string => path.replace(/^.*\/|\.json$/g, '');

function choose(): void {
  const load = REPORTS[which.value];
  if (load) show(nameOf(which.value), load);
}

which.append(...Object.keys(REPORTS).map((path) => make('option', { value: path, textContent: nameOf(path) })));
which.addEventListener('change', choose);
file.addEventListener('change', () => {
  const [picked] = file.files ?? [];
  if (picked) show(picked.name, async () => JSON.parse(await picked.text()));
});
choose();
