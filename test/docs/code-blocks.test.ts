/**
 * Every block of TypeScript or JavaScript in README and docs, and the examples that bundlers compile, against the public
 * entries: what people copy compiles. Names that a block takes for granted are those of `globals.txt`.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const OUT = join(ROOT, '.build', 'code-blocks');
const DOCS = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md') && !file.startsWith('api/') && !file.includes('.vitepress'))
  .map((file) => `docs/${file}`);
const BLOCK = /^```(ts|js|tsx|html)\n([\s\S]*?)^```$/gm;

/** Entry → source file. */
const ENTRIES = ['faces', 'worker', 'element', 'training', 'node'];
const paths = Object.fromEntries([
  ['hyperstyle-webgpu', [join(ROOT, 'src/index.ts')]],
  ...ENTRIES.map((name) => [`hyperstyle-webgpu/${name}`, [join(ROOT, `src/index-${name}.ts`)]]),
]);

/** What elements with an `id` are to scripts of their page; whoever picks a file has picked one. */
const ELEMENTS = {
  input: 'Omit<HTMLInputElement, "files"> & { readonly files: readonly [File] }',
  canvas: 'HTMLCanvasElement',
};

/** The modules of a page, its elements declared. */
function scriptOf(page: string): string {
  const modules = [...page.matchAll(/<script type="module">([\s\S]*?)<\/script>/g)].map(([, code]) => code);
  const elements = [...page.matchAll(/<(input|canvas) id="(\w+)"/g)].map(
    ([, tag, id]) => `declare const ${id}: ${ELEMENTS[tag as keyof typeof ELEMENTS]};`,
  );
  return [...elements, ...modules].join('\n');
}

/** A block as a module of its own; a name says where it is from. */
function writeBlocks(file: string): number {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const blocks = [...text.matchAll(BLOCK)];
  for (const { 1: language = '', 2: block = '', index } of blocks) {
    const code = language === 'html' ? scriptOf(block) : block;
    const line = text.slice(0, index).split('\n').length;
    // `return` is for the function that a reader puts the lines into
    const body = /^ *(if .*)?return;/m.test(code) ? code.replaceAll('return;', 'throw 0;') : code;
    writeFileSync(
      join(OUT, `${file.replaceAll(/[/.]/g, '_')}-line-${line}.${language === 'tsx' ? 'tsx' : 'ts'}`),
      `${body}\nexport {};\n`,
    );
  }
  return blocks.length;
}

it('compiles', () => {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const blocks = ['README.md', ...DOCS].map(writeBlocks);
  expect(blocks.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(15);
  copyFileSync(join(import.meta.dirname, 'globals.txt'), join(OUT, 'globals.d.ts'));
  const compilerOptions = {
    paths,
    incremental: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    jsxImportSource: 'react',
  };
  const include = [OUT, join(ROOT, 'examples/*/*.ts*'), join(ROOT, 'src/animation/gifenc.d.ts')];
  const config = { extends: join(ROOT, 'tsconfig.json'), compilerOptions, include };
  writeFileSync(join(OUT, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(ROOT, 'node_modules/typescript-native/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', OUT], { cwd: ROOT, encoding: 'utf8' });
  expect(stdout).toBe('');
}, 120_000);
