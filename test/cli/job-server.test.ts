import { get } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { REFUSED } from '../../cli/job.ts';
import { type JobRequest, JobServer } from '../../cli/job-server.ts';
import { HyperStyleError } from '../../src/errors.ts';

const servers: JobServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A listening server and a client that talks to it as a job does. */
async function serve(request: JobRequest) {
  const server = new JobServer(request);
  servers.push(server);
  const base = await server.listen();
  const post = (path: string, body: string | Uint8Array<ArrayBuffer> = '') =>
    fetch(`${base}/${path}`, { method: 'POST', body });
  return { server, base, post };
}

describe('JobServer', () => {
  it('tells the job what to do and isolates the page', async () => {
    const { base } = await serve({ job: 'invert', params: { steps: 5 } });
    expect(await (await fetch(`${base}/job.json`)).json()).toEqual({ job: 'invert', params: { steps: 5 } });
    const page = await fetch(`${base}/index.html`);
    expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(page.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  });

  it('answers nobody who does not know its word', async () => {
    const { base } = await serve({ job: 'invert' });
    const strange = new URL(base);
    expect((await fetch(`${strange.origin}/job.json`)).status).toBe(404);
    expect((await fetch(`${strange.origin}/0000/job.json`)).status).toBe(404);
  });

  it.each(['/%', '/%E0%A4%A', '/%ff/index.html', '//', 'http://[', '/\\%2'])(
    'answers a stranger who asks for %s with 400 or 404, and the job goes on',
    async (path) => {
      const { server, base, post } = await serve({ job: 'invert' });
      const { port } = new URL(base);
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const request = get({ port, host: '127.0.0.1', path }, ({ statusCode }) => resolve(statusCode));
        request.on('error', reject);
      });
      expect([400, 404]).toContain(status);
      expect((await fetch(`${base}/files/%`)).status).toBe(400);
      await post('done');
      await server.outcome;
    },
  );

  it('goes on when a stranger speaks no HTTP, or hangs up half-way', async () => {
    const { server, base, post } = await serve({ job: 'invert' });
    for (const words of ['\0\0 nonsense\r\n\r\n', 'POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf']) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(new URL(base).port), '127.0.0.1', () => socket.end(words));
        socket.resume().on('close', () => resolve());
      });
    }
    await post('done');
    await server.outcome;
  });

  it('serves mounted bytes and folders, whole and in ranges, and nothing beside them', async () => {
    const mounts = { bytes: Uint8Array.of(1, 2, 3, 4), setup: `${import.meta.dirname}/../setup` };
    const { base } = await serve({ job: 'invert', mounts });
    const part = await fetch(`${base}/files/bytes`, { headers: { range: 'bytes=1-2' } });
    expect([part.status, ...new Uint8Array(await part.arrayBuffer())]).toEqual([206, 2, 3]);
    expect((await fetch(`${base}/files/setup/gpu.ts`)).status).toBe(200);
    expect((await fetch(`${base}/files/setup/..%2Ftolerances.ts`)).status).toBe(404);
    expect((await fetch(`${base}/files/other/x`)).status).toBe(404);
  });

  it('makes a mount when it is asked for, and hands on why it cannot', async () => {
    const make = vi.fn(async () => Uint8Array.of(1));
    const refuse = () => Promise.reject(new HyperStyleError('image', 'a.png: cannot be decoded'));
    const { server, base, post } = await serve({ job: 'invert', mounts: { make, refuse } });
    expect(make).not.toHaveBeenCalled();
    expect(new Uint8Array(await (await fetch(`${base}/files/make`)).arrayBuffer())).toEqual(Uint8Array.of(1));
    const refused = await fetch(`${base}/files/refuse`);
    expect(refused.status).toBe(REFUSED);
    expect(await refused.json()).toEqual({ code: 'image', message: 'a.png: cannot be decoded' });
    await post('done');
    await server.outcome;
  });

  it('hands events and files over in order, then ends', async () => {
    const seen: unknown[] = [];
    const { server, post } = await serve({
      job: 'invert',
      onEvent: (event) => void seen.push(event),
      onFile: (name, bytes) => void seen.push([name, ...bytes]),
    });
    await post('event', JSON.stringify({ step: 0 }));
    await post('save/0%2Fy0', Uint8Array.of(7, 8));
    await post('event', JSON.stringify({ step: 1 }));
    await post('done');
    await server.outcome;
    expect(seen).toEqual([{ step: 0 }, ['0/y0', 7, 8], { step: 1 }]);
  });

  it('fails with the error that the job named', async () => {
    const { server, post } = await serve({ job: 'invert' });
    await post('failed', JSON.stringify({ code: 'image', message: 'a.png: cannot be decoded', stack: '' }));
    await expect(server.outcome).rejects.toThrowError(new HyperStyleError('image', 'a.png: cannot be decoded'));
    await expect(server.outcome).rejects.toBeInstanceOf(HyperStyleError);
  });

  it('keeps the stack of an unexpected error', async () => {
    const { server, post } = await serve({ job: 'invert' });
    await post('failed', JSON.stringify({ code: null, message: 'x is undefined', stack: 'at job.js:1' }));
    const error = await server.outcome.catch((caught: unknown) => caught);
    expect(error).not.toBeInstanceOf(HyperStyleError);
    expect((error as Error).stack).toBe('at job.js:1');
  });

  it('fails with what a listener throws', async () => {
    const { server, post } = await serve({
      job: 'invert',
      onFile: () => {
        throw new HyperStyleError('file', 'the disk is full');
      },
    });
    await post('save/a', Uint8Array.of(1)).catch(() => undefined); // the connection breaks, by design
    await expect(server.outcome).rejects.toThrow('the disk is full');
  });
});
