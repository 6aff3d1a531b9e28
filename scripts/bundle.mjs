/**
 * Bundles the command line into `.build/HASH/`: `cli/main.js` for Node and `host/*.js`, the side of a job that runs
 * where the GPU is (Chrome, Dawn, Deno). HASH names the sources, so an unchanged checkout bundles nothing.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const SOURCES = ['src', 'shaders', 'cli', 'bench', 'demo', 'scripts', 'portraits'];
const FILES = ['package-lock.json', 'tsconfig.json', 'test/tolerances.ts'];
const KEEP_MS = 24 * 3600 * 1000;

/** A word that changes with any source file. */
function fingerprint(root, missing) {
  const hash = createHash('sha256').update(missing.join());
  const add = (path) => {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${relative(root, path)} ${size} ${mtimeMs}\n`);
  };
  for (const folder of SOURCES.map((name) => join(root, name)).filter((path) => existsSync(path))) {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const path of entries.map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort()) add(path);
  }
  for (const name of FILES) add(join(root, name));
  return hash.digest('hex').slice(0, 16);
}

/** Removes bundles that nobody has used for a day; a younger one may belong to a command that still runs. */
function removeOld(folder, keep) {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const path = join(folder, name);
    if (/^[0-9a-f]{16}/.test(name) && name !== keep && Date.now() - statSync(path).mtimeMs > KEEP_MS)
      rmSync(path, { recursive: true, force: true });
  }
}

const common = (root) => ({ root, configFile: false, logLevel: 'warn', publicDir: false });
const output = { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' };

async function bundleCli(build, root, outDir) {
  const input = join(root, 'cli', 'main.ts');
  await build({
    ...common(root),
    build: { ssr: true, target: 'node20', outDir, emptyOutDir: false, rolldownOptions: { input, output } },
  });
}

async function bundleHost(build, root, outDir, missing) {
  const entry = ['page', 'dawn-child', 'deno-child'].map((name) => join(root, 'cli', 'hosts', `${name}.ts`));
  await build({
    ...common(root),
    build: {
      lib: { entry, formats: ['es'] },
      target: 'esnext',
      minify: false,
      outDir,
      emptyOutDir: false,
      rolldownOptions: {
        external: (id) =>
          /^(webgpu$|node:)/.test(id) || missing.some((name) => id === name || id.startsWith(`${name}/`)),
        output,
      },
    },
  });
}

/**
 * Bundles when something changed; returns the path of `cli/main.js`. Two commands may do this at the same time.
 * @param missing packages that are not installed: nobody asks for them here
 */
export async function bundle(root, missing) {
  const folder = join(root, '.build');
  const name = fingerprint(root, missing);
  const target = join(folder, name);
  const main = join(target, 'cli', 'main.js');
  if (existsSync(main)) return main;
  const { build } = await import('vite');
  const draft = join(folder, `${name}.${process.pid}`);
  try {
    await bundleCli(build, root, join(draft, 'cli'));
    await bundleHost(build, root, join(draft, 'host'), missing);
    if (!existsSync(target)) renameSync(draft, target);
  } catch (error) {
    if (!existsSync(main)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  removeOld(folder, name);
  return main;
}
