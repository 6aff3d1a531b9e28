/**
 * The only way to a terminal. Lines may hold names that a remote file chose, and control characters there can recolour,
 * overwrite or type into a terminal: they are written as escapes. A line is one line: whoever wants several says them
 * one by one.
 */

/** C0 and C1 controls, DEL, and the characters that break lines or turn the direction of text. */
const CONTROL = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/** `text` with control characters as `\u001b` and the like: nothing in it acts on a terminal. */
export function printable(text: string): string {
  return text.replace(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Writes lines to standard output. */
export function say(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${printable(line)}\n`);
}

/** Writes lines to standard error. */
export function complain(...lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${printable(line)}\n`);
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
