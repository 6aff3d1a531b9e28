/** The documentation's site: guide from `docs/`, API reference as TypeDoc wrote it into `docs/api`, examples in frames. */
import { resolve } from 'node:path';
import { defineConfig } from 'vitepress';

const NAME = 'hyperstyle-webgpu';
/** The package's entries, each a module of the reference. */
const ENTRIES = [NAME, ...['worker', 'element', 'faces', 'training', 'node'].map((entry) => `${NAME}/${entry}`)];
const GUIDE = [
  ['Embedding', 'embedding'],
  ['Converting checkpoints', 'converting'],
  ['Photos', 'photos'],
  ['Editing', 'editing'],
  ['Domains', 'domains'],
  ['Tuning and training', 'training'],
  ['Performance', 'performance'],
  ['Memory', 'memory'],
  ['Browsers and drivers', 'browsers'],
  ['Errors', 'errors'],
  ['Limits', 'limits'],
];
const MORE = [
  { text: 'Many pictures', link: '/scale' },
  { text: 'Precision', link: '/precision' },
  { text: 'Tables', link: '/tables' },
];

const BASE = process.env.DOCS_BASE ?? '/';

export default defineConfig({
  title: 'HyperStyle on WebGPU',
  description: 'HyperStyle in the browser, on hand-written WebGPU kernels',
  base: BASE,
  head: [['link', { rel: 'icon', href: `${BASE}icon.svg` }]],
  outDir: resolve(import.meta.dirname, '../../site-docs'),
  ignoreDeadLinks: [/^\/examples\//],
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guide', link: '/guide/embedding' },
      { text: 'API', link: '/api/' },
      { text: 'Examples', link: '/examples' },
    ],
    sidebar: {
      '/api/': ENTRIES.map((text) => ({ text, link: `/api/${text}/` })),
      '/': [
        { text: 'Guide', items: GUIDE.map(([text, page]) => ({ text, link: `/guide/${page}` })) },
        { text: 'More', items: MORE },
      ],
    },
  },
});
