/** What the element's attributes say, as options of the library. */
import type { Edits } from '../api/edits.ts';
import { ensure } from '../errors.ts';

/** The words that `align` may be on an element; a square is given by script. */
const ALIGN = ['auto', 'centre', 'none'] as const;

/** Edits as an attribute has them: `smile=1.5, yaw=-1`. @throws `option` error that names the part it cannot read */
export function parseEdits(text: string): Edits {
  const parts = text.split(/[,;]/).flatMap((part) => part.trim() || []);
  const edits = parts.map((part): [string, number] => {
    const [, name = '', amount = ''] = /^([^=:]+?)\s*[=:]\s*([-+.\deE]+)$/.exec(part) ?? [];
    ensure(
      name !== '' && Number.isFinite(Number(amount)),
      'option',
      () => `edit="${text}": "${part}" is no edit; write names and amounts, such as smile=1.5, yaw=-1`,
    );
    return [name, Number(amount)];
  });
  return Object.fromEntries(edits);
}

/** Edits as the attribute has them. */
export const writeEdits = (edits: Edits): string =>
  Object.entries(edits)
    .map(([name, edit]) => `${name}=${typeof edit === 'number' ? edit : edit.amount}`)
    .join(', ');

/** The number of steps; undefined: the library's. @throws `option` error */
export function parseSteps(text: string | null): number | undefined {
  if (text === null || text.trim() === '') return undefined;
  const steps = Number(text);
  ensure(Number.isInteger(steps) && steps >= 0, 'option', () => `steps="${text}": expected a whole number from 0`);
  return steps;
}

/** How the photo is cut; undefined: taken as it is. @throws `option` error */
export function parseAlign(text: string | null): (typeof ALIGN)[number] | undefined {
  if (text === null) return undefined;
  if (text === '') return 'auto'; // <hyper-style align>
  const word = ALIGN.find((known) => known === text);
  ensure(word, 'option', () => `align="${text}": expected ${ALIGN.join(', ')}`);
  return word;
}
