/** Models by address, shared by all elements of a page: loaded when the first asks, given back when the last has gone. */
import type { Model } from '../api/public.ts';
import { HyperStyleError, imported } from '../errors.ts';

/** Told how much of a model is there, from 0 to 1. */
export type Progress = (done: number) => void;

/** A model whose end can be waited for. */
type Losable = Model & { readonly lost: Promise<unknown> };

interface Entry {
  readonly model: Promise<Losable>;
  readonly listeners: Set<Progress>;
  users: number;
}

/** How long a model that nobody uses is kept: an element that is moved in the document is gone for a moment. */
const KEPT_MS = 1000;

const entries = new Map<string, Entry>();

/** One element's share in a model. */
export interface SharedModel {
  readonly model: Promise<Model>;
  /** Whether the model is gone: its GPU was lost, or it could not be loaded. Who asks again gets a new one. */
  readonly ended: boolean;
  release(): void;
}

/** @throws as `HyperStyle.load`, from `model` */
export function shareModel(address: string, onProgress: Progress): SharedModel {
  const entry = entries.get(address) ?? open(address);
  entry.users += 1;
  entry.listeners.add(onProgress);
  let held = true;
  return {
    model: entry.model,
    get ended() {
      return entries.get(address) !== entry;
    },
    release() {
      if (!held) return;
      held = false;
      entry.users -= 1;
      entry.listeners.delete(onProgress);
      setTimeout(() => {
        if (entry.users === 0) forget(address, entry);
      }, KEPT_MS);
    },
  };
}

function open(address: string): Entry {
  const listeners = new Set<Progress>();
  const entry: Entry = { model: load(address, listeners), listeners, users: 0 };
  entry.model
    .then(({ lost }) => lost)
    .then(() => forget(address, entry)) // the next element gets a new one
    .catch(() => forget(address, entry));
  entries.set(address, entry);
  return entry;
}

async function load(address: string, listeners: ReadonlySet<Progress>): Promise<Losable> {
  const { HyperStyle } = await imported(import('../api/hyperstyle.ts'));
  return HyperStyle.load(address, {
    onProgress: ({ loadedBytes, totalBytes }) => {
      for (const listener of listeners) listener(loadedBytes / totalBytes);
    },
  }).catch((error: unknown) => {
    throw error instanceof Error ? error : new HyperStyleError('device', String(error));
  });
}

function forget(address: string, entry: Entry): void {
  if (entries.get(address) !== entry) return;
  entries.delete(address);
  entry.model.then((model) => model.dispose()).catch(() => undefined); // a load that failed left nothing
}
