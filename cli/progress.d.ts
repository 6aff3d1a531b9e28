/** The part of `progress` that is used here: the package comes without types. */
declare module 'progress' {
  interface Options {
    readonly total: number;
    readonly width: number;
    readonly complete: string;
    readonly incomplete: string;
    readonly stream: NodeJS.WriteStream;
    /** Whether it is taken away at its end. */
    readonly clear: boolean;
  }
  export default class ProgressBar {
    constructor(format: string, options: Options);
    /** What is done, of the total. */
    curr: number;
    /** Draws it when that was not done in the last 16 ms, or at once. */
    render(tokens: Readonly<Record<string, string>>, force?: boolean): void;
    /** Writes a line above it. */
    interrupt(line: string): void;
    terminate(): void;
  }
}
