/** The examples in a Chrome, a Node and a Deno, with the library as it is built: what is packed runs. */
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'puppeteer-core';
import sharp from 'sharp';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { swiftShader } from '../../cli/hosts/dawn.ts';
import { denoBinary } from '../../cli/hosts/deno.ts';
import { launchChrome } from '../../cli/hosts/launch-chrome.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const EXAMPLES = join(ROOT, 'examples');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
};
const FILES = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((file) => extname(file) !== '');
/** Those that a bundler serves. */
const APPS = readdirSync(EXAMPLES, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));
const PAGES = [...readdirSync(EXAMPLES).filter((file) => file.endsWith('.html')), ...APPS.map((app) => `${app}/`)];

/** A folder as somebody has it who has installed the package: what is served, and where scripts run. */
const home = mkdtempSync(join(tmpdir(), 'examples-'));
const installed = join(home, 'node_modules', 'hyperstyle-webgpu');
const dist = join(installed, 'dist');
let server: Server;
let browser: Browser;

/** Builds an app against the built library. */
async function buildApp(name: string): Promise<void> {
  const alias = { 'hyperstyle-webgpu/worker': join(dist, 'worker.js') };
  await build({
    root: join(EXAMPLES, name),
    configFile: false,
    base: `/examples/${name}/`,
    logLevel: 'error',
    resolve: { alias },
    worker: { format: 'es' },
    build: { outDir: join(home, 'examples', name), emptyOutDir: true },
  });
}

beforeAll(async () => {
  const configFile = join(ROOT, 'vite.config.ts');
  await build({ root: ROOT, configFile, logLevel: 'error', build: { outDir: dist, sourcemap: false } });
  copyFileSync(join(ROOT, 'package.json'), join(installed, 'package.json'));
  for (const name of ['sharp', 'webgpu'])
    symlinkSync(join(ROOT, 'node_modules', name), join(home, 'node_modules', name));
  symlinkSync(join(ROOT, 'models'), join(home, 'models'));
  symlinkSync(dist, join(home, 'dist'));
  mkdirSync(join(home, 'photos'));
  copyFileSync(join(ROOT, 'models/clay-portraits-128/samples/portrait-4.png'), join(home, 'photos', 'me.png'));
  for (const name of readdirSync(EXAMPLES).filter((file) => extname(file) === '.mjs')) {
    copyFileSync(join(EXAMPLES, name), join(home, name));
  }
  await Promise.all(APPS.map(buildApp));
  server = createServer(({ url = '/' }, response) => {
    const path = new URL(url.replace(/\/$/, '/index.html'), 'http://localhost').pathname;
    const places = [home, ROOT].map((folder) => join(folder, path));
    const file = places.find((place) => existsSync(place));
    if (!file) return void response.writeHead(404).end();
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    return void response.writeHead(200, { 'content-type': type }).end(readFileSync(file));
  }).listen(0, '127.0.0.1');
  browser = await launchChrome();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
  rmSync(home, { recursive: true });
});

/** What a visitor does before a page is ready. */
const ACTIONS: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  'checkpoint.html': async (page) => {
    for (const [id, file] of [
      ['encoder', 'w_encoder'],
      ['hyper', 'hyperstyle'],
    ]) {
      const input = await page.waitForSelector(`input#${id}`);
      await (input as Awaited<ReturnType<typeof page.$<'input'>>>)?.uploadFile(
        join(ROOT, `test/goldens/pipeline-faces.${file}.pt`),
      );
      if (id === 'encoder') await page.waitForFunction(() => document.title.startsWith('failed'));
    }
  },
};

it.each(PAGES)(
  '%s gets ready',
  async (name) => {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/examples/${name}`);
    await ACTIONS[name]?.(page);
    const done = name in ACTIONS ? /^ready/ : /^(ready|failed)/;
    const ready = (pattern: string) => new RegExp(pattern).test(document.title);
    await page.waitForFunction(ready, { timeout: 100_000 }, done.source).catch((error) => errors.push(String(error)));
    expect([await page.title(), errors]).toEqual([expect.stringMatching(/^ready/), []]);
    await page.close();
  },
  240_000,
);

const run = promisify(execFile);

it('batch.mjs inverts a folder in Node: two files of one name are two pictures, one that is none stops nobody', async () => {
  writeFileSync(join(home, 'photos', 'bad.png'), 'no picture');
  await sharp(join(home, 'photos', 'me.png')).toFile(join(home, 'photos', 'me.jpg'));
  const env = { ...process.env, ...swiftShader() };
  const { stderr } = await run(process.execPath, ['batch.mjs', 'photos', 'smiling'], { cwd: home, env });
  expect(stderr).toMatch(/photos\/bad\.png: .*use a PNG/);
  expect(readdirSync(join(home, 'smiling')).sort()).toEqual(['me.jpg.png', 'me.png.png']);
  const smiling = readFileSync(join(home, 'smiling', 'me.png.png'));
  expect(smiling.subarray(1, 4).toString()).toBe('PNG');
}, 240_000);

it('deno.mjs inverts a photo in Deno', async () => {
  const args = 'run --quiet --unstable-webgpu --node-modules-dir=manual -A deno.mjs photos/me.png me.png'.split(' ');
  const { stdout } = await run(denoBinary(), args, { cwd: home, env: { ...process.env, DENO_NO_UPDATE_CHECK: '1' } });
  expect(stdout.trim().split('\n')).toHaveLength(3);
  expect(readFileSync(join(home, 'me.png')).subarray(1, 4).toString()).toBe('PNG');
  expect(existsSync(join(home, 'me.png.hyperstyle'))).toBe(true);
}, 240_000);

it.each(FILES)('%s has fewer than 60 lines', (name) => {
  expect(readFileSync(join(EXAMPLES, name), 'utf8').split('\n').length).toBeLessThan(60);
});
