/** Runs a job in a page of headless Chrome. */

import { complain } from '../terminal.ts';
import type { RunningHost } from './host.ts';
import { launchChrome } from './launch-chrome.ts';

/** Starts Chrome on the job served at `base`. */
export async function startChrome(base: string): Promise<RunningHost> {
  const browser = await launchChrome();
  let end: (reason: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  browser.on('disconnected', () => end('Chrome closed or crashed'));
  const page = await browser.newPage();
  page.on('error', (error) => end(`the page crashed (${error.message})`));
  page.on('pageerror', (error) => end(`the page failed: ${error instanceof Error ? error.message : String(error)}`));
  if (process.env.HYPERSTYLE_VERBOSE)
    page.on('console', (message) => complain(...`chrome: ${message.text()}`.split('\n')));
  page
    .goto(`${base}/index.html`, { timeout: 0 })
    .catch((error: Error) => end(`the page did not load: ${error.message}`));
  return { ended, stop: () => browser.close() };
}
