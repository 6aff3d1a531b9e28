/** Starts the worker, or takes the page's own, and loads a model in it. */
import type { LoadOptions } from '../api/load-model.ts';
import type { Loss } from '../api/recovering.ts';
import { ensure, ensureOptions, ensureSignal, inWords, throwIfAborted } from '../errors.ts';
import { checkModelSource, type ModelSource } from '../weights/model-source.ts';
import type { Port } from './channel.ts';
import { RemoteModel } from './client.ts';
import { Connection } from './connection.ts';

/** Options of {@link loadInWorker}: those of `HyperStyle.load` that can leave the page, which a `device` or `gpu` cannot. */
export interface WorkerOptions extends Omit<LoadOptions, 'device' | 'gpu'> {
  /**
   * The model outlives its GPU, as `loadRecovering` has it: so many attempts in a row (`true`: 3); told of each loss
   * with `onLost`. Default: it ends with its GPU.
   */
  readonly recover?: boolean | number | undefined;
  /** Told of each loss of the GPU when it is known what came of it, where `recover` is on. */
  readonly onLost?: ((loss: Loss) => void) | undefined;
  /**
   * A worker that runs `hyperstyle-webgpu/worker-thread`, or the port of a shared one; default: one is started,
   * and stopped with the model. Several models may live in one worker.
   */
  readonly worker?: Worker | MessagePort | undefined;
}

/** One connection a worker, whoever loads into it. */
const connections = new WeakMap<object, Connection>();

function connect(port: Port): Connection {
  const known = connections.get(port) ?? new Connection(port);
  connections.set(port, known);
  return known;
}

const isPort = (given: unknown): boolean =>
  ['postMessage', 'addEventListener'].every((name) => typeof Object(given)[name] === 'function');

/**
 * Loads a model in a worker; its methods are those of `HyperStyle` that the interface `Model` has.
 * @throws as `HyperStyle.load`; `device` error when the worker cannot be started, is terminated or answers nothing
 */
export async function loadInWorker(source: ModelSource, options: WorkerOptions = {}): Promise<RemoteModel> {
  checkModelSource(source);
  ensureOptions('loadInWorker', options);
  ensureSignal(options.signal);
  throwIfAborted(options.signal);
  const { worker: given, ...load } = options;
  if (given !== undefined) {
    ensure(isPort(given), 'option', () => `worker is ${inWords(given)}, expected a Worker or a MessagePort`);
    return RemoteModel.load(connect(given), source, load);
  }
  ensure(
    typeof Worker === 'function',
    'device',
    'this host has no workers: load the model on this thread, or pass worker',
  );
  const own = new Worker(new URL('./thread.ts', import.meta.url), { type: 'module', name: 'hyperstyle' });
  const connection = connect(own);
  const stop = (): void => {
    connection.end('the worker was stopped: load the model again');
    own.terminate();
  };
  try {
    return await RemoteModel.load(connection, source, load, stop);
  } catch (error) {
    own.terminate();
    throw error;
  }
}
