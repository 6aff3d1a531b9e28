/** Photos as people have them, hands on the keyboard alone, and visitors in a hurry: they cancel, and do two things at once. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSite, type Site, Visitor } from './site.ts';

const TWO = fileURLToPath(new URL('../faces/photos/two.jpg', import.meta.url));
const long = { timeout: 600_000 };

type Point = readonly [number, number];

let site: Site;
let visitor: Visitor;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'photos-'));
  site = await openSite();
  visitor = await Visitor.at(site, '?steps=1');
  await visitor.status(/^Error/);
}, long.timeout);

afterAll(() => site?.close());

const photo = async (name: string, bytes: Promise<Buffer>): Promise<string> => {
  const path = join(folder, name);
  writeFileSync(path, await bytes);
  return path;
};

const marks = () => visitor.page.$$eval('.face-mark', (all) => all.length);
const shownSize = () =>
  visitor.page.$eval('.crop-frame img', (img) => [
    (img as HTMLImageElement).naturalWidth,
    (img as HTMLImageElement).naturalHeight,
  ]);

test('a photo of 12 megapixels that was taken upright: faces are found, one is inverted', long, async () => {
  const upright = await sharp(TWO).resize(4000, 3000, { fit: 'cover' }).toBuffer();
  const lying = await sharp(upright).rotate(270).toBuffer(); // as phones store it
  const path = await photo('phone.jpg', sharp(lying).withMetadata({ orientation: 6 }).jpeg({ quality: 70 }).toBuffer());
  await visitor.choose('#file', path);
  await expect.poll(marks, long).toBe(2);
  expect(await shownSize()).toEqual([4000, 3000]);
  await visitor.press('#invert');
  await visitor.status(/^Error .* s$/);
});

test('something that is no face is said to be none, and can be inverted all the same', long, async () => {
  const noise = {
    width: 400,
    height: 300,
    channels: 3 as const,
    noise: { type: 'gaussian' as const, mean: 128, sigma: 30 },
  };
  await visitor.choose(
    '#file',
    await photo(
      'sand.png',
      sharp({ create: { ...noise, background: '#888' } })
        .png()
        .toBuffer(),
    ),
  );
  await expect.poll(() => visitor.text('.crop-words').catch(() => ''), long).toMatch(/No face was found here/);
  await visitor.press('#invert');
  await visitor.status(/^Error .* s$/);
});

/** Presses Tab until `selector` has the focus. */
async function tabTo(selector: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    if (await visitor.page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await visitor.page.keyboard.press('Tab');
  }
  throw new Error(`Tab never comes to ${selector}`);
}

test('the keyboard alone goes from a sample to a saved picture', long, async () => {
  await visitor.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await tabTo('.tile:has(img)');
  await visitor.page.keyboard.press('Enter');
  await visitor.page.waitForSelector('#cancel', long); // until then the line below tells of the person before
  await visitor.status(/^Error .* s$/);
  await tabTo('#tab-edit');
  await tabTo('#edit-yaw');
  for (let presses = 0; presses < 10; presses++) await visitor.page.keyboard.press('ArrowRight');
  await visitor.status(/^Edited: yaw \+1\.0/);
  await visitor.page.evaluate(() => document.getElementById('tab-edit')?.focus());
  for (const tab of ['person', 'people', 'methods', 'save']) {
    await visitor.page.keyboard.press('ArrowRight');
    await visitor.page.waitForSelector(`#tab-${tab}:focus[aria-selected=true]`);
  }
  await tabTo('#download');
  const saved = await visitor.download('#download', () => visitor.page.keyboard.press('Enter'));
  expect(readFileSync(saved).toString('latin1', 1, 4)).toBe('PNG');
  await visitor.press('#tab-edit');
  await visitor.press('#reset');
});

/** Starts something, cancels it as soon as its button is there, and expects that to be at once. */
async function cancelled(start: () => Promise<unknown>): Promise<void> {
  await start();
  await visitor.page.waitForSelector('#cancel', long);
  const gone = await visitor.page.evaluate(async () => {
    document.getElementById('cancel')?.click();
    const began = performance.now();
    while (document.getElementById('cancel')) await new Promise(requestAnimationFrame);
    return performance.now() - began;
  });
  expect(gone).toBeLessThan(2000);
}

test('whatever runs is called off at once, and the page goes on', long, async () => {
  await cancelled(() => visitor.press('.tile:has(img)'));
  await visitor.press('.tools .primary');
  await visitor.status(/^Error/);
  await visitor.press('#tab-person');
  await cancelled(() => visitor.press('#tune'));
  await visitor.press('#tab-people');
  await cancelled(() => visitor.press('#animation-gif'));
  await visitor.press('#tab-methods');
  await cancelled(() => visitor.press('#compare-methods'));
  await visitor.press('#tab-edit');
  await cancelled(() => visitor.press('#find-smile'));
  await visitor.slide('#edit-yaw', 1);
  await visitor.status(/^Edited: yaw \+1/);
  await visitor.press('#reset');
  await visitor.status(/^No edits/);
});

