/** The built site on a plain file server, under a path of its own and a strict policy, and a Chrome that opens it. */
import { createReadStream, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, ConsoleMessage, ElementHandle, Page } from 'puppeteer-core';
import { build } from 'vite';
import { launchChrome } from '../../cli/hosts/launch-chrome.ts';
import { SHARD } from '../../demo/site/plugin.ts';
import { POLICY } from '../../demo/site/policy.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Of this process alone: test files may run at the same time. */
const OUT = join(ROOT, '.build', `site-under-test-${process.pid}`);
/** The site must not care where it lies. */
const PREFIX = '/some/where/';
/** A CPU adapter needs seconds for what a GPU does at once, and test machines are busy. */
export const PATIENCE = 180_000;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};

/** A running site. */
export interface Site {
  readonly url: string;
  readonly browser: Browser;
  /** Whether the server answers; switched off, connections break. */
  online: boolean;
  /** Whether the next shard of weights breaks off in its middle, and the network with it. */
  cutsShard: boolean;
  close(): Promise<void>;
}

/** Builds the site, serves it and starts a Chrome. */
export async function openSite(): Promise<Site> {
  const configFile = join(ROOT, 'vite.site.config.ts');
  // `vitest` sets NODE_ENV to "test", which would build the page as for development
  process.env.NODE_ENV = 'production';
  await build({ configFile, logLevel: 'error', build: { outDir: OUT, emptyOutDir: true } });
  const site = { online: true, cutsShard: false };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (!site.online) return request.socket.destroy();
    const file = path.startsWith(PREFIX) ? join(OUT, path.slice(PREFIX.length) || 'index.html') : null;
    if (!file?.startsWith(OUT) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      return response.writeHead(404).end();
    }
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': POLICY });
    if (site.cutsShard && SHARD.test(file)) {
      site.cutsShard = false;
      site.online = false;
      const half = createReadStream(file, { end: statSync(file).size >> 1 });
      return half.on('end', () => request.socket.destroy()).pipe(response, { end: false });
    }
    return createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const browser = await launchChrome();
  const close = async (): Promise<void> => {
    await browser.close();
    await stop(server);
    rmSync(OUT, { recursive: true });
  };
  return Object.assign(site, { url: `http://127.0.0.1:${port}${PREFIX}`, browser, close });
}

function stop(server: Server): Promise<unknown> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}

