/** What a page is told when the browser itself forbids a download. Page and browser are the test's own. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { download, downloadSmall } from '../../src/weights/download.ts';
import { expectRefusal } from './support.ts';

afterEach(() => vi.unstubAllGlobals());

/** Puts a page at `page` before servers that answer as `answers` says: to opaque requests, and to those that are read. */
function stubBrowser(page: string, answers: { readonly opaque: boolean; readonly read: (count: number) => boolean }) {
  vi.stubGlobal('location', new URL(page));
  let reads = 0;
  const fetch = vi.fn(async (_: URL, init: RequestInit) => {
    const works = init.mode === 'no-cors' ? answers.opaque : answers.read(++reads);
    if (!works) throw new TypeError('Failed to fetch');
    return new Response(new Uint8Array(8));
  });
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

const MODEL = new URL('https://models.example/m/model.json');

describe('a server of another origin', () => {
  test.each([
    ['a small file', () => downloadSmall(MODEL, { maxBytes: 8 })],
    ['a shard', () => download(MODEL, 8)],
  ])('without CORS headers is named at once, for %s', async (_, load) => {
    const fetch = stubBrowser('https://page.example/demo/', { opaque: true, read: () => false });
    await expectRefusal(load(), /\(CORS\).*"Access-Control-Allow-Origin: https:\/\/page\.example"/);
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  test('that was gone for a moment is asked again', async () => {
    stubBrowser('https://page.example/', { opaque: true, read: (count) => count > 1 });
    expect(await download(MODEL, 8)).toHaveLength(8);
  });

  test('that does not answer at all may lack them, too', async () => {
    stubBrowser('https://page.example/', { opaque: false, read: () => false });
    const loading = downloadSmall(MODEL, { maxBytes: 8, tries: 1 });
    await expectRefusal(loading, /cannot be reached \(Failed to fetch; its server must also let .*CORS/);
  });

  test('over http is nothing for a page over https', async () => {
    stubBrowser('https://page.example/', { opaque: false, read: () => false });
    const loading = downloadSmall(new URL('http://models.example/'), { maxBytes: 8, tries: 1 });
    await expectRefusal(loading, /a page over https may not load over http/);
  });
});

test("the page's own server is never said to lack CORS headers", async () => {
  stubBrowser('https://models.example/', { opaque: true, read: () => false });
  const loading = downloadSmall(MODEL, { maxBytes: 8, tries: 1 });
  await expectRefusal(loading, /cannot be reached \(Failed to fetch\)/);
});
