/** Collects what the `ablate` job sends; what is done is on disk after every design, so that nothing of it is lost. */
import { packedPng } from '../invert/pictures.ts';
import { writeInto } from '../report/folder.ts';
import type { AblateEvent, VariantPlan, VariantResult } from './events.ts';
import { type Ablation, ablationReport } from './report.ts';

/** Where results go, and who prints. */
export interface AblateDestination {
  readonly out: string;
  readonly print: (line: string) => void;
  /** Steps between two printed lines. */
  readonly every: number;
  /** What was asked for, for the report. */
  readonly facts: Readonly<Record<string, string>>;
}

/** Results of one run. */
export class AblateResults {
  ended: 'all' | 'stop' | undefined;
  readonly #to: AblateDestination;
  #facts: Readonly<Record<string, string>>;
  #plans: readonly VariantPlan[] = [];
  readonly #results = new Map<number, VariantResult>();
  readonly #failures = new Map<number, string>();
  readonly #sheets = new Map<number, string>();
  readonly #leftOut = new Set<string>();

  constructor(to: AblateDestination) {
    this.#to = to;
    this.#facts = to.facts;
  }

  /** An event of the job. @throws `file` error when the report cannot be written */
  take(event: AblateEvent): void {
    const { print, every } = this.#to;
    switch (event.kind) {
      case 'loaded':
        this.#plans = event.variants;
        this.#facts = { ...this.#facts, model: event.model, adapter: event.adapter };
        print(`${event.model} on ${event.adapter}: ${event.variants.length} designs`);
        break;
      case 'step':
        if (event.step === 1 || event.step % every === 0) {
          print(`${this.#name(event.variant)}: step ${event.step}, loss ${event.total.toPrecision(4)}`);
        }
        return;
      case 'learnt': {
        this.#results.set(event.variant, event.result);
        const errors = event.result.errors.map((error) => error.toFixed(5)).join(' ');
        print(`${this.#name(event.variant)}: y_0 to y_T ${errors} after ${event.result.steps} steps`);
        break;
      }
      case 'failed':
        this.#failures.set(event.variant, event.message);
        print(`${this.#name(event.variant)}: ${event.message}`);
        break;
      case 'left-out':
        this.#leftOut.add(event.message);
        print(`left out: ${event.message}`);
        return;
      case 'ended':
        this.ended = event.ended;
        break;
    }
    this.#write();
  }

  /** A picture of the job, `sheet/N`. @throws `file` error when it cannot be written */
  async file(name: string, bytes: Uint8Array): Promise<void> {
    const variant = Number(name.replace('sheet/', ''));
    const png = await packedPng(bytes);
    const file = `pictures/design-${variant}.png`;
    writeInto(this.#to.out, file, png);
    this.#sheets.set(variant, file);
  }

  /** Everything so far. */
  get ablation(): Ablation {
    const rows = this.#plans.map((plan, i) => ({
      plan,
      result: this.#results.get(i) ?? null,
      failure: this.#failures.get(i) ?? null,
      sheet: this.#sheets.get(i) ?? null,
    }));
    return { facts: this.#facts, rows, leftOut: [...this.#leftOut] };
  }

  #name(variant: number): string {
    return this.#plans[variant]?.name ?? `design ${variant}`;
  }

  #write(): void {
    writeInto(this.#to.out, 'ablation.json', JSON.stringify(this.ablation));
    writeInto(this.#to.out, 'report.html', ablationReport(this.ablation));
  }
}
