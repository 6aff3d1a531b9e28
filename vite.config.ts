/** `vite build`: the library, an entry a file in `dist/`. npm start: a server for the demo page at `/demo/`. */
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { chunkGroups } from './scripts/library-chunks.ts';
import { packShaders } from './scripts/shader-packs.ts';

/** The library's entries: files of `dist/`, and where they begin. */
const ENTRIES = {
  hyperstyle: 'src/index.ts',
  faces: 'src/index-faces.ts',
  worker: 'src/index-worker.ts',
  'worker-thread': 'src/worker/thread.ts',
  element: 'src/index-element.ts',
  training: 'src/index-training.ts',
  node: 'src/index-node.ts',
};

const paths = Object.fromEntries(
  Object.entries(ENTRIES).map(([name, file]) => [name, resolve(import.meta.dirname, file)]),
);

/** Stands for the worker's address between source and chunk, so that the bundler does not build a second library for it. */
const THREAD = '__HYPERSTYLE_WORKER_THREAD__';

/** The worker is an entry of the library: what starts it names that file, in the form that bundlers of pages look for. */
const workerEntry = (): Plugin => ({
  name: 'worker-entry',
  apply: 'build',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('/worker/load.ts')
      ? { code: code.replace("new URL('./thread.ts', import.meta.url)", THREAD), map: null }
      : undefined,
  renderChunk: (code) =>
    code.includes(THREAD)
      ? { code: code.replace(THREAD, "new URL('./worker-thread.js', import.meta.url)"), map: null }
      : undefined,
});

export default defineConfig({
  cacheDir: '.build/vite',
  plugins: [packShaders(import.meta.dirname), workerEntry()],
  build: {
    target: 'es2022',
    lib: { entry: paths, formats: ['es'] },
    rolldownOptions: {
      // loaded only by who exports animations or runs in Node, and installed by them
      external: ['gifenc', 'mediabunny', 'sharp', 'webgpu', /^node:/],
      treeshake: { moduleSideEffects: false },
      output: {
        chunkFileNames: 'chunks/[name]-[hash].js',
        minify: true,
        codeSplitting: { groups: chunkGroups(paths) },
      },
    },
    emptyOutDir: true,
    sourcemap: true,
  },
  publicDir: false,
  server: {
    // Cross-origin isolation gives the page precise timers.
    headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    watch: { ignored: ['**/.build/**', '**/out/**', '**/models/**'] },
  },
});