/** A page with what it complains about, and helpers that wait as a visitor would. */
export class Visitor {
  readonly page: Page;
  /** Errors of scripts, of the console and of the policy. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(error instanceof Error ? error.message : String(error)));
    page.on('console', (message) => this.#hear(message));
    page.on('response', (answer) => {
      if (answer.status() >= 400) this.complaints.push(`${answer.status()} for ${answer.url()}`);
    });
  }

  /** Opens the site at `search`; in a context of its own nothing is cached yet. */
  static async at(
    site: Site,
    search: string,
    { before = () => {}, context = site.browser.defaultBrowserContext() } = {},
  ): Promise<Visitor> {
    const page = await context.newPage();
    const visitor = new Visitor(page);
    await page.setViewport({ width: 1440, height: 900 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
    await page.evaluateOnNewDocument(before);
    await visitor.go(site.url + search);
    return visitor;
  }

  /** Opens an address. */
  async go(url: string): Promise<void> {
    await this.page.goto(url, { timeout: PATIENCE });
  }

  #hear(message: ConsoleMessage): void {
    if (message.type() === 'error') this.complaints.push(message.text());
  }

  /** Waits until the status line matches; fails at once, with the page's own words, when the page shows an error. */
  async status(pattern: RegExp, timeout = PATIENCE): Promise<string> {
    const found = await this.page.waitForFunction(
      (wanted: string) => {
        const notice = document.querySelector('#notice p');
        if (notice) return `notice: ${notice.textContent}`;
        const status = document.querySelector('#status')?.textContent ?? '';
        return new RegExp(wanted).test(status) ? status : false;
      },
      { timeout },
      pattern.source,
    );
    const text = String(await found.jsonValue());
    if (text.startsWith('notice:')) throw new Error(`the page says ${text}`);
    return text;
  }

  /** What the page says in its card of messages, once it does. */
  async notice(): Promise<string> {
    await this.page.waitForSelector('#notice', { timeout: PATIENCE });
    return this.text('#notice p');
  }

  text(selector: string): Promise<string> {
    return this.page.$eval(selector, (element) => element.textContent ?? '');
  }

  /** Waits until `selector` is there and answers, and presses it. */
  async press(selector: string): Promise<void> {
    await this.page.waitForSelector(`${selector}:not(:disabled)`, { timeout: PATIENCE });
    await this.page.$eval(selector, (element) => (element as HTMLElement).click());
  }

  /** Moves a slider as a visitor does. */
  async slide(selector: string, value: number): Promise<void> {
    await this.page.waitForSelector(`${selector}:not(:disabled)`, { timeout: PATIENCE });
    await this.page.$eval(
      selector,
      (element, amount) => {
        (element as HTMLInputElement).value = String(amount);
        element.dispatchEvent(new Event('input', { bubbles: true }));
      },
      value,
    );
  }

  /** Gives a file to a file input. */
  async choose(selector: string, path: string): Promise<void> {
    await this.page.waitForSelector(`${selector}:not(:disabled)`, { timeout: PATIENCE });
    const input = await this.page.$(`input${selector}`);
    await (input as ElementHandle<HTMLInputElement> | null)?.uploadFile(path);
  }

  /** Drops files on the page. */
  async drop(
    ...files: readonly { readonly name: string; readonly bytes: Uint8Array; readonly type?: string }[]
  ): Promise<void> {
    const sent = files.map(({ name, bytes, type = '' }) => ({
      name,
      type,
      text: Buffer.from(bytes).toString('base64'),
    }));
    await this.page.evaluate(async (all) => {
      const transfer = new DataTransfer();
      for (const { name, type, text } of all) {
        const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type, lastModified: 0 }));
      }
      dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
    }, sent);
  }

  /** Waits until the stage differs from `from` by what `holds` wants; the screen may lag behind the status line. */
  async stageDiffers(from: Uint8Array, holds: (difference: number) => boolean): Promise<Uint8Array> {
    for (const end = Date.now() + PATIENCE; Date.now() < end; await later(500)) {
      const shown = await this.screen('#compare');
      if (holds(meanDifference(from, shown))) return shown;
    }
    throw new Error(`the stage has not changed as it should: ${await this.text('#status').catch(() => 'busy')}`);
  }

  /** Presses what saves a file, and fails with the page's own words when it shows an error. @returns the path of the file */
  async download(selector: string, press = () => this.press(selector)): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'saved-'));
    const browser = await this.page.browser().target().createCDPSession();
    await browser.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
    await press();
    for (const end = Date.now() + PATIENCE; Date.now() < end; await later(100)) {
      const file = readdirSync(folder).find((name) => !name.endsWith('.crdownload'));
      if (file) return join(folder, file);
      const notice = await this.page.$('#notice p');
      if (notice) throw new Error(`the page says notice: ${await this.text('#notice p')}`);
    }
    throw new Error(`${selector} saved no file`);
  }

  /**
   * What each of the main thread's tasks takes during `work`, in milliseconds of its CPU: by the clock on the wall, tasks of a
   * busy machine also wait for everybody else's.
   */
  async tasksDuring(work: () => Promise<unknown>): Promise<number[]> {
    await this.page.tracing.start({ categories: ['toplevel'] });
    await work();
    const { traceEvents: events }: { traceEvents: readonly TraceEvent[] } = JSON.parse(
      Buffer.from((await this.page.tracing.stop()) ?? []).toString(),
    );
    const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
    const isMain = ({ name, args }: TraceEvent): boolean => name === 'thread_name' && args.name === 'CrRendererMain';
    const main = new Set(events.filter(isMain).map(threadOf));
    const tasks = events.filter((event) => event.name === 'ThreadControllerImpl::RunTask' && main.has(threadOf(event)));
    return tasks.map(({ tdur = 0 }) => tdur / 1000).sort((a, b) => b - a);
  }

  /** Levels (0..255) of what Chrome shows of an element, in rows, three a pixel. */
  async screen(selector: string): Promise<Uint8Array> {
    const element = await this.page.$(selector);
    if (!element) throw new Error(`the page has no ${selector}`);
    const { default: sharp } = await import('sharp');
    return sharp(await element.screenshot())
      .removeAlpha()
      .raw()
      .toBuffer();
  }
}

/** An event of Chrome's trace, as much as is read of it. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of CPU. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Mean difference of two screens of one size, 0 to 255. */
export function meanDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return 255;
  return a.reduce((sum, x, i) => sum + Math.abs(x - (b[i] ?? 0)), 0) / a.length;
}
