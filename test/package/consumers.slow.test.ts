/** The packed package in the hands of others: what is in it, required, imported, typed. Packing builds the library. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const NAME = 'hyperstyle-webgpu';
const folder = mkdtempSync(join(tmpdir(), 'consumer-'));
afterAll(() => rmSync(folder, { recursive: true }));

const node = (...args: readonly string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });

const installed = join(folder, 'node_modules', NAME);
let packed: readonly string[] = [];
let filename = '';

beforeAll(() => {
  const args = ['pack', '--json', '--pack-destination', folder];
  const windows = process.platform === 'win32';
  const { status, stdout } = spawnSync(windows ? 'npm.cmd' : 'npm', args, {
    cwd: ROOT,
    encoding: 'utf8',
    shell: windows,
  });
  expect(status).toBe(0);
  const [made] = JSON.parse(stdout.slice(stdout.indexOf('[\n')));
  filename = made.filename;
  packed = made.files.map(({ path }: { path: string }) => path);
  expect(spawnSync('tar', ['-xzf', filename], { cwd: folder }).status).toBe(0);
  mkdirSync(join(folder, 'node_modules'));
  renameSync(join(folder, 'package'), installed);
}, 600_000);

it('holds the library with its types and source maps, needs no other package, and brings no model', () => {
  const { dependencies, exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  expect(dependencies).toBeUndefined();
  for (const entry of Object.values<{ types: string; default: string } | string>(exports)) {
    if (typeof entry === 'string') continue;
    expect(packed).toEqual(expect.arrayContaining([entry.types.slice(2), entry.default.slice(2)]));
  }
  const code = packed.filter((path) => /^dist\/chunks\/.*\.js$/.test(path) && !/\/(shaders|rolldown)-/.test(path));
  expect(packed).toEqual(expect.arrayContaining(code.map((path) => `${path}.map`)));
  expect(packed.filter((path) => !/^(dist\/|package\.json$|README\.md$|CHANGELOG\.md$|LICENSE$)/.test(path))).toEqual(
    [],
  );
});

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

it('has its model beside it, a package of its own', () => {
  const { stdout } = spawnSync('npm', ['pack', '--json', '--dry-run'], {
    cwd: join(ROOT, 'models'),
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const [{ name, files }] = JSON.parse(stdout);
  expect(name).toBe(`${NAME}-clay`);
  const paths = files.map(({ path }: { path: string }) => path);
  expect(paths).toContain('clay-portraits-128/model.json');
  expect(paths.filter((path: string) => !/^(clay-portraits-128\/|package\.json$|README\.md$)/.test(path))).toEqual([]);
});
