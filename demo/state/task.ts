/** What takes time at the moment: its phase, how far it is, how many seconds are left, and how it is called off. */
import { signal } from '@preact/signals';
import { humanSeconds } from './words.ts';

/** One running task. */
export interface TaskView {
  readonly phase: string;
  /** 0 to 1; undefined while unknown. */
  readonly share: number | undefined;
  /** `step 3 of 5 · 12 s left`. */
  readonly detail: string;
}

/** How far a task says it is. */
export interface Report {
  readonly phase: string;
  readonly done?: number | undefined;
  readonly total?: number | undefined;
  readonly detail?: string | undefined;
}

/** At most one task is shown; a later one takes its place. */
export class Tasks {
  readonly current = signal<TaskView | null>(null);
  readonly #now: () => number;
  #began = 0;
  #doneAtStart = 0;
  #phase = '';
  #running: symbol | null = null;
  #cancel: (() => void) | undefined;

  /** @param now milliseconds; tests bring their own clock */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Shows a task while `work` runs.
   * @param cancel what the button "Cancel" does
   */
  async run<T>(phase: string, cancel: () => void, work: (report: (report: Report) => void) => Promise<T>): Promise<T> {
    const own = Symbol(phase);
    this.#running = own;
    this.#cancel = cancel;
    this.#phase = '';
    this.#show({ phase });
    try {
      return await work((report) => {
        if (this.#running === own) this.#show(report);
      });
    } finally {
      if (this.#running === own) {
        this.#running = null;
        this.current.value = null;
      }
    }
  }

  /** Calls the task off; it is gone from the page at once. */
  cancel(): void {
    if (!this.#running) return;
    this.#running = null;
    this.current.value = null;
    this.#cancel?.();
  }

  #show({ phase, done = 0, total = 0, detail = '' }: Report): void {
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#began = this.#now();
      this.#doneAtStart = done;
    }
    const parts: string[] = [];
    if (total > 0) parts.push(`${done} of ${total}`);
    if (detail) parts.push(detail);
    const left = this.#secondsLeft(done, total);
    if (left !== undefined) parts.push(`${humanSeconds(left)} left`);
    this.current.value = { phase, share: total > 0 ? done / total : undefined, detail: parts.join(' · ') };
  }

  #secondsLeft(done: number, total: number): number | undefined {
    const fresh = done - this.#doneAtStart;
    const seconds = (this.#now() - this.#began) / 1000;
    return total > 0 && fresh > 0 && seconds > 0.5 ? ((total - done) * seconds) / fresh : undefined;
  }
}
