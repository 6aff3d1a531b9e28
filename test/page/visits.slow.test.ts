/**
 * Visits that do not go smoothly: no network, half a network, a GPU that goes away, a browser without workers or
 * without WebGPU.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { generatorFile } from './generator-file.ts';
import { openSite, PATIENCE, type Site, Visitor } from './site.ts';

const long = { timeout: 600_000 };
const SEARCH = '?steps=1';
/** What is seen when a test fails. */
const SCREENSHOTS = resolve(import.meta.dirname, '../screenshots');
/** Longest task of the main thread in milliseconds: beyond it, people see a page stutter. */
const LONGEST = 50;

const folder = mkdtempSync(join(tmpdir(), 'visits-'));
let site: Site;

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  site = await openSite();
}, PATIENCE);

afterAll(async () => {
  await site?.close();
  rmSync(folder, { recursive: true });
});

afterEach(async ({ task }) => {
  site.online = true;
  for (const page of await site.browser.pages()) {
    if (!page.url().startsWith(site.url)) continue;
    if (task.result?.state === 'fail') await page.screenshot({ path: join(SCREENSHOTS, `failed-${Date.now()}.png`) });
    await page.close();
  }
});

test('half a download is gone on with when the network is back', long, async () => {
  site.cutsShard = true;
  const visitor = await Visitor.at(site, SEARCH);
  await expect.poll(() => site.online, long).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  site.online = true;
  const again = visitor.page
    .waitForSelector('#notice button', long)
    .then((button) => button?.evaluate((element) => (element as HTMLElement).click()))
    .catch(() => undefined);
  await visitor.page.waitForSelector('#divider', long);
  await visitor.page.close();
  await again;
});

test('the second visit needs no network', long, async () => {
  const visitor = await Visitor.at(site, SEARCH);
  await visitor.status(/^Error/);
  await visitor.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  site.online = false;
  try {
    await visitor.page.reload({ timeout: PATIENCE });
    await visitor.status(/^Error/);
    expect(visitor.complaints).toEqual([]);
  } finally {
    site.online = true;
    await visitor.page.close();
  }
});

test('loading, inverting, a new portrait and sixty moves of a slider leave the page free', long, async () => {
  const visitor = await Visitor.at(site, 'files.json'); // of the same process, so that the trace has all of the load
  const loading = await visitor.tasksDuring(async () => {
    await visitor.go(site.url + SEARCH);
    await visitor.status(/^Error/);
  });
  const moving = await visitor.tasksDuring(async () => {
    for (let move = 0; move < 60; move++) await visitor.slide('#edit-yaw', (move % 30) / 10 - 1.5);
    await visitor.status(/^Edited: yaw \+1.4/);
  });
  const rendering = await visitor.tasksDuring(async () => {
    await visitor.press('#random');
    await visitor.page.waitForSelector('#cancel', long);
    await visitor.status(/^Error/);
  });
  await visitor.page.close();
  const longest = Object.entries({ loading, moving, rendering }).map(
    ([name, tasks]) => `${name} ${tasks.slice(0, 3).map((ms) => ms.toFixed(0))} ms of ${tasks.length}`,
  );
  console.log(`the main thread's longest tasks: ${longest.join('; ')}`);
  expect(Math.min(loading.length, moving.length, rendering.length)).toBeGreaterThan(60); // they were seen
  expect(Math.max(...loading, ...moving, ...rendering)).toBeLessThan(LONGEST);
});

test(
  'a lost GPU comes back with the person, their edits, and the slider and domain that were added',
  long,
  async () => {
    const visitor = await Visitor.at(site, `${SEARCH}&edits=yaw:1@0-4`);
    await visitor.status(/^Edited: yaw \+1.0/);
    await visitor.slide('#divider', 0);
    await visitor.press('#sefa');
    await visitor.status(/^New sliders: sefa 0/);
    await visitor.slide('#edit-sefa-0', 1);
    await visitor.press('#tab-model');
    await visitor.choose('#checkpoints', await generatorFile(folder));
    await visitor.status(/^New domain: Redder/);
    await visitor.press('#tab-person');
    await visitor.press('input[name=domain][value=redder]');
    const status = /^Edited: yaw \+1.0 \(layers 0–3\), sefa 0 \+1.0 · in redder$/;
    await visitor.status(status);
    const before = await visitor.screen('#compare');
    // by protocol: Chrome's address for it, chrome://gpucrash, no longer does anything
    await (await site.browser.target().createCDPSession()).send('Browser.crashGpuProcess');
    await expect.poll(() => visitor.notice(), long).toMatch(/is back/);
    await visitor.press('#notice .quiet');
    await visitor.status(status);
    await visitor.stageDiffers(before, (difference) => difference < 0.5);
    // canvases that a GPU held are emptied, too: not here, where the CPU holds them
    await visitor.page.$$eval('canvas', (all) => {
      for (const canvas of all) {
        canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
        canvas.dispatchEvent(new Event('contextrestored'));
      }
    });
    await visitor.stageDiffers(before, (difference) => difference < 0.5);
    await visitor.press('input[name=domain][value=""]');
    await visitor.stageDiffers(before, (difference) => difference > 5);
    await visitor.press('#tab-edit');
    await visitor.slide('#edit-yaw', -1);
    await visitor.status(/^Edited: sefa 0 \+1\.0, yaw −1\.0/);
    await visitor.page.close();
  },
);

test('without workers the page computes by itself', long, async () => {
  const visitor = await Visitor.at(site, SEARCH, { before: () => void Reflect.deleteProperty(globalThis, 'Worker') });
  await visitor.status(/^Error/);
  await visitor.page.close();
});

test('without WebGPU the page says who has it, and shows a recorded result', long, async () => {
  const visitor = await Visitor.at(site, SEARCH, {
    before: () => {
      Reflect.deleteProperty(globalThis, 'Worker');
      Reflect.deleteProperty(Navigator.prototype, 'gpu');
    },
  });
  await visitor.page.waitForSelector('.unavailable img', long);
  expect(await visitor.text('.unavailable')).toMatch(/Chrome and Edge from 113/);
  expect(visitor.complaints).toEqual([]);
  await visitor.page.close();
});

test('the camera takes a picture, in which no face is no dead end', long, async () => {
  const visitor = await Visitor.at(site, SEARCH, {
    before: () => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: 320, height: 240 });
      const context = canvas.getContext('2d');
      let frame = 0;
      // a canvas that nobody paints sends no frames
      setInterval(() => context?.fillRect(0, 0, 90 + (frame++ % 2), 90), 100);
      navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(5);
    },
  });
  await visitor.status(/^Error/);
  await visitor.press('#camera');
  await visitor.press('#take');
  await expect.poll(() => visitor.text('.crop-words'), long).toMatch(/No face was found here/);
  await visitor.press('#invert');
  await visitor.status(/^Error/);
  await visitor.page.close();
});
