/** The inner side of `child.ts`: a process that runs a job ends with the command that started it, even one that was killed. */
import process from 'node:process';

/**
 * Ends this process when its standard input does: the command holds the other end. A terminal's Ctrl+C is the command's
 * alone, which may have something to save first.
 */
export function endWithCommand(): void {
  const end = (): void => process.exit(1);
  process.on('SIGINT', () => undefined);
  process.stdin.on('end', end).on('close', end).on('error', end).resume();
}
