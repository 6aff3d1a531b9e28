/**
 * StyleSpace directions as people write them down: JSON of name → list of `[layer, channel, amount]`, layers in
 * hypernetwork order (conv1 is 0, to_rgb1 is 1, …), channels from 0.
 */
import { ensure } from '../errors.ts';
import { checkJson } from '../weights/json.ts';
import type { ByteSource } from '../weights/random-access.ts';
import type { ChannelDirection, ChannelOffset } from './direction.ts';

/** A list of channels is a few lines; a file beyond this is something else. */
const MAX_BYTES = 2 ** 24;

/** Reads a file. @throws `file` error when it is no such JSON */
export async function channelDirections(source: ByteSource): Promise<ChannelDirection[]> {
  const bad = (what: string): string =>
    `${source.name}: ${what}; expected {"NAME": [[layer, channel, amount], …], …} with numbers`;
  ensure(source.size <= MAX_BYTES, 'file', () => bad(`has ${source.size} bytes, above ${MAX_BYTES}`));
  const text = new TextDecoder().decode(await source.read(0, source.size));
  checkJson(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined; // reported below
  }
  ensure(typeof value === 'object' && value !== null && !Array.isArray(value), 'file', () => bad('is no JSON object'));
  return Object.entries(value).map(([name, list]) => {
    ensure(Array.isArray(list) && list.length > 0 && list.every(isOffset), 'file', () =>
      bad(`"${name}" is no list of channels`),
    );
    return { kind: 'channels', name, offsets: list };
  });
}

function isOffset(value: unknown): value is ChannelOffset {
  return Array.isArray(value) && value.length === 3 && value.every((n) => typeof n === 'number' && Number.isFinite(n));
}
