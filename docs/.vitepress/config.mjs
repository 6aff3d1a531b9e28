/** The documentation's site: guide from `docs/`, API reference as TypeDoc wrote it into `docs/api`, examples in frames. */
import { resolve } from 'node:path';
import { defineConfig } from 'vitepress';

/** Module of the reference → entry. */
const ENTRIES = {
  index: 'hyperstyle-webgpu',
  'index-worker': '/worker',
  'index-element': '/element',
  'index-faces': '/faces',
  'index-training': '/training',
  'index-node': '/node',
};
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
  { text: 'Parameters', link: '/tables' },
];

export default defineConfig({
  title: 'HyperStyle on WebGPU',
  description: 'HyperStyle in the browser, on hand-written WebGPU kernels',
  base: process.env.DOCS_BASE ?? '/',
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
      '/api/': Object.entries(ENTRIES).map(([module, text]) => ({ text, link: `/api/${module}/` })),
      '/': [
        { text: 'Guide', items: GUIDE.map(([text, page]) => ({ text, link: `/guide/${page}` })) },
        { text: 'More', items: MORE },
      ],
    },
  },
});
