/**
 * Collects what the `train` job sends: every file is whole or not there, and what cannot be written now is tried again
 * at the next save.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HyperStyleError } from '../../src/errors.ts';
import type { StepReport, Validation } from '../../src/index-training.ts';
import { writeTogether } from '../invert/output-folder.ts';
import { packedPng } from '../invert/pictures.ts';
import { complain } from '../terminal.ts';
import { type LoadedEvent, SAVED, type TrainEvent } from './events.ts';
import { type TrainingHistory, trainingReport } from './report.ts';

const HISTORY = 'history.json';
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** Where results go, and who prints. */
export interface TrainDestination {
  readonly out: string;
  readonly print: (line: string) => void;
  /** Steps between two printed lines. */
  readonly every: number;
  /** What was asked for, for the report. */
  readonly facts: Readonly<Record<string, string>>;
  /** Steps altogether. */
  readonly steps: number;
}

/** Results of one run. */
export class TrainResults {
  loaded: LoadedEvent | undefined;
  ended: Extract<TrainEvent, { kind: 'ended' }> | undefined;
  readonly steps: StepReport[] = [];
  readonly validations: Validation[] = [];
  readonly leftOut: { readonly message: string }[] = [];
  readonly #sheets: { step: number; file: string }[] = [];
  readonly #to: TrainDestination;
  /** Files of a save that is on its way. */
  readonly #files = new Map<string, Uint8Array>();
  /** Why the latest save of each kind is not on disk. */
  readonly #unsaved = new Map<string, HyperStyleError>();

  constructor(to: TrainDestination) {
    this.#to = to;
  }

  /** What stands for a save that could not be written, if the latest could not. */
  get unsaved(): HyperStyleError | undefined {
    return this.#unsaved.get('last') ?? this.#unsaved.get('best');
  }

  /** An event of the job. */
  take(event: TrainEvent): void {
    switch (event.kind) {
      case 'loaded':
        this.#load(event);
        break;
      case 'step':
        this.#step(event.report);
        break;
      case 'validation':
        this.validations.push(event.report);
        this.#to.print(this.#validationLine(event.report));
        break;
      case 'left-out':
        this.leftOut.push(event);
        complain(`left out: ${event.message}`);
        break;
      case 'saved':
        this.#saved(event.what, event.step);
        break;
      case 'ended':
        this.ended = event;
        break;
    }
  }

  /** A file of the job. */
  async file(name: string, bytes: Uint8Array): Promise<void> {
    const [, step] = /^sheet\/(\d+)$/.exec(name) ?? [];
    if (step === undefined) {
      this.#files.set(name, bytes);
      return;
    }
    const file = `pictures/step-${step.padStart(7, '0')}.png`;
    const png = await packedPng(bytes);
    if (!this.#write('pictures', new Map([[file, png]]))) return;
    this.#sheets.push({ step: Number(step), file });
    this.#report();
  }

  /** What the command says at its end. */
  lastWords(): string[] {
    const { ended, validations, leftOut } = this;
    if (!ended) return [];
    if (ended.ended === 'dry') return this.#dryWords();
    const best = validations.filter((report) => report.best).at(-1);
    const rate = this.loaded?.tuningRate ? ` --tuning-rate ${this.loaded.tuningRate}` : '';
    return [
      `${ended.ended === 'stop' ? 'stopped' : 'done'} after step ${ended.step}; curves and pictures in ${join(this.#to.out, 'report.html')}`,
      ...(best
        ? [`the best of ${validations.length} validations was after step ${best.step}: ${best.losses.total}`]
        : []),
      ...(leftOut.length > 0 ? [`${leftOut.length} pictures were left out`] : []),
      `npm run convert -- ${this.#savedFiles(best && best.step > 0 ? 'best' : 'last')} OUT${rate} makes a model of it`,
    ];
  }

  #savedFiles(what: 'best' | 'last'): string {
    return [SAVED.hyperstyle, SAVED.encoder].map((file) => join(this.#to.out, what, file)).join(' ');
  }

  #dryWords(): string[] {
    const { loaded } = this;
    const seconds = this.steps.at(-1)?.seconds ?? 0;
    const left = Math.max(0, this.#to.steps - (loaded?.step ?? 0));
    const hours = (seconds * left) / 3600;
    return [
      `a step takes ${seconds.toFixed(2)} s here; ${left} steps would take about ${hours.toFixed(1)} h`,
      'nothing was trained and nothing written',
    ];
  }

  /** The command's result as JSON. */
  summary(host: string): object {
    const { loaded, ended, steps, validations, leftOut } = this;
    const last = steps.at(-1);
    return { host, ...loaded, ...ended, last, validations, leftOut: leftOut.map(({ message }) => message) };
  }

  #load(event: LoadedEvent): void {
    this.loaded = event;
    const { parameters, statistics, lasting, activations, model, adapter, passes, step } = event;
    const memory = `${mib(lasting + activations)} of GPU memory (${mib(lasting)} of weights and their moments, ${mib(activations)} of intermediate results)`;
    this.#to.print(
      `${model} on ${adapter}: ${parameters} numbers learn, ${passes} passes a batch, statistics ${statistics}`,
    );
    this.#to.print(memory);
    if (step > 0) {
      this.#to.print(`goes on after step ${step}`);
      this.#readHistory(step);
    }
  }

