/**
 * What a visitor does with a person and with files of their own: sliders from everywhere, models of one's own, every method
 * to its end. One load serves most of it.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { directionFiles, shippedFolder } from './direction-files.ts';
import { generatorFile } from './generator-file.ts';
import { openSite, type Site, Visitor } from './site.ts';

const GOLDENS = resolve(import.meta.dirname, '../goldens');
const long = { timeout: 900_000 };

const folder = mkdtempSync(join(tmpdir(), 'studio-'));
let site: Site;
let visitor: Visitor;

beforeAll(async () => {
  site = await openSite();
  visitor = await Visitor.at(site, '?steps=1');
  await visitor.status(/^Error/);
  await visitor.slide('#divider', 0);
}, long.timeout);

afterAll(async () => {
  await site?.close();
  rmSync(folder, { recursive: true });
});

/** Moves a slider, waits for another picture, and puts it back. */
async function slides(id: string, on = visitor): Promise<void> {
  const plain = await on.screen('#compare');
  await on.slide(`#${id}`, 3);
  await on.status(/^Edited/);
  await on.stageDiffers(plain, (difference) => difference > 0.3);
  await on.press('#reset');
  await on.status(/^No edits$/);
  await on.stageDiffers(plain, (difference) => difference < 0.3);
}

const golden = (name: string) => ({ name, bytes: readFileSync(join(GOLDENS, name)) });

test(
  'direction files of every kind are dropped, SeFa, GANSpace and scores find more; all survive saving and opening',
  long,
  async () => {
    const files = await directionFiles();
    for (const file of files) {
      await visitor.drop(file);
      await visitor.status(/^New sliders: w/);
    }
    await visitor.drop(files[0]);
    expect(await visitor.notice()).toMatch(/Direction "w_npy" exists already/);
    await visitor.press('#notice .quiet');
    await visitor.press('#sefa');
    await visitor.status(/^New sliders: sefa 0/);
    await visitor.press('#ganspace');
    await visitor.status(/^New sliders: pc 0/);
    for (const score of ['brightness', 'colour']) {
      await visitor.press(`#find-${score}`);
      await visitor.status(new RegExp(`^Found ${score}: tells the samples apart`), long.timeout);
    }
    const found = ['w_npy', 'wplus_pt', 'w_safe', 'sefa-0', 'pc-0', 'found-brightness', 'found-colour'];
    for (const name of found) await slides(`edit-${name}`);
    const sliders = await visitor.download('#save-directions');
    await visitor.press('#tab-save');
    const person = await visitor.download('#save-identity');
    await visitor.press('#tab-edit');

    const next = await Visitor.at(site, '?steps=0');
    await next.status(/^Error/);
    await next.choose('#directions', sliders);
    await next.status(/^New sliders: w npy/);
    await next.press('#tab-save');
    await next.choose('#load-identity', person);
    await next.status(/came from a file/);
    await next.press('#tab-edit');
    for (const name of ['wplus_pt', 'pc-0', 'found-colour']) await slides(`edit-${name}`, next);
    expect(next.complaints).toEqual([]);
    await next.page.close();
  },
);

test('a generator becomes a domain, and what does not fit is refused by name', long, async () => {
  await visitor.press('#tab-model');
  await visitor.choose('#checkpoints', await generatorFile(folder));
  await visitor.status(/^New domain: Redder/);
  await visitor.press('#tab-person');
  const own = await visitor.screen('#compare');
  await visitor.press('input[name=domain][value=redder]');
  await visitor.stageDiffers(own, (difference) => difference > 5);
  await visitor.press('input[name=domain][value=""]');
  await visitor.stageDiffers(own, (difference) => difference < 0.5);
  await visitor.drop(golden('pipeline-faces.w_encoder.pt'));
  expect(await visitor.notice()).toMatch(/drop it together with HyperStyle's checkpoint/);
  await visitor.drop(golden('pipeline-faces.hyperstyle.pt'));
  await expect.poll(() => visitor.notice(), long).toMatch(/drop it together with its W encoder's checkpoint/);
  await visitor.press('#notice .quiet');
});

test('every method is run on the photo to its end', long, async () => {
  await visitor.press('#tab-methods');
  await visitor.slide('#effort', 5);
  await visitor.press('#compare-methods');
  await expect.poll(() => visitor.page.$$eval('.results li:not(.awaited)', (rows) => rows.length), long).toBe(5);
  const rows = await visitor.page.$$eval('.results .muted', (cells) => cells.map((cell) => cell.textContent ?? ''));
  for (const row of rows) expect(row).toMatch(/ s · L2 0\.\d{4}/);
  await visitor.press('#read-moves');
  await visitor.page.waitForSelector('.layer-chart, #layer-chart, figure', long);
});

test('the curious see the plan, and times of the kernels or why there are none', long, async () => {
  await visitor.press('#tab-model');
  await visitor.press('.more summary');
  await visitor.page.waitForSelector('#plan', long);
  await visitor.press('#read-timings');
  await visitor.page.waitForSelector('#timings', long);
  expect(await visitor.text('#timings')).toMatch(/dispatches, [\d.]+ ms by the GPU's clock|no timestamp queries/);
});

test('a pair of checkpoints is converted once, and opened from this machine at the next visit', long, async () => {
  const pair = [golden('pipeline-faces.w_encoder.pt'), golden('pipeline-faces.hyperstyle.pt')];
  await visitor.press('#tab-model');
  await visitor.drop(...pair);
  await expect.poll(() => visitor.text('#model'), long).toMatch(/pipeline-faces\.hyperstyle/);
  expect(visitor.page.url()).toMatch(/model=own%3Apipeline-faces\.hyperstyle-[0-9a-f]{8}/);
  await visitor.page.reload();
  await expect.poll(() => visitor.text('#model').catch(() => ''), long).toMatch(/pipeline-faces\.hyperstyle/);
  await visitor.press('#generate');
  await visitor.status(/^Nobody/);
  await visitor.drop(...pair); // known already: nothing is converted
  await expect.poll(() => visitor.page.$$eval('.kept li', (rows) => rows.length), long).toBe(1);
  await visitor.press('.kept .quiet');
  await expect.poll(() => visitor.page.$$eval('.kept li', (rows) => rows.length), long).toBe(0);
});

test('a model is opened from its files and from an address', long, async () => {
  await visitor.press('#tab-model');
  const folder = shippedFolder();
  const names = readdirSync(folder).filter((name) => /\.(json|safetensors)$/.test(name));
  await visitor.drop(...names.map((name) => ({ name, bytes: readFileSync(join(folder, name)) })));
  await expect.poll(() => visitor.text('#model'), long).toMatch(/clay-portraits/);
  await expect.poll(() => visitor.page.url(), long).not.toContain('model=');
  const at = (await (await fetch(`${site.url}files.json`)).json()).files.find((file: string) =>
    /models\/clay[^/]*\/model\.json$/.test(file),
  );
  await visitor.page.$eval(
    '#model-address',
    (input, address) => {
      (input as HTMLInputElement).value = address;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    },
    new URL(at.replace('model.json', ''), site.url).href,
  );
  await visitor.press('.generate:has(#model-address) button');
  await visitor.page.waitForSelector('.tile img', long);
  expect(visitor.complaints).toEqual([]);
});

test('a direction of smiles is found by the faces in sampled pictures', long, async () => {
  await visitor.press('#tab-edit');
  await visitor.press('.tile:has(img)');
  await visitor.status(/^Error/);
  await visitor.press('#find-smile');
  await visitor.status(/^Found smile: tells the samples apart/, long.timeout);
  await slides('edit-found-smile');
});
