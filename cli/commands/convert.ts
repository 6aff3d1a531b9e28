/**
 * `npm run convert -- HYPERSTYLE.pt [W_ENCODER.pt] OUT`: checkpoints, those of ReStyle-e4e and e4e too → a model folder; a
 * loss's files → one file.
 */

import { Option } from 'commander';
import { ensure } from '../../src/errors.ts';
import type { FolderDType } from '../../src/weights/quantize.ts';
import { program } from '../arguments.ts';
import { convert } from '../convert/convert.ts';
import { parseDomain } from '../convert/domain-files.ts';
import { rate } from '../loss-options.ts';
import { say } from '../terminal.ts';

interface Arguments {
  dtype: FolderDType;
  dryRun?: boolean;
  name?: string;
  directions: string[];
  domain: (readonly [string, string])[];
  samples?: string;
  tuningRate?: number;
}

const more = (path: string, before: string[]): string[] => [...before, path];
type Domain = ReturnType<typeof parseDomain>;
const moreDomains = (text: string, before: Domain[]): Domain[] => [...before, parseDomain(text)];

export default async function convertCommand(argv: string[]): Promise<void> {
  const command = program(
    'convert',
    'Convert HyperStyle checkpoints, or a StyleGAN2 generator alone, to a model folder.',
  )
    .argument(
      '<paths...>',
      'HYPERSTYLE.pt W_ENCODER.pt OUT, or GENERATOR.pt OUT (also .pkl of stylegan2-ada-pytorch), ' +
        'or RESTYLE_E4E.pt OUT, or E4E.pt OUT, or a loss: ALEXNET.pth ALEX.pth OUT.safetensors (LPIPS), ' +
        'MODEL_IR_SE50.pth OUT.safetensors, MOCO.pth.tar OUT.safetensors',
    )
    .addOption(new Option('--dtype <type>', 'how tensors are stored').choices(['f32', 'f16', 'int8']).default('f16'))
    .option('--dry-run', 'print architecture, sizes and memory need only')
    .option('--name <name>', "the model's name; OUT's by default")
    .option('--directions <file>', 'edit directions: a dict name → [1, D], or one tensor; may be repeated', more, [])
    .option('--domain <name=file>', 'a generator that was fine-tuned from this one; may be repeated', moreDomains, [])
    .option('--samples <folder>', 'sample pictures to copy')
    .option(
      '--tuning-rate <r>',
      "rate of Adam that suits pivotal tuning of the generator; the published ones' by default",
      rate,
    )
    .parse(argv, { from: 'user' });
  const [first, ...rest] = command.args;
  const out = rest.pop();
  ensure(
    first && out && rest.length <= 1,
    'option',
    () =>
      `convert got ${command.args.length} paths, expected HYPERSTYLE.pt W_ENCODER.pt OUT, ` +
      'or one of GENERATOR.pt, RESTYLE_E4E.pt and E4E.pt, and OUT',
  );
  const { dtype, dryRun = false, name, directions, domain, samples, tuningRate } = command.opts<Arguments>();
  const inputs: [string, string?] = rest[0] === undefined ? [first] : [first, rest[0]];
  await convert({
    inputs,
    out: out.replace(/\/+$/, ''),
    dtype,
    dryRun,
    name,
    directions,
    domains: new Map(domain),
    samples,
    tuningRate,
    print: (text) => say(...text.split('\n')),
  });
}
