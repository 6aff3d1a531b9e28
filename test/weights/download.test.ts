import { afterEach, describe, expect, test, vi } from 'vitest';
import { retryAfter } from '../../src/weights/connection.ts';
import { download, downloadSmall } from '../../src/weights/download.ts';
import { sendPart, serve, startOf } from './server.ts';
import { expectRefusal } from './support.ts';

const DATA = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) ^ (i >> 7));

afterEach(() => vi.restoreAllMocks());

describe('download', () => {
  test('goes on where the connection broke', async () => {
    const starts: number[] = [];
    const url = await serve((request, response) => {
      starts.push(startOf(request));
      sendPart(request, response, DATA, 120_000);
    });
    let arrived = 0;
    const bytes = await download(url, DATA.length, { onBytes: (count) => (arrived += count) });
    expect(Buffer.compare(bytes, DATA)).toBe(0);
    expect(arrived).toBe(DATA.length);
    expect(starts[0]).toBe(0);
    expect(starts.length).toBeGreaterThan(2);
    for (let i = 1; i < starts.length; i++) expect(starts[i]).toBeGreaterThan(starts[i - 1] ?? 0);
  });

  test('starts again when the server ignores Range, and says so in the progress', async () => {
    let requests = 0;
    const url = await serve((request, response) =>
      sendPart(request, response, DATA, requests++ === 0 ? 100_000 : DATA.length, false),
    );
    let arrived = 0;
    const bytes = await download(url, DATA.length, { onBytes: (count) => (arrived += count) });
    expect(Buffer.compare(bytes, DATA)).toBe(0);
    expect(arrived).toBe(DATA.length);
    expect(requests).toBe(2);
  });

  test('gives up by name when nothing comes any more', async () => {
    const url = await serve((_, response) => response.destroy());
    await expectRefusal(download(url, 100), /broke off 5 times at byte 0 of 100/);
  }, 60_000);

  test.each([
    ['earlier each time', [120_000, 90_000, 60_000, 30_000, 10_000, 5_000, 4_000, 3_000]],
    ['at the same byte', [120_000]],
    ['now here, now there', [50_000, 120_000, 70_000]],
  ])(
    'a server without Range that breaks %s is given up',
    async (_, lengths) => {
      let requests = 0;
      const url = await serve((request, response) => {
        const bytes = lengths[requests++ % lengths.length] ?? 0;
        sendPart(request, response, DATA, bytes, false);
      });
      await expectRefusal(download(url, DATA.length), /broke off 5 times at byte 120000 of 300000/);
      expect(requests).toBeLessThan(9);
    },
    60_000,
  );

  test('a server that sends a byte a connection is given up, too', async () => {
    const url = await serve((request, response) => sendPart(request, response, DATA, 1));
    await expectRefusal(download(url, DATA.length), /broke off/);
  }, 60_000);

  test.each([
    ['by its type', { 'content-type': 'text/html; charset=utf-8' }, 'Sign in, please'],
    ['by its beginning', {}, '\n<!DOCTYPE html><title>App</title>'],
    ['as application/xhtml+xml', { 'content-type': 'application/xhtml+xml' }, '<?xml version="1.0"?>'],
  ])('a web page in place of a file is told %s, at once', async (_, headers, text) => {
    let requests = 0;
    const url = await serve((_, response) => {
      requests++;
      response.writeHead(200, headers).end(text);
    });
    await expectRefusal(download(url, 1000), /a web page \(HTML\) came in its place/);
    await expectRefusal(downloadSmall(url, { maxBytes: 1000 }), /a web page \(HTML\) came in its place/);
    expect(requests).toBe(2);
  });

  test.each([
    ['seconds', () => '1'],
    ['a date', () => new Date(Date.now() + 2000).toUTCString()],
  ])('waits as long as Retry-After says, in %s', async (_, header) => {
    let [requests, began] = [0, 0];
    const url = await serve((request, response) => {
      if (requests++ > 0) return sendPart(request, response, DATA, DATA.length);
      began = performance.now();
      response.writeHead(429, { 'retry-after': header() }).end();
    });
    expect((await download(url, DATA.length)).length).toBe(DATA.length);
    expect(performance.now() - began).toBeGreaterThan(950);
    expect(requests).toBe(2);
  });

  test('does not wait for an hour', async () => {
    const url = await serve((_, response) => response.writeHead(503, { 'retry-after': '3600' }).end());
    await expectRefusal(download(url, 100), /asks to wait 3600 s; load again later/);
    expect(['', 'soon', null].map((header) => retryAfter(header, 0))).toEqual([0, 0, 0]);
  });

  test('a small file is asked for again, asked whether it has changed, and no larger than it may be', async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.headers['cache-control']);
      if (asked.length < 3) return void response.writeHead(503).end();
      response.end('text');
    });
    expect(new TextDecoder().decode(await downloadSmall(url, { maxBytes: 4 }))).toBe('text');
    expect(asked).toEqual(Array(3).fill('max-age=0'));
    await expectRefusal(downloadSmall(url, { maxBytes: 3 }), /has more than 3 bytes/);
  });

  test('an address in a message keeps its query to itself', async () => {
    const url = await serve((_, response) => response.writeHead(403).end());
    url.search = '?key=secret';
    await expectRefusal(download(url, 100), /\/\?…: the server answers 403/);
  });

  test.each([
    ['a missing file', 404, /the server answers 404/],
    ['a forbidden file', 403, /the server answers 403/],
  ])('%s is not asked for twice', async (_, status, message) => {
    let requests = 0;
    const url = await serve((_, response) => {
      requests++;
      response.writeHead(status).end();
    });
    await expectRefusal(download(url, 100), message);
    expect(requests).toBe(1);
  });

  test('a busy server is asked again', async () => {
    let requests = 0;
    const url = await serve((request, response) =>
      requests++ === 0 ? response.writeHead(503).end() : sendPart(request, response, DATA, DATA.length),
    );
    expect((await download(url, DATA.length)).length).toBe(DATA.length);
  });

  test('a file longer or shorter than stated is refused', async () => {
    const url = await serve((request, response) =>
      startOf(request) >= DATA.length ? response.writeHead(416).end() : sendPart(request, response, DATA, DATA.length),
    );
    await expectRefusal(download(url, DATA.length - 1), /is longer than the 299999 bytes/);
    await expectRefusal(download(url, DATA.length + 1), /is shorter than the 300001 bytes/);
  });

  test('a shorter file of a server without Range is told from a broken connection', async () => {
    let requests = 0;
    const url = await serve((_, response) => {
      requests++;
      response.end(DATA);
    });
    await expectRefusal(download(url, DATA.length + 1), /is shorter than the 300001 bytes/);
    expect(requests).toBe(2);
  });

  test('an abort stops within one chunk', async () => {
    const stop = new AbortController();
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': DATA.length });
      response.write(DATA.subarray(0, 1000));
    });
    let arrived = 0;
    const loading = download(url, DATA.length, {
      signal: stop.signal,
      onBytes: (count) => {
        arrived += count;
        stop.abort();
      },
    });
    await expectRefusal(loading, /stopped by the AbortSignal/);
    expect(arrived).toBeLessThanOrEqual(1000);
  });

  test('an error of the caller comes through, and nothing is asked for again', async () => {
    let requests = 0;
    const url = await serve((request, response) => {
      requests++;
      sendPart(request, response, DATA, DATA.length);
    });
    const onBytes = () => {
      throw new RangeError('mine');
    };
    await expect(download(url, DATA.length, { onBytes })).rejects.toThrow(new RangeError('mine'));
    expect(requests).toBe(1);
  });

  test('a silent connection is given up, and the rest fetched by another', async () => {
    const starts: number[] = [];
    const url = await serve((request, response) => {
      starts.push(startOf(request));
      if (starts.length > 1) return sendPart(request, response, DATA, DATA.length);
      response.writeHead(200, { 'content-length': DATA.length }).write(DATA.subarray(0, 1000));
    });
    expect(Buffer.compare(await download(url, DATA.length, { patience: 200 }), DATA)).toBe(0);
    expect(starts).toEqual([0, 1000]);
  });

  test('no limit on silence outlives its connection', async () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    const cleared = vi.spyOn(globalThis, 'clearTimeout');
    const url = await serve((request, response) => sendPart(request, response, DATA, DATA.length));
    await download(url, DATA.length, { patience: 12_345 });
    const limits = set.mock.results.filter((_, i) => set.mock.calls[i]?.[1] === 12_345).map(({ value }) => value);
    expect(limits.length).toBeGreaterThan(1); // one for the answer, one a chunk
    expect(limits.filter((limit) => !cleared.mock.calls.some(([timer]) => timer === limit))).toEqual([]);
  });

  test('a small file that never ends is an error by name, or the abort it was', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 2 }).write('a');
    });
    const small = { maxBytes: 100 };
    const slow = downloadSmall(url, { ...small, patience: 200, tries: 2 });
    await expectRefusal(slow, /cannot be reached \(nothing came for 0.2 s\)/);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    await expectRefusal(downloadSmall(url, { ...small, signal: stop.signal }), /stopped by the AbortSignal/);
  });
});
