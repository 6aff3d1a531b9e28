/** What Vite does besides bundling when it builds the site: policy, models, and the list of files to keep offline. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Plugin } from 'vite';
import { POLICY } from './policy.ts';
import type { SiteFiles } from './service-worker.ts';

/** Addresses of shards of weights, which the library keeps itself, proved by their hashes. */
export const SHARD = /\/shard-[\da-f-]+\.safetensors$/;

/** Files of the page that keep their names, since the manifest names them. */
const BESIDE = ['site.webmanifest', 'icon.svg'];

/** Copies what is not bundled into the site and finishes it. */
export function siteFiles({ page, models }: { readonly page: string; readonly models: string }): Plugin {
  return {
    name: 'site-files',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY }, injectTo: 'head-prepend' },
      { tag: 'link', attrs: { rel: 'manifest', href: './site.webmanifest' } },
    ],
    generateBundle: {
      // after Vite's own plugins, one of which adds index.html
      order: 'post',
      async handler(_, bundle) {
        const kept: [name: string, bytes: string | Uint8Array][] = Object.values(bundle)
          .filter(({ fileName }) => fileName !== 'sw.js' && !fileName.endsWith('.map'))
          .map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source]);
        const add = async (fileName: string, path: string): Promise<void> => {
          const source = await readFile(path);
          this.emitFile({ type: 'asset', fileName, source });
          if (!SHARD.test(fileName)) kept.push([fileName, source]);
        };
        for (const name of BESIDE) await add(name, join(page, name));
        for (const path of await filesUnder(models)) {
          await add(`models/${relative(models, path).replaceAll('\\', '/')}`, path);
        }
        const list: SiteFiles = { version: versionOf(kept), files: kept.map(([name]) => name) };
        this.emitFile({ type: 'asset', fileName: 'files.json', source: JSON.stringify(list) });
      },
    },
  };
}

function versionOf(files: readonly (readonly [string, string | Uint8Array])[]): string {
  const hash = createHash('sha256');
  for (const [name, bytes] of files) hash.update(name).update(bytes);
  return hash.digest('hex').slice(0, 12);
}

/** Files of the shipped model and of the face models, however deep. */
async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && entry.parentPath !== folder)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
