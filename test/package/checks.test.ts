/** What others' tools say of the packed package: whether every entry and its types are found, however somebody looks for them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'packed-'));
afterAll(() => rmSync(folder, { recursive: true }));
let tarball = '';

const run = (command: string, ...args: readonly string[]) =>
  spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', shell: process.platform === 'win32' });

beforeAll(() => {
  const { status, stdout, stderr } = run('npm', 'pack', '--json', '--pack-destination', folder); // builds
  expect(status, stderr).toBe(0);
  const [made] = JSON.parse(stdout.slice(stdout.indexOf('[\n')));
  tarball = join(folder, made.filename);
}, 300_000);

const tool = (...path: readonly string[]) => join(ROOT, 'node_modules', ...path);

it('publint has nothing to say', () => {
  const { status, stdout } = run(process.execPath, tool('publint', 'src', 'cli.js'), 'run', '--strict', tarball);
  expect(status, stdout).toBe(0);
}, 60_000);

it('types are found by every way in which tools look for modules', () => {
  const attw = tool('@arethetypeswrong', 'cli', 'dist', 'index.js');
  // Node 20.19 and later require modules
  const { status, stdout } = run(process.execPath, attw, tarball, '--ignore-rules', 'cjs-resolves-to-esm');
  expect(status, stdout).toBe(0);
}, 120_000);

/** Parts of the engine that nobody outside is to name. */
const INTERNAL =
  /\b(Runtime|Engine|Recorder|Graph|Tensor|KernelFacts|InversionContext|PictureStore|Connection|Keeper)\b/;

it('types speak of what is public alone: one class can be constructed, no part of the engine is named', () => {
  const dist = join(ROOT, 'dist');
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'));
  const texts = files.map((file) => readFileSync(join(dist, file), 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, ''));
  expect(
    texts
      .join('')
      .match(/^ +constructor\(.*$/gm)
      ?.map((line) => line.trim()),
  ).toEqual(['constructor(code: ErrorCode, message: string, options?: ErrorOptions);']);
  expect(texts.flatMap((text) => INTERNAL.exec(text)?.[0] ?? [])).toEqual([]);
});
