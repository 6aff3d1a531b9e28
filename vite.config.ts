/** `vite build`: the library, `dist/hyperstyle.js`, and its faces part, `dist/faces.js`. npm start: a server for the demo page at `/demo/`. */
import { defineConfig } from 'vite';

export default defineConfig({
  cacheDir: '.build/vite',
  build: {
    target: 'es2022',
    lib: { entry: { hyperstyle: 'src/index.ts', faces: 'src/index-faces.ts' }, formats: ['es'] },
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
