/**
 * Shaders as the library carries them: stripped of comments and blanks, and in packs by when they are run, so that a
 * page fetches one file for an inversion. A test records the published networks and holds the lists below against what
 * they run.
 */
import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';

/** Kernels and parts that an inversion runs on GPUs, pictures in and out among them. */
export const GPU_SHADERS = [
  'accumulate adaptive_pool batched_product_shared conv2d_epilogue conv2d_fused conv2d_implicit demodulation fill_noise',
  'global_pool latents layer_head_shared linear mix pack_rgba pixel_norm resize_image se_gate se_scale',
  'shared_head_expand_shared shared_head_operands squared_error styles to_rgb to_texture truncate turn_weights',
  'upconv_fused weight_update',
  'parts/batched_product parts/conv2d parts/epilogue parts/fused parts/in_scale parts/in_shift parts/layer_head',
  'parts/matrix parts/operands parts/outer parts/product_rows parts/shared_head_expand parts/shared_sum parts/tree_sum',
]
  .join(' ')
  .split(' ');

/** What CPU adapters run in place of some of them. */
export const SOFTWARE_SHADERS = [
  'batched_product batched_product_narrow conv2d_columns layer_head_direct shared_head_expand_registers upconv_output',
  'winograd_filter winograd_input winograd_output',
  'parts/in_vectors parts/spectrum parts/vec4_epilogue parts/winograd parts/winograd_patch',
]
  .join(' ')
  .split(' ');

/** What only the face networks run. */
const FACE_SHADERS = ['depthwise', 'max_pool', 'warp_image', 'parts/max_pool'];

/** Names of the packs; `others` has what no list names. */
const PACKS = { gpu: GPU_SHADERS, software: SOFTWARE_SHADERS, faces: FACE_SHADERS, others: [] as readonly string[] };
/** Packs are modules without files; this is what they are called between importer and loader. */
const VIRTUAL = 'pack:shaders-';

/** Where a blank separates nothing. Beside operators it may (`a - -b`, `a / *p`, `array<u32, 4> = …`), and beside `{{NAME}}`. */
const NEEDLESS_BLANKS = / *([()[\];,:]|(?<!\{)\{(?!\{)|(?<!\})\}(?!\})) */g;

/**
 * One WGSL text, stripped. Lines stay lines, since `#for` … `#end` are found by them; what stands in `{{NAME}}` is a
 * word and stays. The project's shaders have no block comments (a test of all of them says so).
 */
export function stripWgsl(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/\/\/.*$/, '').trim())
    .filter((line) => line !== '')
    .map((line) => (line.startsWith('#') ? line : line.replace(NEEDLESS_BLANKS, '$1')))
    .join('\n');
}

/** Every shader of the library, as its path under `shaders/` without the ending. */
async function namesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.wgsl') && !file.startsWith('bench_'))
    .map((file) => file.slice(0, -'.wgsl'.length))
    .sort();
}

/** The pack of a shader. */
const packOf = (name: string): string =>
  Object.entries(PACKS).find(([, names]) => names.includes(name))?.[0] ?? 'others';

/** Puts packs in the place of single files. */
export function packShaders(root: string): Plugin {
  const folder = resolve(root, 'shaders');
  return {
    name: 'pack-shaders',
    apply: 'build',
    enforce: 'pre',
    resolveId: (id) => (id.startsWith(VIRTUAL) ? resolve(folder, `${id.slice('pack:'.length)}.js`) : undefined),
    async load(id) {
      if (id === resolve(root, 'src/kernels/shader-files.ts')) {
        const names = await namesIn(folder);
        const packs = Object.keys(PACKS).map((pack) => {
          const inside = names.filter((name) => packOf(name) === pack);
          return `...pack(${JSON.stringify(inside.join(' '))}, () => import('${VIRTUAL}${pack}'))`;
        });
        return `const pack = (names, load) => Object.fromEntries(names.split(' ').map((name) => [
          'shaders/' + name + '.wgsl', async () => (await load()).default[name]]));
          export const FILES = { ${packs.join(', ')} };`;
      }
      const wanted = Object.keys(PACKS).find((pack) => id === resolve(folder, `shaders-${pack}.js`));
      if (!wanted) return undefined;
      const inside = (await namesIn(folder)).filter((name) => packOf(name) === wanted);
      const read = async (name: string): Promise<[string, string]> => [
        name,
        stripWgsl(await readFile(resolve(folder, `${name}.wgsl`), 'utf8')),
      ];
      return `export default ${JSON.stringify(Object.fromEntries(await Promise.all(inside.map(read))))}`;
    },
  };
}
