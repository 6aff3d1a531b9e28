/** Which directions belong together, by their names (pure). Models' names differ; what fits nowhere comes last. */

/** Directions under one heading. */
export interface EditGroup {
  readonly title: string;
  readonly names: readonly string[];
}

/** Headings and the words that belong under them, in this order. */
const HEADINGS: readonly (readonly [title: string, words: RegExp])[] = [
  ['Found here', /^(found|sefa|pc)\b/],
  ['Expression', /smile|mouth|eye_open|eyes_open|brow|gaze|anger|surprise|expression/],
  ['Pose', /yaw|pitch|roll|pose|angle|rotate|zoom|position|shift/],
  ['Hair', /hair|beard|bang|bald|mustache|moustache/],
  ['Face', /age|gender|skin|face|nose|chin|jaw|cheek|lip|ear|eye|freckle|makeup|young|head|neck/],
  ['Light and colours', /light|background|bg|colou?r|hue|bright|shirt|cloth/],
];

/** Directions under headings, those that match `search` only. */
export function editGroups(directions: readonly string[], search: string): EditGroup[] {
  const wanted = search.trim().toLowerCase().replaceAll(' ', '_');
  const rest = new Set(directions.filter((name) => name.toLowerCase().replaceAll(' ', '_').includes(wanted)));
  const groups: EditGroup[] = [];
  for (const [title, words] of HEADINGS) {
    const names = [...rest].filter((name) => words.test(name.toLowerCase()));
    for (const name of names) rest.delete(name);
    if (names.length > 0) groups.push({ title, names });
  }
  if (rest.size > 0) groups.push({ title: 'Others', names: [...rest] });
  return groups;
}
