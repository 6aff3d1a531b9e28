/**
 * Where shader texts come from. In the sources each is fetched by itself; a build of the library puts another module in
 * this place, which fetches them in packs (`scripts/shader-packs.ts`).
 */

/** How files are fetched, by a path that ends in `shaders/…`. */
export type ShaderLoaders = Readonly<Record<string, () => Promise<string>>>;

/** Everything but what only benches run; those add their own. */
export const FILES: ShaderLoaders = import.meta.glob<string>(
  ['../../shaders/**/*.wgsl', '!../../shaders/bench_*.wgsl'],
  { query: '?raw', import: 'default' },
);
