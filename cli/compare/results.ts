/** Collects what the `compare` job sends; what is done is on disk after every method, so that nothing of it is lost. */
import { distinctNames, safeName } from '../invert/inputs.ts';
import { packedPng } from '../invert/pictures.ts';
import { writeInto } from '../report/folder.ts';
import type { CompareEvent, Measured } from './events.ts';
import { type Comparison, comparisonReport, stepCells, stepHead } from './report.ts';
import { summarise } from './statistics.ts';

/** Where results go, and who prints. */
export interface CompareDestination {
  readonly out: string;
  readonly print: (line: string) => void;
  /** Name of each picture. */
  readonly names: readonly string[];
  /** What was asked for, for the report. */
  readonly facts: Readonly<Record<string, string>>;
  /** What is left out, and why. */
  readonly notes: readonly string[];
}

/** Results of one run. */
export class CompareResults {
  ended: 'all' | 'stop' | undefined;
  readonly failed: { readonly file: string; readonly message: string }[] = [];
  readonly #to: CompareDestination;
  readonly #folders: readonly string[];
  readonly #all: Measured[] = [];
  readonly #files = new Map<number, Record<string, string>>();
  #loaded: Extract<CompareEvent, { kind: 'loaded' }> | undefined;

  constructor(to: CompareDestination) {
    this.#to = to;
    const give = distinctNames();
    this.#folders = to.names.map((name) => give(safeName(name)));
  }

  /** An event of the job. */
  take(event: CompareEvent): void {
    if (event.kind === 'loaded') this.#load(event);
    else if (event.kind === 'measured') this.#measured(event.measured);
    else if (event.kind === 'ended') {
      this.ended = event.ended;
      this.#write();
    } else {
      const file = this.#to.names[event.picture] ?? '';
      const message = event.method ? `${file}, ${event.method}: ${event.message}` : event.message;
      this.failed.push({ file, message });
      this.#to.print(`left out: ${message}`);
    }
  }

  /** A picture of the job: `N/KIND`. @throws `file` error when it cannot be written */
  async file(name: string, bytes: Uint8Array): Promise<void> {
    const [, index = '', kind = ''] = /^(\d+)\/(.+)$/.exec(name) ?? [];
    const png = await packedPng(bytes);
    const picture = Number(index);
    const file = `pictures/${this.#folders[picture] ?? index}/${kind.replaceAll(/[^\w+]/g, '-')}.png`;
    writeInto(this.#to.out, file, png);
    this.#files.set(picture, { ...this.#files.get(picture), [kind]: file });
  }

  /** Whether a method has been measured on a picture. */
  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** Everything so far. */
  get comparison(): Comparison {
    const { facts, names, notes } = this.#to;
    const loaded = this.#loaded;
    const shown = [...this.#files].map(([picture, files]) => ({ name: names[picture] ?? '', files }));
    return {
      facts: { ...facts, ...(loaded && { model: loaded.model, adapter: loaded.adapter }) },
      metrics: loaded?.metrics ?? [],
      notes: [...notes, ...(loaded?.notes ?? [])],
      methods: summarise(this.#all),
      shown,
      failed: this.failed,
    };
  }

  /** The table as lines of text. */
  lines(): string[] {
    const { methods, metrics } = this.comparison;
    const rows = methods.flatMap(({ method, steps }) => {
      const row = steps.at(-1);
      return row ? [stepCells(method, row, metrics)] : [];
    });
    const all = [stepHead('method', metrics), ...rows];
    const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
    return all.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }

  #load(event: Extract<CompareEvent, { kind: 'loaded' }>): void {
    this.#loaded = event;
    this.#to.print(
      `${event.model} on ${event.adapter}: ${event.methods.join(', ')} on ${this.#to.names.length} pictures`,
    );
    for (const note of [...this.#to.notes, ...event.notes]) this.#to.print(`left out: ${note}`);
  }

  #measured(measured: Measured): void {
    this.#all.push(measured);
    const { picture, method, steps } = measured;
    const last = steps.at(-1);
    const values = Object.entries(last?.values ?? {}).map(([name, value]) => `${name} ${value.toPrecision(4)}`);
    const seconds = last?.seconds.toFixed(2) ?? '';
    this.#to.print(`${this.#to.names[picture]}  ${method}: ${values.join(', ')}, ${seconds} s`);
    this.#write();
  }

  #write(): void {
    const { comparison } = this;
    writeInto(this.#to.out, 'comparison.json', JSON.stringify({ ...comparison, measured: this.#all }));
    writeInto(this.#to.out, 'report.html', comparisonReport(comparison));
  }
}
