/** Runs a job (`job.ts`) in one of the WebGPU hosts and waits for its end. */
import { HyperStyleError } from '../src/errors.ts';
import { startChrome } from './hosts/chrome.ts';
import { startDawn } from './hosts/dawn.ts';
import { startDeno } from './hosts/deno.ts';
import type { RunningHost, StartHost } from './hosts/host.ts';
import type { HostName } from './job.ts';
import { type JobRequest, JobServer } from './job-server.ts';
import { ROOT } from './paths.ts';
import { setUp } from './set-up.ts';

const START: Readonly<Record<HostName, StartHost>> = { chrome: startChrome, dawn: startDawn, deno: startDeno };
const STALL_SECONDS = 600;
/** A job's last report may still be on its way when its process has ended. */
const GRACE_MS = 500;

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Rejects when the job shows no sign of life for too long; stops looking when `over` says so. */
async function watch(server: JobServer, request: JobRequest, over: () => boolean): Promise<void> {
  const limit = request.stallSeconds ?? STALL_SECONDS;
  while (!over()) {
    await later(1000);
    if (performance.now() - server.lastSign < limit * 1000 || over()) continue;
    throw new HyperStyleError(
      'device',
      `job "${request.job}" gave no sign of life for ${limit} s and was stopped: the GPU hangs or is too slow; try a smaller model or another --host`,
    );
  }
}

async function untilEnd(name: HostName, running: RunningHost, job: string): Promise<void> {
  const reason = await running.ended;
  await later(GRACE_MS);
  throw new HyperStyleError(
    'device',
    `host "${name}" ended before job "${job}" was done: ${reason}; try another --host`,
  );
}

/**
 * Runs a job to its end.
 * @throws what the job or a listener threw; `device` error when the host cannot start, crashes or hangs
 */
export async function runJob(host: HostName, request: JobRequest): Promise<void> {
  await setUp('device', (script) => script.ensureHost(ROOT, host));
  const server = new JobServer(request);
  let running: RunningHost | undefined;
  let over = false;
  try {
    running = await START[host](await server.listen());
    await Promise.race([server.outcome, untilEnd(host, running, request.job), watch(server, request, () => over)]);
  } finally {
    over = true;
    await running?.stop().catch(() => undefined); // it may have ended by itself
    server.close();
  }
}
