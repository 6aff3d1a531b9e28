/** The built package in the hands of others: required, imported, typed. Builds the library first. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const NAME = 'hyperstyle-webgpu';
const folder = mkdtempSync(join(tmpdir(), 'consumer-'));
afterAll(() => rmSync(folder, { recursive: true }));

const node = (...args: readonly string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });

beforeAll(() => {
  expect(node(join(ROOT, 'scripts', 'run.mjs'), 'build').status).toBe(0);
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules', NAME));
}, 300_000);

it('is required, its package.json too', () => {
  const code = `const { HyperStyle } = require('${NAME}'); console.log(typeof HyperStyle.load, require('${NAME}/package.json').name)`;
  expect(node('--input-type=commonjs', '-e', code).stdout.trim()).toBe(`function ${NAME}`);
});

it('is imported, and says in one line what Node lacks', () => {
  const code = `import { HyperStyle } from '${NAME}'; await HyperStyle.load('http://127.0.0.1:9/', { gpu: {} }).catch((e) => console.log(e.name, e.code))`;
  const { stdout, stderr } = node('--input-type=module', '-e', code);
  expect([stdout.trim().split('\n'), stderr]).toEqual([['HyperStyleError network'], '']);
}, 60_000);

it('compiles with the DOM types of the installed TypeScript and nothing beside them', () => {
  const page = `import { HyperStyle } from '${NAME}';
const hs: HyperStyle = await HyperStyle.load('/m/', { cacheBudget: 2 ** 30 });
const inversion = await hs.invert(new ImageData(8, 8));
inversion.draw(document.createElement('canvas'));
export { hs };`;
  writeFileSync(join(folder, 'page.ts'), page);
  const options =
    '--noEmit --strict --target es2022 --lib es2022,dom,dom.iterable --module esnext --moduleResolution bundler';
  mkdirSync(join(folder, 'types'));
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  expect(node(tsc, ...options.split(' '), '--typeRoots', 'types', 'page.ts').stdout).toBe('');
}, 120_000);
