/** `edit IDENTITY…`: people that `invert` saved, shown with edits, strengths, earlier steps, in other domains; nothing is inverted. */
import { ensure } from '../../src/errors.ts';
import { program } from '../arguments.ts';
import { addPeopleOptions, type PeopleOptions, runPeople } from '../people/run-people.ts';

/** The command. */
export default async function edit(argv: string[]): Promise<void> {
  const command = program('edit', 'show saved people with edits; no photo and no hypernetwork is needed').argument(
    '<identity...>',
    'identity files that npm run invert wrote',
  );
  addPeopleOptions(command).parse(argv, { from: 'user' });
  const options = command.opts<PeopleOptions>();
  const asks = [options.edit, options.strength, options.step, options.domain].some((given) => given !== undefined);
  ensure(asks, 'option', 'edit: nothing to do: add --edit NAME=AMOUNT, --strength, --step or --domain');
  await runPeople(
    command.args.map((path) => ({ path, weight: 1 })),
    options,
    { mix: false, pictures: false },
  );
}