test('a second photo during an inversion takes its place; twice cancelled is once', long, async () => {
  await visitor.press('.tile:has(img)');
  await visitor.page.waitForSelector('#cancel', long);
  await visitor.choose('#file', TWO);
  await expect.poll(marks, long).toBe(2);
  expect(await visitor.page.$('#cancel')).toBeNull();
  await visitor.press('#invert');
  await visitor.page.waitForSelector('#cancel', long);
  await visitor.page.evaluate(() => {
    const cancel = document.getElementById('cancel');
    cancel?.click();
    cancel?.click();
  });
  await visitor.press('.tools .primary');
  await visitor.status(/^Error .* s$/);
});

test('a slider that moves while an animation is written waits for its end, and is drawn then', long, async () => {
  await visitor.press('#tab-people');
  const gif = visitor.download('#animation-gif');
  await visitor.page.waitForSelector('#cancel', long);
  await visitor.press('#tab-edit');
  expect(await visitor.page.$eval('#edit-yaw', (slider) => (slider as HTMLInputElement).disabled)).toBe(true);
  expect(readFileSync(await gif).toString('latin1', 0, 6)).toBe('GIF89a');
  await visitor.slide('#edit-yaw', 2);
  await visitor.status(/^Edited: yaw \+2/);
});

test(
  'another model in the middle of an inversion: it is opened, and nothing of the old one comes later',
  long,
  async () => {
    await visitor.press('.tile:has(img)');
    await visitor.page.waitForSelector('#cancel', long);
    await visitor.press('#tab-model');
    await visitor.page.evaluate(() => {
      const shipped = [...document.querySelectorAll('button')].find(
        ({ textContent }) => textContent === 'The one that ships',
      );
      shipped?.click();
    });
    await expect.poll(() => visitor.page.$('#cancel'), long).toBeNull();
    expect(await visitor.page.$('#notice')).toBeNull();
    await visitor.press('.tile:has(img)');
    await visitor.status(/^Error .* s$/);
    expect(visitor.complaints).toEqual([]);
  },
);

/** A finger goes down at a point of an element, given in shares of it, moves by some pixels, and is lifted. */
async function finger(on: Visitor, selector: string, [x, y]: Point, [dx, dy]: Point = [0, 0]): Promise<void> {
  const element = await on.page.waitForSelector(`${selector}:not(:disabled)`, long);
  await element?.scrollIntoView();
  const box = await element?.boundingBox();
  if (!box) throw new Error(`${selector} is not on the screen`);
  const [left, top] = [box.x + x * box.width, box.y + y * box.height];
  await on.page.touchscreen.touchStart(left, top);
  if (dx !== 0 || dy !== 0) {
    for (const share of [0.3, 0.6, 1]) await on.page.touchscreen.touchMove(left + share * dx, top + share * dy);
  }
  await on.page.touchscreen.touchEnd();
}

test('on a phone a photo is cut out, inverted, compared and edited by touch', long, async () => {
  const phone = await Visitor.at(site, 'files.json');
  await phone.page.setViewport({ width: 390, height: 844, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
  phone.complaints.length = 0; // that file has no icon
  await phone.go(`${site.url}?steps=1`);
  await phone.status(/^Error/);
  await phone.choose('#file', TWO);
  await phone.page.waitForSelector('.face-mark', long);
  const left = () => phone.page.$eval('#crop-move', (handle) => (handle as HTMLElement).offsetLeft);
  const before = await left();
  await finger(phone, '#crop-move', [0.5, 0.5], [40, 0]);
  await expect.poll(left).toBeCloseTo(before + 40, -1);
  // a tap that a busy machine stretches beyond half a second is a long press to Chrome, and no click: again then
  const tapped = async () => {
    await finger(phone, '.face-mark', [0.5, 0.5]);
    return left();
  };
  await expect.poll(tapped, { ...long, interval: 1000 }).toBe(before);
  await finger(phone, '#invert', [0.5, 0.5]);
  await phone.status(/^Error .* s$/);
  await finger(phone, '#compare canvas', [0.5, 0.5], [-90, 0]);
  const divider = () => phone.page.$eval('#divider', (input) => (input as HTMLInputElement).valueAsNumber);
  await expect.poll(divider).toBeCloseTo(25, -1);
  await finger(phone, '#edit-yaw', [0.8, 0.5]);
  await phone.status(/^Edited: yaw \+/);
  const { width, top, bottom } = await phone.page.evaluate(() => {
    const { top: from, bottom: to } = document.querySelector('#compare')?.getBoundingClientRect() ?? new DOMRect();
    return { width: document.documentElement.scrollWidth, top: from, bottom: to };
  });
  expect(width).toBe(390);
  expect([top >= 0, bottom < 844]).toEqual([true, true]); // the picture stays in view while sliders move it
  expect(phone.complaints).toEqual([]);
  await phone.page.close();
});

test('a download that fails says so; Try again goes on where it was', long, async () => {
  site.cutsShard = true;
  const context = await site.browser.createBrowserContext();
  const page = await Visitor.at(site, '?steps=0', { context });
  await expect.poll(() => site.online, long).toBe(false);
  try {
    expect(await page.notice()).toMatch(/\.$/);
  } finally {
    site.online = true;
  }
  await page.press('#notice button:not(.quiet)');
  await page.status(/^Error/);
  await context.close();
});

test('a load is called off at once, and begun again', long, async () => {
  const context = await site.browser.createBrowserContext();
  const page = await Visitor.at(site, '?steps=0', { context });
  await page.press('#cancel');
  expect(await page.notice()).toMatch(/you cancelled it/);
  await page.press('#notice button:not(.quiet)');
  await page.status(/^Error/);
  await context.close();
});
