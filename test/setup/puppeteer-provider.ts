/** Lets vitest's browser mode open its pages in a headless Chrome through puppeteer. */
import { defineBrowserProvider } from '@vitest/browser';
import type { Browser, Page } from 'puppeteer-core';
import type { BrowserProvider, TestProject } from 'vitest/node';
import { launchChrome } from '../../cli/hosts/launch-chrome.ts';

/** One Chrome a run, one page a session; test files run one after another, because they share the GPU. */
class PuppeteerProvider implements BrowserProvider {
  readonly name = 'puppeteer';
  readonly supportsParallelism = false;
  readonly #project: TestProject;
  readonly #pages = new Map<string, Page>();
  #browser: Promise<Browser> | undefined;

  constructor(project: TestProject) {
    this.#project = project;
  }

  /** Nothing of the page is handed to browser commands. */
  getCommandsContext(): Record<string, unknown> {
    return {};
  }

  /** Opens the session's page, whose script then connects back to vitest. */
  async openPage(sessionId: string, url: string): Promise<void> {
    this.#browser ??= launchChrome();
    const page = await (await this.#browser).newPage();
    page.on('error', (error) => this.#project.vitest.logger.error(`the test page crashed: ${error.message}`));
    this.#pages.set(sessionId, page);
    await page.goto(url, { timeout: 0 });
  }

  /** Closes Chrome; nothing of a run outlives it. */
  async close(): Promise<void> {
    this.#pages.clear();
    const browser = await this.#browser?.catch(() => undefined);
    this.#browser = undefined;
    await browser?.close();
  }
}

/** The provider for `test.browser.provider`. */
export const puppeteerProvider = defineBrowserProvider({
  name: 'puppeteer',
  supportedBrowser: ['chrome'],
  providerFactory: (project) => new PuppeteerProvider(project),
});
