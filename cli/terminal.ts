/**
 * The only way to a terminal. Lines may hold names that a remote file chose, and control characters there can recolour,
 * overwrite or type into a terminal: they are written as escapes. A line is one line: whoever wants several says them
 * one by one. A bar stands below them while a command works through many things.
 */
import ProgressBar from 'progress';

/** C0 and C1 controls, DEL, and the characters that break lines or turn the direction of text. */
const CONTROL = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;
/** Characters that a bar has. */
const BAR_WIDTH = 20;

/** `text` with control characters as `\u001b` and the like: nothing in it acts on a terminal. */
export function printable(text: string): string {
  return text.replace(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The bar that stands on the terminal. */
let shown: ProgressBar | undefined;

/** Writes lines to standard output. */
export function say(...lines: readonly string[]): void {
  for (const line of lines) {
    if (shown) shown.interrupt(printable(line));
    else process.stdout.write(`${printable(line)}\n`);
  }
}

/** Writes lines to standard error. */
export function complain(...lines: readonly string[]): void {
  for (const line of lines) {
    if (shown && process.stderr.isTTY) shown.interrupt(printable(line));
    else process.stderr.write(`${printable(line)}\n`);
  }
}

/** A bar below everything that is said meanwhile. */
export interface Bar {
  /** Draws it with what is done, and words that are cut where the line ends. */
  show(done: number, words: string): void;
  /** Takes it away. */
  end(): void;
}

/** A bar for `total` of something; undefined where standard output is no terminal: lines are all there is then. */
export function terminalBar(total: number): Bar | undefined {
  const stream = process.stdout;
  if (!stream.isTTY) return undefined;
  const bar = new ProgressBar(':bar :words', {
    total,
    width: BAR_WIDTH,
    complete: '█',
    incomplete: '░',
    stream,
    clear: true,
  });
  // A signal ends the process where the cursor is: the next prompt begins a line of its own.
  const leave = (): void => void stream.write('\n');
  process.once('exit', leave);
  return {
    show(done, words) {
      const room = Math.max(0, (stream.columns || 80) - BAR_WIDTH - 2);
      bar.curr = Math.min(done, total);
      // The library puts words in by `replace`, where a dollar is written twice.
      bar.render({ words: printable(words).slice(0, room).replaceAll('$', '$$$$') });
      shown = bar;
    },
    end() {
      process.removeListener('exit', leave);
      if (shown === bar) bar.terminate();
      shown = undefined;
    },
  };
}

/**
 * Tells of inputs that could not be used while others were, a line each; the command then ends with exit code 1.
 * @param what became of them, e.g. `pictures could not be inverted`
 */
export function complainOfSome(failed: readonly { readonly message: string }[], total: number, what: string): void {
  if (failed.length === 0) return;
  complain(`${failed.length} of ${total} ${what}:`, ...failed.map(({ message }) => `  ${message}`));
  process.exitCode = 1;
}

/** A reader that has gone (`| head`) ends the command quietly, as SIGPIPE ends others: there is nobody to tell. */
export function endWithReader(): void {
  process.stdout.on('error', () => process.exit(128 + 13));
  process.stderr.on('error', () => undefined);
}
