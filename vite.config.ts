/** `vite build`: the library, `dist/hyperstyle.js`, its faces part and its worker. npm start: a server for the demo page at `/demo/`. */
import { defineConfig } from 'vite';

export default defineConfig({
  cacheDir: '.build/vite',
  build: {
    target: 'es2022',
    lib: {
      entry: {
        hyperstyle: 'src/index.ts',
        faces: 'src/index-faces.ts',
        worker: 'src/index-worker.ts',
        'worker-thread': 'src/worker/thread.ts',
      },
      formats: ['es'],
    },
    // loaded only by who exports animations, and installed by them
    rolldownOptions: { external: ['gifenc', 'mediabunny'] },
    emptyOutDir: true,
    sourcemap: true,
  },
  base: './', // the worker's script lies beside what starts it
  worker: { format: 'es' },
  publicDir: false,
  server: {
    // Cross-origin isolation gives the page precise timers.
    headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    watch: { ignored: ['**/.build/**', '**/out/**', '**/models/**'] },
  },
});
