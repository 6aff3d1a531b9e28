/**
 * The library's declarations: what `tsc` wrote for each source file, put together for each entry beside its JavaScript.
 * What several entries say is in a file that they share, so that a class is the same one whoever it came from. Members
 * and types marked `@internal` are gone by then (`stripInternal`), and with them all that only they name.
 */
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const ROOT = resolve(import.meta.dirname, '..');
/** Where `tsconfig.build.json` puts a declaration file a source file. */
const EMITTED = resolve(ROOT, '.build/types');
const DIST = resolve(ROOT, 'dist');

/** The file of `dist/` that each entry's types are in, without its ending, and the source file that it begins with. */
const ENTRIES = {
  hyperstyle: 'index',
  faces: 'index-faces',
  worker: 'index-worker',
  'worker-thread': 'worker/thread',
  element: 'index-element',
  training: 'index-training',
  node: 'index-node',
};

/** Comments about a file: they speak of the sources, and stand before a blank line or another comment. */
const HEADERS = /^\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n(?=\n|\/\*\*)/gm;
/** A library that a declaration needs: such lines count at a file's beginning only. */
const LIBRARIES = /^\/\/\/ <reference lib=.*\n/gm;

/** A file as it is written: without headers of source files, the libraries that it needs first. */
function tidy(code) {
  const libraries = [...new Set(code.match(LIBRARIES))];
  return (
    libraries.join('') +
    code
      .replace(LIBRARIES, '')
      .replace(HEADERS, '')
      .replace(/\n{3,}/g, '\n\n')
  );
}

const input = Object.fromEntries(
  Object.entries(ENTRIES).map(([name, file]) => [name, resolve(EMITTED, 'src', `${file}.d.ts`)]),
);
const bundle = await rollup({
  input,
  plugins: [dts()],
  external: [/^[a-z@]/],
  onwarn: ({ code, message }) => {
    if (code !== 'EMPTY_BUNDLE') throw new Error(message); // e.g. a type that no entry exports
  },
});
await bundle.write({
  dir: DIST,
  format: 'es',
  entryFileNames: '[name].d.ts',
  chunkFileNames: ({ name }) => `types/${name.replace(/\.d$/, '')}.d.ts`,
  plugins: [{ name: 'tidy', renderChunk: tidy }],
});
await bundle.close();
rmSync(EMITTED, { recursive: true });
