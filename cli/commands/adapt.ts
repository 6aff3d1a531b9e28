/**
 * `adapt IMAGE|IDENTITY… --domain NAME|FILE`: people in other domains, their offsets on generators that were fine-tuned
 * from the model's.
 */
import { ensure } from '../../src/errors.ts';
import { integer, program } from '../arguments.ts';
import { addPeopleOptions, type PeopleOptions, runPeople } from '../people/run-people.ts';

/** The command. */
export default async function adapt(argv: string[]): Promise<void> {
  const command = program('adapt', 'show people in other domains, for example as a bronze or a sketch')
    .argument('<image|identity...>', 'aligned portraits, or identity files that npm run invert wrote')
    .option(
      '--restyle <file|dir|url>',
      'ReStyle-e4e, a checkpoint or converted: its latents are shown, as in the paper; portraits only',
    )
    .option('--restyle-steps <n>', 'passes of the ReStyle encoder', integer(1, 100), 2)
    .option('--steps <n>', 'passes of the hypernetwork for portraits', integer(1, 100), 3);
  addPeopleOptions(command).parse(argv, { from: 'user' });
  const options = command.opts<PeopleOptions>();
  ensure(options.domain, 'option', 'adapt: add --domain NAME for one of the model, or --domain FILE for a generator');
  await runPeople(
    command.args.map((path) => ({ path, weight: 1 })),
    options,
    { mix: false, pictures: true },
  );
}
