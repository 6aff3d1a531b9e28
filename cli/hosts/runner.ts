/** The inner side of a job, the same in all three hosts: finds an adapter, runs the job, reports how it ended. */
import { ensure, HyperStyleError } from '../../src/errors.ts';
import { ADAPTER_REQUEST } from '../../src/runtime/device.ts';
import { writeEvent } from '../event-json.ts';
import { type JobContext, type JobFailure, type JobModule, REFUSED, type Refusal } from '../job.ts';

const JOBS = import.meta.glob<JobModule>('../jobs/*.ts');

/** What {@link runInHost} needs to know of its host. */
export interface HostSide {
  /** The command's loopback server, without a trailing slash. */
  readonly base: string;
  readonly gpu: GPU | undefined;
  /** What to do when there is no adapter. */
  readonly repair: string;
}

async function post(base: string, path: string, body: BodyInit): Promise<void> {
  const response = await fetch(`${base}/${path}`, { method: 'POST', body });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the command refused ${path}: ${response.status}`);
}

async function findAdapter({ gpu, repair }: HostSide): Promise<{ gpu: GPU; adapter: string }> {
  const found = await gpu?.requestAdapter(ADAPTER_REQUEST);
  ensure(gpu && found, 'device', () => `there is no WebGPU adapter here: ${repair}`);
  const { vendor, architecture, device, description } = found.info;
  const words = [vendor, architecture, device, description].filter((word) => /[a-z]/i.test(word)); // wgpu gives ids too
  const names = [...new Set(words)];
  const fallback = 'isFallbackAdapter' in found.info && found.info.isFallbackAdapter ? ' (fallback)' : '';
  return { gpu, adapter: (names.join(' ') || 'unnamed adapter') + fallback };
}

function makeContext(base: string, gpu: GPU, adapter: string, params: unknown): JobContext {
  let sending: Promise<void> = Promise.resolve();
  const inOrder = (path: string, body: BodyInit): Promise<void> => {
    sending = sending.then(() => post(base, path, body));
    return sending;
  };
  const url = (path: string): string => `${base}/files/${path.split('/').map(encodeURIComponent).join('/')}`;
  return {
    gpu,
    params,
    adapter,
    url,
    async get(path) {
      const response = await fetch(url(path));
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (response.status === REFUSED) {
        const { code, message }: Refusal = JSON.parse(new TextDecoder().decode(bytes));
        throw new HyperStyleError(code, message);
      }
      ensure(response.ok, 'file', () => `${path}: ${new TextDecoder().decode(bytes)}`);
      return bytes;
    },
    emit: (event) => inOrder('event', writeEvent(event)),
    save: (name, bytes) => inOrder(`save/${encodeURIComponent(name)}`, new Blob([new Uint8Array(bytes)])),
  };
}

function describe(error: unknown): JobFailure {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { code: error instanceof HyperStyleError ? error.code : null, message, stack: stack ?? message };
}

/** Runs the job that the command at `side.base` asks for; reports success or failure there and never throws. */
export async function runInHost(side: HostSide): Promise<void> {
  const { base } = side;
  try {
    const { job, params } = await (await fetch(`${base}/job.json`)).json();
    const { gpu, adapter } = await findAdapter(side);
    await post(base, 'adapter', adapter);
    const load = JOBS[`../jobs/${job}.ts`];
    ensure(load, 'option', () => `there is no job "${job}"`);
    const { run } = await load();
    const context = makeContext(base, gpu, adapter, params);
    await run(context);
    await context.emit(null); // everything sent before it has arrived
    await post(base, 'done', '');
  } catch (error) {
    await post(base, 'failed', JSON.stringify(describe(error))).catch(() => undefined); // the command has gone
  }
}
