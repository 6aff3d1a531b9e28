/**
 * Four kinds of test: `*.test.ts` runs in Node, `*.gpu.test.ts` inside headless Chrome with WebGPU on one page, `test/page`
 * drives the built demo page in a Chrome of its own, `test/hosts` commands on other WebGPU hosts. Those in Node run first, on
 * all cores. Then the page of GPU tests runs beside two of the others at a time.
 * `npm run test:all` (HYPERSTYLE_TESTS=all) adds `*.slow.test.ts`, `*.slow.gpu.test.ts` and, whatever changed, the runs at
 * full width, `*.full.gpu.test.ts`.
 */
import { defineConfig } from 'vitest/config';
import { fullWidthIsVerified } from './scripts/fingerprint.mjs';
import { puppeteerProvider } from './test/setup/puppeteer-provider.ts';

const GPU_TESTS = 'test/**/*.gpu.test.ts';
const PAGE_TESTS = 'test/page/**/*.test.ts';
const HOST_TESTS = 'test/hosts/**/*.test.ts';

/** Bundled before the tests start: a package found later makes the page reload in the middle of them. */
const BUNDLED = ['mediabunny', ...['core', 'converter', 'backend-cpu'].map((part) => `@tensorflow/tfjs-${part}`)];

/** Files of commands and pages that run at a time, beside the page of GPU tests: each often waits for its host or a clock. */
const BESIDE = 2;

const everything = process.env.HYPERSTYLE_TESTS === 'all';
const SLOW_TESTS = everything ? [] : ['test/**/*.slow.test.ts', 'test/**/*.slow.gpu.test.ts'];
const FULL_WIDTH = everything || !fullWidthIsVerified(import.meta.dirname) ? [] : ['test/**/*.full.gpu.test.ts'];

export default defineConfig({
  cacheDir: '.build/vite',
  test: {
    reporters: ['default', './test/setup/closing-line.ts'],
    setupFiles: ['./test/setup/equal-arrays.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          // Modules are loaded once a worker: no file may replace one for good (`vi.mock`, see test/setup/sharing).
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [GPU_TESTS, PAGE_TESTS, HOST_TESTS, ...SLOW_TESTS],
          testTimeout: 60_000,
          maxWorkers: 4, // more than cores: some tests wait for clocks
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        optimizeDeps: { include: BUNDLED },
        test: {
          name: 'chrome',
          // Files that share a page share the GPU device and what is compiled on it: compiling takes long.
          isolate: false,
          include: [GPU_TESTS],
          exclude: [...SLOW_TESTS, ...FULL_WIDTH],
          testTimeout: 120_000,
          hookTimeout: 120_000, // loading a model compiles its kernels
          maxWorkers: BESIDE, // as its group has it: the provider opens one page
          sequence: { groupOrder: 1 },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            ui: false,
            provider: puppeteerProvider,
            instances: [{ browser: 'chrome' }],
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'page',
          include: [PAGE_TESTS],
          exclude: SLOW_TESTS,
          testTimeout: 300_000,
          maxWorkers: BESIDE,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'hosts',
          include: [HOST_TESTS],
          exclude: SLOW_TESTS,
          testTimeout: 600_000,
          maxWorkers: BESIDE,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
