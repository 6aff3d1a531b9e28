/** The examples in a Chrome of their own, with the library as it is built: what is packed runs. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChrome } from '../../cli/hosts/launch-chrome.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
};
const PAGES = readdirSync(join(ROOT, 'examples')).filter((file) => file.endsWith('.html'));

const dist = mkdtempSync(join(tmpdir(), 'dist-'));
let server: Server;
let browser: Browser;

beforeAll(async () => {
  const configFile = join(ROOT, 'vite.config.ts');
  await build({ root: ROOT, configFile, logLevel: 'error', build: { outDir: dist, sourcemap: false } });
  server = createServer(({ url = '/' }, response) => {
    const path = new URL(url, 'http://localhost').pathname;
    const file = path.startsWith('/dist/') ? join(dist, path.slice('/dist/'.length)) : join(ROOT, path);
    try {
      const bytes = readFileSync(file);
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1');
  browser = await launchChrome();
}, 120_000);

afterAll(async () => {
  await browser.close();
  server.close();
  rmSync(dist, { recursive: true });
});

it.each(PAGES)(
  '%s gets ready',
  async (name) => {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/examples/${name}`);
    await page.waitForFunction(() => /^(ready|failed)/.test(document.title), { timeout: 200_000 });
    expect([await page.title(), errors]).toEqual([expect.stringMatching(/^ready/), []]);
    await page.close();
  },
  240_000,
);

it.each(readdirSync(join(ROOT, 'examples')))('%s has fewer than 60 lines', (name) => {
  expect(readFileSync(join(ROOT, 'examples', name), 'utf8').split('\n').length).toBeLessThan(60);
});
