/** `mix IDENTITY[=WEIGHT]…`: several saved people become one, who is edited, shown and saved like any other. */
import { ensure } from '../../src/errors.ts';
import { program } from '../arguments.ts';
import { addPeopleOptions, type PeopleOptions, type PersonFile, runPeople } from '../people/run-people.ts';

/** `FILE` or `FILE=WEIGHT`; without weights all weigh the same and sum to 1. @throws `option` error */
export function mixParts(args: readonly string[]): PersonFile[] {
  return args.map((text) => {
    const [, path = text, number] = /^(.*\.\w+)=(.*)$/.exec(text) ?? [];
    const weight = number === undefined ? 1 / args.length : Number(number);
    ensure(
      number?.trim() !== '' && Number.isFinite(weight),
      'option',
      () =>
        `mix "${text}": the weight is "${number}", expected FILE=WEIGHT with a number, for example anna.safetensors=0.5`,
    );
    return { path, weight };
  });
}

/** The command. */
export default async function mix(argv: string[]): Promise<void> {
  const command = program('mix', 'mix saved people into one').argument(
    '<identity[=weight]...>',
    'identity files that npm run invert wrote; weights usually sum to 1, equal ones when absent',
  );
  addPeopleOptions(command).parse(argv, { from: 'user' });
  const parts = mixParts(command.args);
  ensure(parts.length > 1, 'option', 'mix: one person is no mix: name two identity files or more');
  await runPeople(parts, command.opts<PeopleOptions>(), { mix: true, pictures: false });
}
