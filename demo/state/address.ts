/** What of the page's state stands in its address, so that it can be shared and reloaded (pure but for {@link write}). */
import type { Edits } from '../../src/index.ts';

/** What an address can say. */
export interface Address {
  /** A model folder's address; null is the one that ships. */
  readonly model: string | null;
  /** A sample's number, from 0. */
  readonly sample: number | null;
  /** A rendered portrait's seed. */
  readonly portrait: number | null;
  readonly steps: number;
  readonly edits: Edits;
  readonly domain: string | null;
  readonly tab: string | null;
  readonly kernels: string | null;
  readonly precision: string | null;
  readonly tune: boolean;
}

/** Passes of the hypernetwork where the address says nothing. */
export const DEFAULT_STEPS = 5;
/** More than this only takes time. */
export const MOST_STEPS = 20;

/** Reads the part behind `?`. What makes no sense is left out. */
export function readAddress(search: string): Address {
  const words = new URLSearchParams(search);
  const whole = (name: string, most: number): number | null => {
    const text = words.get(name);
    const value = Number(text);
    return text !== null && text !== '' && Number.isInteger(value) && value >= 0 && value <= most ? value : null;
  };
  return {
    model: words.get('model'),
    sample: whole('sample', 1000),
    portrait: whole('portrait', 2 ** 32 - 1),
    steps: whole('steps', MOST_STEPS) ?? DEFAULT_STEPS,
    edits: readEdits(words.get('edits') ?? ''),
    domain: words.get('domain'),
    tab: words.get('tab'),
    kernels: words.get('kernels'),
    precision: words.get('precision'),
    tune: words.has('tune'),
  };
}

/** The part behind `?`, or nothing when everything is as it was at first. */
export function addressOf(address: Address): string {
  const words = new URLSearchParams();
  const set = (name: string, value: string | number | null): void => {
    if (value !== null && value !== '') words.set(name, String(value));
  };
  set('model', address.model);
  set('sample', address.sample);
  set('portrait', address.portrait);
  if (address.steps !== DEFAULT_STEPS) set('steps', address.steps);
  set('edits', writeEdits(address.edits));
  set('domain', address.domain);
  set('tab', address.tab);
  set('kernels', address.kernels);
  set('precision', address.precision);
  if (address.tune) words.set('tune', '');
  const text = words.toString();
  return text === '' ? '' : `?${text}`;
}

/** `smile:1.5,yaw:-1@0-4` as edits. */
function readEdits(text: string): Edits {
  const found: Record<string, Edits[string]> = {};
  for (const part of text.split(',')) {
    const [, name, amountText, from, to] = /^([^:]+):(-?[\d.]+)(?:@(\d+)-(\d+))?$/.exec(part) ?? [];
    const amount = Number(amountText);
    if (name === undefined || !Number.isFinite(amount)) continue;
    found[name] = from === undefined ? amount : { amount, layers: [Number(from), Number(to)] };
  }
  return found;
}

function writeEdits(edits: Edits): string {
  return Object.entries(edits)
    .map(([name, edit]) => {
      if (typeof edit === 'number') return `${name}:${edit}`;
      return edit.layers ? `${name}:${edit.amount}@${edit.layers[0]}-${edit.layers[1]}` : `${name}:${edit.amount}`;
    })
    .join(',');
}
