/** What signals do to a command: they end it properly, so that what it started (`hosts/child.ts`, Chrome) ends with it. */

/** Signals that end a command, with their numbers. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

let asked: (() => void) | undefined;

/** Ends the command at a signal, the usual way. */
export function endOnSignals(): void {
  for (const [signal, number] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      const ask = asked;
      asked = undefined;
      if (ask) ask();
      else process.exit(128 + number);
    });
  }
}

/** Calls `ask` at the first signal instead, so that the command can save what it has; the second ends it. */
export function atFirstSignal(ask: () => void): void {
  asked = ask;
}
