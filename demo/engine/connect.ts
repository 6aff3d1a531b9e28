/** The page's way to an engine: in a worker where that has WebGPU and canvases, else on the page itself behind the same calls. */
import { expose } from 'comlink';
import { engineAt, prepareTransfers, type RemoteEngine } from './remote.ts';

/** An engine and where it runs. */
export interface Connection {
  readonly engine: RemoteEngine;
  readonly where: 'worker' | 'page';
}

/** Milliseconds a worker has to say whether it has WebGPU. */
const PATIENCE = 20_000;

/** Starts an engine. */
export async function connect(): Promise<Connection> {
  prepareTransfers();
  if (typeof Worker !== 'undefined' && typeof OffscreenCanvas !== 'undefined') {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'engine' });
    const engine = engineAt(worker);
    if (await answers(engine, worker)) return { engine, where: 'worker' };
    worker.terminate();
  }
  return { engine: await onPage(), where: 'page' };
}

/** Whether the worker is up and has WebGPU. */
async function answers(engine: RemoteEngine, worker: Worker): Promise<boolean> {
  const broken = new Promise<false>((resolve) => {
    worker.addEventListener('error', () => resolve(false));
    setTimeout(resolve, PATIENCE, false);
  });
  return Promise.race([engine.available(), broken]);
}

async function onPage(): Promise<RemoteEngine> {
  const { Engine } = await import('./engine.ts');
  const { port1, port2 } = new MessageChannel();
  expose(new Engine(), port1);
  return engineAt(port2);
}
