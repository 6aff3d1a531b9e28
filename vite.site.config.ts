/** `npm run site`: the demo page as static files in `site/`, which run from any path of any file server. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { siteFiles } from './demo/site/plugin.ts';
import { packShaders } from './scripts/shader-packs.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at('demo'),
  cacheDir: at('.build/vite-site'),
  base: './',
  publicDir: false,
  worker: { format: 'es', plugins: () => [packShaders(import.meta.dirname)] },
  plugins: [packShaders(import.meta.dirname), siteFiles({ page: at('demo'), models: at('models') })],
  build: {
    target: 'es2022',
    outDir: at('site'),
    emptyOutDir: true,
    assetsInlineLimit: 0, // the policy allows no data: addresses
    rolldownOptions: {
      input: { index: at('demo/index.html'), train: at('demo/train.html'), sw: at('demo/site/service-worker.ts') },
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
});