  #step(report: StepReport): void {
    this.steps.push(report);
    const { every, steps } = this.#to;
    const { step, losses, norm, rate, seconds } = report;
    if (step % every !== 0 && step !== steps && this.steps.length > 1) return;
    const parts = Object.entries(losses).map(([name, value]) => `${name} ${value.toPrecision(4)}`);
    this.#to.print(
      `step ${step} of ${steps}: ${parts.join(', ')}, gradient ${norm.toPrecision(3)}, rate ${rate.toPrecision(3)}, ${seconds.toFixed(2)} s`,
    );
  }

  #validationLine({ step, passes, losses, best }: Validation): string {
    const totals = passes.map(({ total }) => (total ?? Number.NaN).toPrecision(4)).join(' ');
    const rest = Object.entries(losses).filter(([name]) => name !== 'total');
    const parts = rest.map(([name, value]) => `${name} ${value.toPrecision(4)}`).join(', ');
    return `validation after step ${step}: ${totals} (${parts})${best ? ', the best so far' : ''}`;
  }

  #saved(what: 'best' | 'last', step: number): void {
    const own = [...this.#files].filter(([name]) => name.startsWith(`${what}/`));
    for (const [name] of own) this.#files.delete(name);
    this.#report(); // first: what is killed between the two knows too many steps, which going on leaves out
    if (this.#write(what, new Map(own))) this.#to.print(`saved ${what} (step ${step}) in ${join(this.#to.out, what)}`);
  }

  /** Writes files of the output folder, all or none; a failure is told of, and the training goes on. */
  #write(what: string, files: ReadonlyMap<string, Uint8Array>): boolean {
    try {
      const paths = new Map([...files].map(([name, bytes]) => [join(this.#to.out, name), bytes]));
      for (const path of paths.keys()) mkdirSync(join(path, '..'), { recursive: true });
      writeTogether(paths, '--out');
      this.#unsaved.delete(what);
      return true;
    } catch (cause) {
      const error =
        cause instanceof HyperStyleError
          ? cause
          : new HyperStyleError('file', `${this.#to.out}: cannot be written (${String(cause)}); free some space`);
      this.#unsaved.set(what, error);
      complain(`not saved: ${error.message}; what was saved before is still there, and the training goes on`);
      return false;
    }
  }

  #history(): TrainingHistory {
    const { loaded } = this;
    const facts = {
      ...this.#to.facts,
      ...(loaded && {
        model: loaded.model,
        adapter: loaded.adapter,
        learns: `${loaded.parameters} numbers, ${loaded.passes} passes a batch, statistics ${loaded.statistics}`,
        memory: mib(loaded.lasting + loaded.activations),
      }),
    };
    return { facts, steps: this.steps, validations: this.validations, sheets: this.#sheets };
  }

  #report(): void {
    const history = this.#history();
    const text = new TextEncoder();
    this.#write(
      'report',
      new Map([
        [HISTORY, text.encode(JSON.stringify(history))],
        ['report.html', text.encode(trainingReport(history))],
      ]),
    );
  }

  /** What an interrupted run had to tell up to the step at which it goes on. */
  #readHistory(step: number): void {
    const path = join(this.#to.out, HISTORY);
    if (!existsSync(path)) return;
    try {
      const { steps, validations, sheets } = JSON.parse(readFileSync(path, 'utf8')) as TrainingHistory;
      this.steps.push(...steps.filter((report) => report.step <= step));
      this.validations.push(...validations.filter((report) => report.step <= step));
      this.#sheets.push(...sheets.filter((sheet) => sheet.step <= step));
    } catch {
      complain(`${path}: is damaged; the curves begin anew at step ${step}`);
    }
  }
}
