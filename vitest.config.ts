/** Two kinds of test by suffix: `*.test.ts` runs in Node, `*.gpu.test.ts` inside headless Chrome with WebGPU. */
import { defineConfig } from 'vitest/config';
import { puppeteerProvider } from './test/setup/puppeteer-provider.ts';

const GPU_TESTS = 'test/**/*.gpu.test.ts';

export default defineConfig({
  cacheDir: '.build/vite',
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'node', include: ['test/**/*.test.ts'], exclude: [GPU_TESTS], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'chrome',
          include: [GPU_TESTS],
          testTimeout: 120_000,
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
    ],
  },
});
