/**
 * `edit IDENTITY…`: people that `invert` saved, shown with edits, strengths, earlier steps, in other domains; nothing
 * is inverted.
 */
import { Option } from 'commander';
import { ensure } from '../../src/errors.ts';
import { program } from '../arguments.ts';
import { isLatents } from '../people/imports.ts';
import { EXPORTS } from '../people/params.ts';
import { addPeopleOptions, type PeopleOptions, runPeople } from '../people/run-people.ts';

/** The command. */
export default async function edit(argv: string[]): Promise<void> {
  const command = program('edit', 'show saved people with edits; no photo and no hypernetwork is needed').argument(
    '<identity...>',
    "identity files that npm run invert wrote, or the authors' latents.npy",
  );
  command
    .addOption(
      new Option(
        '--export <what...>',
        "also write latents.npy, weight_deltas/NAME.npy, NAME/generator.pt, for the authors' tools",
      ).choices(EXPORTS),
    )
    .option('--weight-deltas <file|dir...>', 'offsets of the people in latents.npy; default: weight_deltas beside it');
  addPeopleOptions(command).parse(argv, { from: 'user' });
  const options = command.opts<PeopleOptions>();
  const { edit: edits, strength, step, domain, export: exports } = options;
  const asks = [edits, strength, step, domain, exports].some((given) => given !== undefined);
  ensure(
    asks || command.args.some(isLatents),
    'option',
    'edit: nothing to do: add --edit NAME=AMOUNT, --strength, --step, --domain or --export',
  );
  await runPeople(
    command.args.map((path) => ({ path, weight: 1 })),
    options,
    { mix: false, pictures: false },
  );
}
