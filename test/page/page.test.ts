/**
 * The built page in a real Chrome, as a visitor meets it: served from a path of its own under a strict policy, it loads the
 * shipped model, inverts a sample, answers edits, mixes, plays, and finds the faces of a photo.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHARD } from '../../demo/site/plugin.ts';
import { directionFiles } from './direction-files.ts';
import { openSite, PATIENCE, type Site, Visitor } from './site.ts';

const SCREENSHOTS = fileURLToPath(new URL('../screenshots/', import.meta.url));
const PHOTO = fileURLToPath(new URL('../faces/photos/two.jpg', import.meta.url));
/** Enough to see errors fall; each takes a CPU adapter a while. */
const STEPS = 2;
const long = { timeout: PATIENCE };

let site: Site;
let visitor: Visitor;

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  site = await openSite();
  visitor = await Visitor.at(site, `?steps=${STEPS}&edits=yaw:-1`);
}, PATIENCE);

afterAll(() => site?.close());

/** A file's first bytes as text. */
const beginning = (path: string): string => readFileSync(path).toString('latin1', 0, 8);

/** Rules that axe finds broken, with what breaks them. */
async function violations(): Promise<string[]> {
  await visitor.page.evaluate(axe.source);
  return visitor.page.evaluate(async () => {
    const { violations: found } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
}

test(
  'inverts a sample, every step with a falling error, and shows the edit that the address asks for',
  long,
  async () => {
    await visitor.status(/^Edited: yaw −1.0$/);
    const errors = await visitor.page.$$eval('#steps .value', (cells) => cells.map((cell) => Number(cell.textContent)));
    expect(errors).toHaveLength(STEPS + 1);
    expect(Math.min(...errors)).toBeGreaterThan(0);
    expect(errors.at(-1)).toBeLessThan(errors[0] ?? 0);
    await visitor.page.screenshot({ path: `${SCREENSHOTS}page.png` });
  },
);

test('an edit changes the picture and the address; Reset takes both back', long, async () => {
  await visitor.slide('#divider', 0);
  const before = await visitor.screen('#compare');
  await visitor.slide('#edit-yaw', 3);
  await visitor.status(/^Edited: yaw \+3/);
  const edited = await visitor.stageDiffers(before, (difference) => difference > 1.5);
  expect(visitor.page.url()).toContain('edits=yaw%3A3');
  await visitor.press('#reset');
  await visitor.status(/^No edits$/);
  await visitor.stageDiffers(edited, (difference) => difference > 1.5);
  expect(visitor.page.url()).not.toContain('edits');
});

test('another domain, no strength and an earlier step are other pictures of the person', long, async () => {
  const before = await visitor.screen('#compare');
  await visitor.press('#tab-person');
  await visitor.press('input[name=domain][value=bronze]');
  await visitor.status(/in bronze/);
  await visitor.stageDiffers(before, (difference) => difference > 1.5);
  await visitor.press('input[name=domain][value=""]');
  await visitor.stageDiffers(before, (difference) => difference < 0.5);
  for (const group of ['coarse', 'medium', 'fine', 'rgb']) await visitor.slide(`#strength-${group}`, 0);
  await visitor.stageDiffers(before, (difference) => difference > 0.5);
  for (const group of ['coarse', 'medium', 'fine', 'rgb']) await visitor.slide(`#strength-${group}`, 1);
  await visitor.slide('#shown-step', 0);
  await visitor.status(/after step 0/);
  await visitor.slide('#shown-step', STEPS);
  await visitor.status(/^No edits$/);
});

test('two people are remembered and mixed, and what was mixed swings until it is stopped', long, async () => {
  await visitor.press('#tab-people');
  await visitor.press('#remember');
  await visitor.page.waitForSelector('.member', { timeout: PATIENCE });
  await visitor.press('.tile:nth-of-type(6)');
  await visitor.status(/^Error/);
  await visitor.press('#remember');
  await visitor.press('#mix');
  await visitor.status(/mix of 2 people/);
  await visitor.press('#animation-play');
  await expect.poll(() => visitor.text('#after-tag'), { timeout: 60_000 }).toBe('Animation');
  await visitor.press('#animation-play');
  await expect.poll(() => visitor.text('#after-tag'), { timeout: 60_000 }).toBe('Mix');
});

test('a picture and a person leave as files; sliders arrive, the person comes back', long, async () => {
  await visitor.press('#tab-save');
  expect(beginning(await visitor.download('#download'))).toMatch(/^.PNG/);
  const person = await visitor.download('#save-identity');
  await visitor.press('#tab-edit');
  await visitor.press('#sefa');
  await visitor.status(/^New sliders: sefa 0/);
  const [npy] = await directionFiles();
  await visitor.drop(npy);
  await visitor.status(/^New sliders: w npy/);
  await visitor.press('#tab-save');
  await visitor.choose('#load-identity', person);
  await visitor.status(/came from a file/);
  const plain = await visitor.screen('#compare');
  await visitor.press('#tab-edit');
  await visitor.slide('#edit-w_npy', 3);
  await visitor.status(/^Edited: w npy/);
  await visitor.stageDiffers(plain, (difference) => difference > 0.3);
});

test('the faces of a photo are found, one is chosen, its square moved by keys and inverted', long, async () => {
  await visitor.choose('#file', PHOTO);
  await visitor.page.waitForSelector('.face-mark', { timeout: PATIENCE });
  expect(await visitor.page.$$eval('.face-mark', (marks) => marks.length)).toBe(2);
  const left = () => visitor.page.$eval('#crop-move', (handle) => (handle as HTMLElement).style.left);
  const before = await left();
  await visitor.page.focus('#crop-move');
  await visitor.page.keyboard.press('ArrowLeft');
  await expect.poll(left).not.toBe(before);
  expect(await violations()).toEqual([]);
  await visitor.press('#invert');
  await visitor.status(/^Error .* s$/);
  await visitor.press('#tab-save');
  expect(await visitor.page.$eval('#paste-back', (button) => (button as HTMLButtonElement).disabled)).toBe(false);
});

test('what is no picture is refused in a sentence, and the page goes on', long, async () => {
  await visitor.choose('#file', fileURLToPath(import.meta.url));
  expect(await visitor.notice()).toMatch(/page\.test\.ts: this page opens pictures, .*; choose one of those\.$/);
  await visitor.press('#notice .quiet');
});

test('no panel breaks a rule of accessibility, in either colour scheme or on a phone', long, async () => {
  const found: string[] = [];
  for (const scheme of ['light', 'dark']) {
    await visitor.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    for (const tab of ['edit', 'person', 'people', 'methods', 'save', 'model']) {
      await visitor.press(`#tab-${tab}`);
      found.push(...(await violations()));
    }
  }
  await visitor.page.setViewport({ width: 390, height: 844 });
  found.push(...(await violations()));
  expect([...new Set(found)]).toEqual([]);
  expect(await visitor.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test('all that the page is made of is on the list of files to keep for a visit without network', async () => {
  const { files } = await (await fetch(`${site.url}files.json`)).json();
  expect(files).toEqual(
    expect.arrayContaining(['index.html', 'site.webmanifest', 'models/clay-portraits-128/model.json']),
  );
  const loaded = await visitor.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  const own = loaded.filter((url) => url.startsWith(site.url)).map((url) => url.slice(site.url.length));
  const isApart = (name: string): boolean => name === 'sw.js' || name === 'files.json' || SHARD.test(name);
  expect(own.filter((name) => !files.includes(name) && !isApart(name))).toEqual([]);
  expect(files.filter((name: string) => SHARD.test(name))).toEqual([]); // kept by the library: not twice
});

test('nothing went wrong behind the scenes, and nothing broke the policy', () => {
  expect(visitor.complaints).toEqual([]);
});
