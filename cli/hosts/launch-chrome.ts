/** Starts the headless Chrome that runs jobs and GPU tests. */
import type { Browser } from 'puppeteer-core';
import { chromeFlags, findChrome } from '../../scripts/chrome.mjs';
import { HyperStyleError } from '../../src/errors.ts';

/** A headless Chrome with WebGPU. @throws `device` error when there is no Chrome or it does not start */
export async function launchChrome(): Promise<Browser> {
  const executablePath = findChrome();
  if (!executablePath) {
    throw new HyperStyleError(
      'device',
      'no Chrome found: install Chrome or Chromium, set CHROME_PATH, or use --host dawn',
    );
  }
  // loaded here: hundreds of modules, which other hosts and refused arguments do without
  const { default: puppeteer } = await import('puppeteer-core');
  try {
    // Over a pipe, Chrome ends when this process does, however that happens.
    return await puppeteer.launch({
      executablePath,
      headless: true,
      args: chromeFlags(),
      protocolTimeout: 0,
      pipe: true,
      // signals are the command's, which may have something to save first
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (cause) {
    const why = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0];
    throw new HyperStyleError('device', `Chrome at ${executablePath} does not start: ${why}; try --host dawn`, {
      cause,
    });
  }
}
