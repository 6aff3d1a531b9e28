/** `npm run fake-checkpoint -- --domain ffhq OUT`: a pair of checkpoints of the published structure, values made up. */

import { join } from 'node:path';
import { Option } from 'commander';
import { HyperStyleError } from '../../src/errors.ts';
import { makeFolder, reason } from '../../src/node/node-file.ts';
import { integer, program } from '../arguments.ts';
import { type FakeFile, fakeBytes, fakeParameters, fakeTensors } from '../convert/fake-checkpoint.ts';
import { writeFakeCheckpoint } from '../convert/fake-file.ts';
import { DOMAINS, fakeModel } from '../convert/fake-model.ts';
import { progressBar } from '../convert/report.ts';
import { say } from '../terminal.ts';

export default async function fakeCheckpointCommand(argv: string[]): Promise<void> {
  const command = program(
    'fake-checkpoint',
    'Write a torch-readable pair of the published structure with deterministic values.',
  )
    .argument(
      '<out>',
      'folder for hyperstyle_DOMAIN.pt and DOMAIN_w_encoder.pt; restyle_e4e_DOMAIN.pt, e4e_DOMAIN_encode.pt',
    )
    .addOption(new Option('--domain <name>', 'which published model').choices(DOMAINS).default('ffhq'))
    .addOption(
      new Option('--size <px>', "side of the generator's pictures; default: as published").choices([
        '64',
        '128',
        '256',
        '512',
        '1024',
      ]),
    )
    .option('--restyle', 'a ReStyle-e4e checkpoint of the same sizes, too')
    .option('--e4e', 'an e4e checkpoint of the same sizes, too')
    .option('--seed <n>', 'picks the values', integer(0, 2 ** 31 - 1), 0)
    .parse(argv, { from: 'user' });
  const [out = ''] = command.args;
  const { domain, seed, size, restyle, e4e } = command.opts<{
    domain: (typeof DOMAINS)[number];
    seed: number;
    size?: string;
    restyle?: true;
    e4e?: true;
  }>();
  const model = fakeModel(domain, size === undefined ? undefined : Number(size));
  try {
    await makeFolder(out);
    const all: Partial<Record<FakeFile, string>> = {
      hyperstyle: `hyperstyle_${domain}.pt`,
      w_encoder: `${domain}_w_encoder.pt`,
      ...(restyle && { restyle: `restyle_e4e_${domain}.pt` }),
      ...(e4e && { e4e: `e4e_${domain}_encode.pt` }),
    };
    for (const [file, name] of Object.entries(all) as [FakeFile, string][]) {
      const bar = progressBar(name, fakeBytes(fakeTensors(model, file)), (line) => say(line));
      await writeFakeCheckpoint(join(out, name), model, file, seed, bar.add);
      bar.end();
      say(join(out, name));
    }
  } catch (cause) {
    if (cause instanceof HyperStyleError) throw cause;
    throw new HyperStyleError(
      'file',
      `${out}: cannot be written (${reason(cause)}); free space or choose another folder`,
      { cause },
    );
  }
  say(`${(fakeParameters(model) / 1e6).toFixed(2)} M numbers that the model computes with`);
}
