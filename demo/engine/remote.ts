/**
 * How calls travel between page and engine (Comlink): errors keep their code, and pictures are moved, not copied.
 * Both sides call {@link prepareTransfers}.
 */
import { type Endpoint, type Remote, transferHandlers, wrap } from 'comlink';
import { type ErrorCode, HyperStyleError } from '../../src/index.ts';
import type { Engine } from './engine.ts';

/** Names of the engine's sections. */
type Section = 'model' | 'photo' | 'person' | 'people' | 'discovery' | 'methods' | 'insight';

/** The engine as the page calls it: every method of every section answers with a promise. */
export type RemoteEngine = Pick<Remote<Engine>, Exclude<keyof Engine, Section>> & {
  readonly [S in Section]: Remote<Engine[S]>;
};

/** The engine behind a port. Comlink follows paths through sections, which its types do not say. */
export const engineAt = (port: Endpoint): RemoteEngine => wrap<Engine>(port) as unknown as RemoteEngine;

/** What is sent of an error. */
interface SentError {
  readonly message: string;
  readonly code: ErrorCode | null;
  readonly stack: string;
}

/** Teaches Comlink errors with codes and pictures that change hands. */
export function prepareTransfers(): void {
  const known = transferHandlers.get('throw');
  transferHandlers.set('throw', {
    canHandle: (value: unknown): value is { value: unknown } => known?.canHandle(value) ?? false,
    serialize({ value }: { value: unknown }): [SentError, Transferable[]] {
      const error = value instanceof Error ? value : new Error(String(value));
      const code = error instanceof HyperStyleError ? error.code : null;
      return [{ message: error.message, code, stack: error.stack ?? '' }, []];
    },
    deserialize({ message, code, stack }: SentError): never {
      if (code) throw new HyperStyleError(code, message);
      throw Object.assign(new Error(message), { stack });
    },
  });
  transferHandlers.set('pictures', {
    canHandle: (value: unknown): value is object => picturesIn(value).length > 0,
    serialize: (value: object): [object, Transferable[]] => [value, picturesIn(value)],
    deserialize: (value: object) => value,
  });
}

/** Bitmaps that are `value` or its members. */
function picturesIn(value: unknown): ImageBitmap[] {
  if (value instanceof ImageBitmap) return [value];
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return [];
  return Object.values(value).filter((member) => member instanceof ImageBitmap);
}
