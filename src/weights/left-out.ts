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

/** One line for a list, its first items spelt out. */
export function listed(what: string, items: readonly string[], shown = SHOWN * 4): string[] {
  if (items.length === 0) return [];
  const more = items.length > shown ? ` and ${items.length - shown} more` : '';
  return [`${what}${items.slice(0, shown).map(printable).join(', ')}${more}`];
}

/** Text from a file for a terminal: control characters spelt out, at most 80 characters. */
export function printable(text: string): string {
  const clean = text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return clean.length > 80 ? `${clean.slice(0, 80)}…` : clean;
}
