/** In a few words, what a checkpoint holds and the models do not read: so that a converter drops nothing in silence. */

/** Examples of a long list. */
const SHOWN = 3;

/**
 * Lines such as `d (64 tensors)` or `objects of torch.optim.adam.Adam`.
 * @param paths of tensors that are not read
 * @param others names at the top of the file without tensors
 * @param opaque names that the file would have called
 */
export function describeLeftOut(
  paths: readonly string[],
  others: readonly string[],
  opaque: readonly string[],
): string[] {
  const groups = new Map<string, number>();
  for (const path of paths) {
    const group = path
      .split('.')
      .slice(0, path.startsWith('state_dict.') ? 2 : 1)
      .join('.');
    groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  const tensors = [...groups].map(([name, count]) => (count === 1 ? name : `${name} (${count} tensors)`));
  return [...listed('', [...tensors, ...others]), ...listed('objects, of which nothing was run: ', opaque)];
}

/** Networks of other kinds, by a name that only they have. */
const FOREIGN: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/(^|\.)synthesis\.L\d+_\d+_\d+\./, 'is a StyleGAN3 generator; only generators of StyleGAN2 are read'],
  [
    /(^|\.)model\.diffusion_model\./,
    'is a diffusion model; only HyperStyle checkpoints and StyleGAN2 generators are read',
  ],
];

/** What a file without anything of ours is, from its tensors' paths. */
export function describeForeign(paths: readonly string[]): string {
  const known = FOREIGN.find(([pattern]) => paths.some((path) => pattern.test(path)));
  if (known) return known[1];
  const expected = 'expected a HyperStyle checkpoint, a W encoder or a StyleGAN2 generator';
  return paths.length > 0
    ? `holds no network that is read here, but ${listed('', paths, SHOWN)[0]}; ${expected}`
    : `holds no tensors; ${expected}`;
}

/** One line for a list, its first items spelt out. */
export function listed(what: string, items: readonly string[], shown = SHOWN * 4): string[] {
  if (items.length === 0) return [];
  const more = items.length > shown ? ` and ${items.length - shown} more` : '';
  return [`${what}${items.slice(0, shown).map(shortened).join(', ')}${more}`];
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
