/** Options that commands with losses and optimisers share. */
import { InvalidArgumentError } from 'commander';
import { LOSSES } from '../src/method/losses.ts';

/** `l2`, `lpips=0.8`: a loss and its weight, 1 when it is not said; what is not named counts 0. */
export function losses(text: string, before: Readonly<Record<string, number>> = {}): Record<string, number> {
  const found: Record<string, number> = { ...before };
  for (const name of LOSSES) found[name] ??= 0;
  for (const part of text.split(',')) {
    const [name = '', weight = '1'] = part.split('=');
    const value = Number(weight);
    const known = LOSSES.some((loss) => loss === name);
    if (!known || weight === '' || !(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new InvalidArgumentError(
        `"${part}" is no loss: expected some of ${LOSSES.join(', ')}, each NAME or NAME=WEIGHT.`,
      );
    }
    found[name] = value;
  }
  return found;
}

/** A rate of an optimiser. */
export function rate(text: string): number {
  const value = Number(text);
  if (text !== '' && value > 0 && value <= 1) return value;
  throw new InvalidArgumentError('Expected a number above 0, at most 1.');
}

/** A number from 0 to below 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('Expected a number from 0 to below 1.');
}

/** A number from 0. */
export function fromZero(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Expected a number, 0 or more.');
}
