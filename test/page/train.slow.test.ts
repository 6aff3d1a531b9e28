/** The training page of the built site: a hypernetwork learns, is seen learning, stops, goes on, and is saved. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSite, type Site, Visitor } from './site.ts';

/** A step of training takes a CPU adapter a while, and its pipelines longer. */
const PATIENCE = 600_000;
let site: Site;

beforeAll(async () => {
  site = await openSite();
}, PATIENCE);
afterAll(() => site?.close());

test('learns while one watches, stops, and saves its checkpoint', { timeout: PATIENCE }, async () => {
  const visitor = await Visitor.at(site, 'train.html');
  const { page } = visitor;
  const says = (words: string) =>
    page.waitForFunction(
      (wanted: string) => new RegExp(wanted).test(document.querySelector('#status')?.textContent ?? ''),
      { timeout: PATIENCE },
      words,
    );
  await visitor.press('#start');
  await says('^Step 1: error 0\\.\\d+.*y₀ 0\\.\\d+, y₁ 0\\.\\d+');
  expect(await page.$$eval('#pictures li', (items) => items.map((item) => item.children.length))).toEqual([3, 3, 3, 3]);
  await says('^Step [2-9]');
  await visitor.press('#stop');
  await says('^Stopped after step \\d+');
  const path = await visitor.download('#save');
  expect(readFileSync(path).subarray(0, 2).toString()).toBe('PK');
  await says('^Saved: hyperstyle\\.pt');
  expect(visitor.complaints).toEqual([]);
  expect(await page.$$eval('#curve .line', (lines) => lines.length)).toBe(1);
});
