/**
 * Every `npm run` command: `node scripts/run.mjs NAME args…`. On a fresh machine it installs the packages; it bundles the
 * TypeScript when it changed, and runs it. Plain Node up to that point. What a WebGPU host needs is installed when a command
 * starts a job there (`cli/run-job.ts`), after its arguments were found good.
 */
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fullWidthIsVerified, recordFullWidth } from './fingerprint.mjs';
import { ensureFaceModels, ensureHost, ensurePackages, ensureTools, missingPackages, TOOLS } from './setup.mjs';

const ROOT = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');

const tool = (...path) => join(ROOT, 'node_modules', ...path);
const BIOME = tool('@biomejs', 'biome', 'bin', 'biome');
/** Six times as fast as `typescript`, whose API the tools need that put declarations together and write docs. */
const TSC = tool('typescript-native', 'bin', 'tsc');
const VITEST = tool('vitest', 'vitest.mjs');
const VITE = tool('vite', 'bin', 'vite.js');

/** Characters that bundler and test runner take for something else in a path. */
const UNREADABLE = /[#?]/;

/** @throws one clear line when this checkout lies where the bundler cannot read it */
function ensureReadablePath() {
  const [char] = UNREADABLE.exec(ROOT) ?? [];
  if (!char) return;
  throw new Error(`the bundler cannot read a path with "${char}": move or rename the folder ${ROOT}`);
}

/** Runs Node tools one after another until one fails; returns the exit code. */
function runTools(...commands) {
  for (const args of commands) {
    const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
    if (status !== 0) return status ?? 1;
  }
  return 0;
}

/** Paths on the command line are meant from where the user called npm, which itself moves to the package's folder. */
function userFolder(name) {
  return process.env.npm_lifecycle_event === name && process.env.INIT_CWD ? process.env.INIT_CWD : process.cwd();
}

/** Serves the demo page until it is stopped; `--port N` and `--public` (all network interfaces) are its options. */
async function serveDemo(args) {
  ensureTools(ROOT, 'page');
  ensureFaceModels(ROOT);
  const { createServer } = await import('vite');
  const at = args.indexOf('--port');
  const port = at < 0 ? 5173 : Number(args[at + 1]);
  if (!(Number.isInteger(port) && port >= 0 && port < 65536)) {
    throw new Error(`--port "${args[at + 1]}": expected a whole number from 0 to 65535`);
  }
  const host = args.includes('--public') ? true : '127.0.0.1';
  const server = await createServer({ root: ROOT, configFile: join(ROOT, 'vite.config.ts'), server: { port, host } });
  await server.listen();
  const { local = [], network = [] } = server.resolvedUrls ?? {};
  for (const url of [...local, ...network]) console.log(`HyperStyle demo: ${url}demo/   (Ctrl+C stops it)`);
}

async function runCommand(name, args) {
  // What is bundled for the host must be there before; everything else comes when the command gets to it.
  if (name === 'bench' && args.some((word) => /peers|all/.test(word))) ensureTools(ROOT, 'peers', 'tfjs');
  const { bundle } = await import('./bundle.mjs');
  const main = await bundle(ROOT, missingPackages(ROOT));
  process.chdir(userFolder(name));
  process.argv = [process.argv[0], main, name, ...args];
  await import(pathToFileURL(main).href);
}

/** Everything that tests run, said beforehand: they take more than any command. */
function prepareTests() {
  const missing = missingPackages(ROOT);
  if (missing.length > 0) console.error(`set-up: tests need ${missing.join(', ')} (about 600 MB)`);
  ensureTools(ROOT, ...TOOLS);
  ensureFaceModels(ROOT);
  ensureHost(ROOT, 'chrome');
}

const SPECIAL = {
  /** `--static` leaves the tests to `npm test`. Types are checked against everything that is imported. */
  check: (args) => {
    ensureTools(ROOT, ...TOOLS.filter((tool) => !['deno', 'faces', 'pack'].includes(tool)));
    const tests = args.includes('--static') ? [] : [[VITEST, 'run', '--project', 'node']];
    return runTools([BIOME, 'check', '--error-on-warnings', '.'], [TSC, '-p', '.'], ...tests);
  },
  format: () => {
    ensureTools(ROOT, 'lint');
    return runTools([BIOME, 'check', '--write', '.']);
  },
  test: (args) => {
    prepareTests();
    const full = fullWidthIsVerified(ROOT)
      ? ', runs at full width (kernels, graph and shaders are as when they passed)'
      : '';
    console.log(`left to npm run test:all: slow tests${full}`);
    return runTools([VITEST, 'run', ...args]);
  },
  /** Every test. When all of them passed, the runs at full width count as proof for these sources. */
  'test:all': (args) => {
    prepareTests();
    process.env.HYPERSTYLE_TESTS = 'all';
    const status = runTools([VITEST, 'run', ...args]);
    if (status === 0 && args.length === 0) recordFullWidth(ROOT);
    return status;
  },
  /** The demo page as static files. */
  site: () => {
    ensureTools(ROOT, 'page');
    ensureFaceModels(ROOT);
    return runTools([VITE, 'build', '--config', 'vite.site.config.ts']);
  },
  /** Screenshots of the page's stages, for the README. */
  'page-pictures': () => {
    prepareTests();
    Object.assign(process.env, { HYPERSTYLE_TESTS: 'all', HYPERSTYLE_DOCS: '1' });
    return runTools([VITEST, 'run', '--project', 'page', 'test/page/stages.slow.test.ts']);
  },
  /** The documentation as static files in `site-docs/`, with the built library and the model that ships for its examples. */
  docs: () => {
    ensureTools(ROOT, 'types', 'docs');
    const built =
      SPECIAL.build() ||
      runTools([tool('typedoc', 'bin', 'typedoc')], [tool('vitepress', 'bin', 'vitepress.js'), 'build', 'docs']);
    if (built !== 0) return built;
    for (const folder of ['dist', 'examples', 'models'])
      cpSync(join(ROOT, folder), join(ROOT, 'site-docs', folder), { recursive: true });
    for (const file of ['docs/scale-job.yaml', 'demo/icon.svg'])
      cpSync(join(ROOT, file), join(ROOT, 'site-docs', basename(file)));
    return 0;
  },
  build: () => {
    ensureTools(ROOT, 'types');
    return runTools([VITE, 'build'], [TSC, '-p', 'tsconfig.build.json'], ['scripts/declarations.mjs']);
  },
};

const [name, ...args] = process.argv.slice(2);
try {
  if (!name) throw new Error('usage: node scripts/run.mjs NAME [arguments], see package.json for the names');
  ensureReadablePath();
  ensurePackages(ROOT);
  const special = Object.hasOwn(SPECIAL, name) ? SPECIAL[name] : undefined;
  if (special) process.exit(special(args));
  await (name === 'start' ? serveDemo(args) : runCommand(name, args));
} catch (error) {
  console.error(`${name ?? 'run'}: ${error.message}`);
  process.exit(2);
}
