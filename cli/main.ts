/**
 * The command line: `main.js NAME arguments…` runs `commands/NAME.ts`. A `HyperStyleError` and a wrong argument end with
 * one line and exit code 2, anything unexpected with its stack and exit code 1.
 */
import { CommanderError } from 'commander';
import { ensure, HyperStyleError } from '../src/errors.ts';
import { endOnSignals } from './signals.ts';
import { complain, endWithReader } from './terminal.ts';

/** Runs one command with the arguments after its name. */
type Command = (argv: string[]) => Promise<void>;

const COMMANDS = import.meta.glob<Command>('./commands/*.ts', { import: 'default' });

async function main(name = '', argv: string[] = []): Promise<void> {
  const load = COMMANDS[`./commands/${name}.ts`];
  const names = Object.keys(COMMANDS).map((path) => path.replace(/^.*\/|\.ts$/g, ''));
  ensure(load, 'option', () => `there is no command "${name}": use one of ${names.join(', ')}`);
  const command = await load();
  await command(argv);
}

/** Reports an error; returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0) complain(error.message.split('\n')[0] ?? '');
    return error.exitCode === 0 ? 0 : 2;
  }
  if (error instanceof HyperStyleError) {
    complain(`error: ${error.message}`);
    return 2;
  }
  complain(...(error instanceof Error ? (error.stack ?? error.message) : String(error)).split('\n'));
  return 1;
}

endOnSignals();
endWithReader();
const [name, ...argv] = process.argv.slice(2);
try {
  await main(name, argv);
} catch (error) {
  process.exitCode = report(error);
}
process.exit();
