/** What all commands' arguments share: named errors with exit code 2, and `--host`. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { HOSTS, type HostName } from './job.ts';

/** A commander program that throws instead of exiting; `main.ts` turns what it throws into one line. */
export function program(name: string, description: string): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
}

/** `--host chrome|dawn|deno`, Chrome unless said otherwise; `more` are further words it takes. */
export function hostOption(more: readonly string[] = []): Option {
  const choices = [...HOSTS, ...more];
  return new Option('--host <name>', 'where WebGPU runs').choices(choices).default('chrome' satisfies HostName);
}

/** Parses a whole number within `[from, to]`. */
export function integer(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= from && value <= to) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${from} to ${to}.`);
  };
}

/** Parses a finite number. */
export function finite(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Expected a number.');
}

/** Parses finite numbers with commas between them. */
export const finites = (text: string): number[] => text.split(',').map(finite);

/** Parses words with commas between them. */
export function words(text: string): string[] {
  const found = text.split(',').map((word) => word.trim());
  if (found.every((word) => word.length > 0)) return found;
  throw new InvalidArgumentError('Expected names with commas between them.');
}
