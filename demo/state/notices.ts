/** Bad news in sentences, each with a way out where there is one. One is shown at a time. */
import { signal } from '@preact/signals';
import { type ErrorCode, HyperStyleError } from '../../src/index.ts';

/** What is shown. */
export interface Notice {
  readonly text: string;
  /** A button besides "Close". */
  readonly repair?: { readonly label: string; readonly work: () => void } | undefined;
}

/** The page's one place for messages. */
export class Notices {
  readonly current = signal<Notice | null>(null);

  /** A kind of error that is not reported, since a card tells of its cause already. */
  quietAbout: ErrorCode | null = null;

  /** Shows a message. */
  show(text: string, repair?: Notice['repair']): void {
    this.current.value = { text, repair };
  }

  /** Takes the message away. */
  clear(): void {
    this.current.value = null;
  }

  /** Shows an error as its one line. An abort is the visitor's own doing and says nothing. */
  report(error: unknown, repair?: Notice['repair']): void {
    if (isAbort(error)) return;
    if (error instanceof HyperStyleError && error.code === this.quietAbout) return;
    if (!(error instanceof HyperStyleError)) console.error(error);
    this.show(sentence(error instanceof Error ? error.message : String(error)), repair);
  }

  /** Runs `work` and reports what it throws. @returns whether it went well */
  async watch(work: () => Promise<unknown>, repair?: Notice['repair']): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.report(error, repair);
      return false;
    }
  }
}

/** Whether an error only says that something was called off. */
export function isAbort(error: unknown): boolean {
  return error instanceof HyperStyleError && error.code === 'aborted';
}

/** A library's line as a sentence: a capital letter, unless it begins with a name, and a full stop. */
export function sentence(line: string): string {
  const text = /^[a-z]+[ ,:']/.test(line) ? line.charAt(0).toUpperCase() + line.slice(1) : line;
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
