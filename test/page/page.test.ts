/**
 * The demo page in a real Chrome: it loads the shipped model, inverts a sample and answers an edit, and what is on the
 * screen says so. Two screenshots stay in `test/screenshots`.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';
import sharp from 'sharp';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChrome } from '../../cli/hosts/launch-chrome.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCREENSHOTS = fileURLToPath(new URL('../screenshots/', import.meta.url));
/** A CPU adapter needs seconds for what a GPU does at once, and test machines are busy. */
const PATIENCE = 600_000;
/** Enough to see errors fall; each takes a CPU adapter a while. */
const STEPS = 2;

let server: ViteDevServer;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  server = await createServer({ root: ROOT, logLevel: 'error', server: { port: 0, host: '127.0.0.1', hmr: false } });
  await server.listen();
  browser = await launchChrome();
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(error instanceof Error ? error.message : String(error)));
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(`${server.resolvedUrls?.local[0]}demo/?steps=${STEPS}`, { timeout: PATIENCE });
}, PATIENCE);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const textOf = (selector: string): Promise<string> => page.$eval(selector, (element) => element.textContent ?? '');

/** Waits until the status line matches; fails at once, with the page's own words, when the page shows an error. */
async function statusMatches(pattern: string): Promise<string> {
  const found = await page.waitForFunction(
    (wanted: string) => {
      const notice = document.querySelector<HTMLElement>('#notice');
      if (notice && !notice.hidden) return `notice: ${notice.textContent}`;
      const status = document.querySelector('#status')?.textContent ?? '';
      return new RegExp(wanted).test(status) ? status : false;
    },
    { timeout: PATIENCE },
    pattern,
  );
  const text = String(await found.jsonValue());
  expect(text).not.toMatch(/^notice:/);
  return text;
}

/** Levels (0..255) of what Chrome shows of an element, in rows, three a pixel. */
async function screenOf(selector: string): Promise<Uint8Array> {
  const element = await page.$(selector);
  if (!element) throw new Error(`the page has no ${selector}`);
  return sharp(await element.screenshot())
    .removeAlpha()
    .raw()
    .toBuffer();
}

function deviation(levels: Uint8Array): number {
  const mean = levels.reduce((sum, x) => sum + x, 0) / levels.length;
  return Math.sqrt(levels.reduce((sum, x) => sum + (x - mean) ** 2, 0) / levels.length);
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, x, i) => sum + Math.abs(x - (b[i] ?? 0)), 0) / a.length;
}

async function moveSlider(selector: string, value: number): Promise<void> {
  await page.$eval(
    selector,
    (element, amount) => {
      (element as HTMLInputElement).value = String(amount);
      element.dispatchEvent(new Event('input'));
    },
    value,
  );
}

test('inverts a sample: every step drawn, errors falling', { timeout: PATIENCE }, async () => {
  const status = await statusMatches('^Error .* s$');
  const errors = await page.$$eval('#steps .value', (cells) => cells.map((cell) => Number(cell.textContent)));
  expect(errors).toHaveLength(STEPS + 1);
  expect(Math.min(...errors)).toBeGreaterThan(0);
  expect(errors.at(-1)).toBeLessThan(errors[0] ?? 0);
  expect(status).toContain(errors[0]?.toFixed(4));
  for (const cell of [1, STEPS + 1])
    expect(deviation(await screenOf(`#steps li:nth-child(${cell}) canvas`))).toBeGreaterThan(15);
  await page.screenshot({ path: `${SCREENSHOTS}page-inverted.png` });
});

/** Waits until the comparison's difference to `from` satisfies `holds`; the screen may lag behind the status line. */
async function screenDiffers(from: Uint8Array, holds: (difference: number) => boolean): Promise<Uint8Array> {
  let shown = from;
  await expect
    .poll(
      async () => {
        shown = await screenOf('#compare');
        return holds(meanDifference(from, shown));
      },
      { timeout: 60_000, interval: 500 },
    )
    .toBe(true);
  return shown;
}

test('an edit changes the picture and Reset takes it back', { timeout: PATIENCE }, async () => {
  await moveSlider('#divider', 0);
  const before = await screenOf('#compare');
  await moveSlider('#edit-yaw', 3);
  await statusMatches('^Edited: yaw');
  const edited = await screenDiffers(before, (difference) => difference > 1.5);
  await page.screenshot({ path: `${SCREENSHOTS}page-edited.png` });
  await page.click('#reset');
  await statusMatches('no edits$');
  const change = meanDifference(before, edited);
  await screenDiffers(before, (difference) => difference < change / 4);
});

test('an animation plays on the stage until it is stopped', { timeout: PATIENCE }, async () => {
  await page.click('#animation-play');
  await expect.poll(() => textOf('#after-tag'), { timeout: 60_000 }).toBe('Animation');
  expect(await textOf('#animation-play')).toBe('Stop');
  await page.click('#animation-play');
  await expect.poll(() => textOf('#animation-play'), { timeout: 60_000 }).toBe('Play');
});

test('a domain and an earlier step are other pictures of the person', { timeout: PATIENCE }, async () => {
  await statusMatches('no edits$');
  const before = await screenOf('#compare');
  await page.select('#domain', 'bronze');
  await expect.poll(() => textOf('#after-tag'), { timeout: 60_000 }).toBe('Bronze');
  await screenDiffers(before, (difference) => difference > 1.5);
  await page.select('#domain', '');
  await screenDiffers(before, (difference) => difference < 0.1);
  await page.select('#shown-step', '0');
  await screenDiffers(before, (difference) => difference > 0.5);
  await page.select('#shown-step', String(STEPS));
  await screenDiffers(before, (difference) => difference < 0.1);
});

test('strength 0 is the generator as everybody has it', { timeout: PATIENCE }, async () => {
  const before = await screenOf('#compare');
  for (const group of ['coarse', 'medium', 'fine', 'rgb']) await moveSlider(`#strength-${group}`, 0);
  await screenDiffers(before, (difference) => difference > 0.5);
});

test('tunes to the picture until it is stopped; the result is edited, and the inversion is still there', {
  timeout: PATIENCE,
}, async () => {
  const inverted = await page.$$eval('#steps .value', (cells) => Number(cells.at(-1)?.textContent));
  const before = await screenOf('#compare');
  await page.click('#tune');
  await statusMatches('^Tuning, step [1-9]');
  await page.click('#stop-tuning');
  const [, steps, error] =
    /^Tuned in (\d+) steps to an error of ([\d.]+);/.exec(await statusMatches('^Tuned in')) ?? [];
  expect(Number(steps)).toBeGreaterThan(0);
  expect(Number(steps)).toBeLessThan(20);
  expect(Number(error)).toBeLessThan(inverted);
  await moveSlider('#edit-yaw', 3);
  await statusMatches('^Edited: yaw');
  await screenDiffers(before, (difference) => difference > 1.5);
  await page.screenshot({ path: `${SCREENSHOTS}page-tuned.png` });
  await page.click('#tune');
  await statusMatches('^As inverted, no edits$');
  expect(await page.$eval('#strength-fine', (slider) => (slider as HTMLInputElement).valueAsNumber)).toBe(1);
});

test('the divider uncovers the picture that went in', { timeout: PATIENCE }, async () => {
  const after = await screenOf('#compare');
  await moveSlider('#divider', 100);
  expect(meanDifference(after, await screenOf('#compare'))).toBeGreaterThan(1.5);
  expect(await textOf('#before-tag')).toBe('Picture');
});

test('nothing went wrong behind the scenes', () => {
  expect(complaints).toEqual([]);
});
