/** What of many pictures one run does: its share of them. */
import { ensure } from '../../src/errors.ts';

/** A share as job systems count: which, from 0, of how many. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Reads `I/N`. @throws `option` error for anything but whole numbers with 0 ≤ I < N */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  ensure(
    shard.index < shard.count,
    'option',
    () => `--shard "${text}": expected I/N with whole numbers, I from 0 to N − 1, such as 0/16`,
  );
  return shard;
}

/** Every N-th picture from the I-th on: shares of one folder are about equally large, whatever its order. */
export const shareOf = <T>(all: readonly T[], { index, count }: Shard): T[] =>
  all.filter((_, n) => n % count === index);
