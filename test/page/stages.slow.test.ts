/**
 * Each stage of the page at 1440 and 390 px, by day and by night: nothing is wider than the window, the picture is the largest
 * thing, nothing jumps. `npm run page-pictures` (HYPERSTYLE_DOCS) puts the screenshots together as `docs/page.jpg` and
 * `docs/page-stages.jpg`; they lie in `test/screenshots/` either way.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp, { type OverlayOptions } from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSite, PATIENCE, type Site, Visitor } from './site.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SHOTS = join(ROOT, 'test', 'screenshots');
const PHOTO = fileURLToPath(new URL('../faces/photos/two.jpg', import.meta.url));
const long = { timeout: 900_000 };
const SCHEMES = ['light', 'dark'] as const;
const WINDOWS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;

/** The stages in the order of a visit, as the sheet has them. */
const STAGES = ['edits', 'methods', 'mix', 'faces'] as const;
type Stage = (typeof STAGES)[number];

let site: Site;
let visitor: Visitor;

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  site = await openSite();
  visitor = await Visitor.at(site, '?edits=yaw:-1,hair_color:1.5');
  await visitor.status(/^Edited/);
}, long.timeout);

afterAll(() => site?.close());

const shot = (stage: Stage, width: number, scheme: string): string => join(SHOTS, `${stage}-${width}-${scheme}.png`);

/** Takes the stage in both windows and schemes, and looks at how it is laid out. */
async function taken(stage: Stage): Promise<void> {
  for (const scheme of SCHEMES) {
    await visitor.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    for (const window of WINDOWS) {
      await visitor.page.setViewport({ ...window });
      const layout = await visitor.page.evaluate(() => {
        const area = (element: Element): number => element.clientWidth * element.clientHeight;
        const largest = [...document.querySelectorAll('canvas, img')].sort((a, b) => area(b) - area(a))[0];
        const stage = largest?.closest('.stage') ?? null;
        const cut = [...document.querySelectorAll('button, label, h2')].filter(
          (element) => element.scrollWidth > element.clientWidth + 1 && !element.closest('.strip, .kept'),
        );
        return {
          width: document.documentElement.scrollWidth,
          onStage: stage !== null,
          share: largest ? area(largest) / (innerWidth * innerHeight) : 0,
          cut: cut.map(({ textContent }) => textContent),
        };
      });
      expect(layout, `${stage} at ${window.width} px`).toMatchObject({ width: window.width, onStage: true, cut: [] });
      expect(layout.share).toBeGreaterThan(stage === 'faces' && window.width < 500 ? 0.08 : 0.25);
      await visitor.page.screenshot({ path: shot(stage, window.width, scheme) });
    }
  }
  await visitor.page.setViewport(WINDOWS[0]);
}

test('an edited person', long, () => taken('edits'));

test('errors by step, and the layers that moved', long, async () => {
  await visitor.press('#tab-methods');
  await visitor.press('#read-moves');
  await visitor.page.waitForSelector('.layer-chart', { timeout: PATIENCE });
  await taken('methods');
});

test('a mix of two people', long, async () => {
  await visitor.press('#tab-people');
  await visitor.press('#remember');
  await visitor.page.waitForSelector('.member', { timeout: PATIENCE });
  await visitor.press('.tile:nth-of-type(6)');
  await visitor.status(/^Error/);
  await visitor.press('#remember');
  await visitor.press('#mix');
  await visitor.status(/mix of 2 people/);
  await taken('mix');
});

test('the faces of a photo', long, async () => {
  await visitor.press('#tab-edit');
  await visitor.choose('#file', PHOTO);
  await visitor.page.waitForSelector('.face-mark', { timeout: PATIENCE });
  await taken('faces');
});

test.runIf(process.env.HYPERSTYLE_DOCS)('are put together for the README', long, async () => {
  const small = 0.278;
  const [gap, column] = [8, Math.round(1440 * small)];
  const [phone, height] = [Math.round(390 * (900 / 844) * small), Math.round(900 * small)];
  const cells: OverlayOptions[] = [];
  let [row, x] = [0, 0];
  for (const scheme of SCHEMES) {
    for (const [n, stage] of STAGES.entries()) {
      const wide = await sharp(shot(stage, 1440, scheme))
        .resize(column, height)
        .toBuffer();
      const tall = await sharp(shot(stage, 390, scheme))
        .resize(phone, height)
        .toBuffer();
      cells.push({ input: wide, left: x, top: row }, { input: tall, left: x + column + gap, top: row });
      x = n % 2 === 0 ? x + column + phone + 2 * gap : 0;
      if (n % 2 === 1) row += height + gap;
    }
  }
  const size = { width: 2 * (column + phone) + 3 * gap, height: row - gap };
  const sheet = sharp({ create: { ...size, channels: 3, background: '#8a8580' } }).composite(cells);
  await sheet.jpeg({ quality: 60, mozjpeg: true }).toFile(join(ROOT, 'docs', 'page-stages.jpg'));
  await sharp(shot('edits', 1440, 'light'))
    .resize(960)
    .jpeg({ quality: 80, mozjpeg: true })
    .toFile(join(ROOT, 'docs', 'page.jpg'));
});
