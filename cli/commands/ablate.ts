/**
 * `ablate --data DIR|clay`: designs of the hypernetwork, each trained from the start for as long as the others, with
 * their parameters and errors.
 */
import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { OPTIMISERS, type OptimiserName } from '../../src/index-training.ts';
import { PIXEL_LOSSES } from '../../src/training/losses.ts';
import type { AblateEvent, AblateParams } from '../ablate/events.ts';
import { AblateResults } from '../ablate/results.ts';
import { STUDIES, type Study } from '../ablate/variants.ts';
import { hostOption, integer, program, words } from '../arguments.ts';
import { ensureWritable } from '../invert/output-folder.ts';
import type { HostName } from '../job.ts';
import { fromZero, losses, rate } from '../loss-options.ts';
import { modelFolder, modelOption } from '../model-folder.ts';
import { runJob } from '../run-job.ts';
import { stopping } from '../stop.ts';
import { say } from '../terminal.ts';
import { dataOf } from '../train/data.ts';

interface Options {
  readonly data: string;
  readonly studies: readonly Study[];
  readonly model: string;
  readonly size?: number;
  readonly t: number;
  readonly iterations: number;
  readonly minutes?: number;
  readonly batch: number;
  readonly accumulate: number;
  readonly optimiser: OptimiserName;
  readonly rate: number;
  readonly loss?: Readonly<Record<string, number>>;
  readonly trunk: 'model' | 'fresh';
  readonly headScale: number;
  readonly validation: number;
  readonly seed: number;
  readonly out: string;
  readonly every: number;
  readonly host: HostName;
  readonly json?: boolean;
}

/** Names of studies with commas between them. */
function studies(text: string): Study[] {
  return words(text).map((word) => {
    const found = STUDIES.find((study) => study === word);
    if (found) return found;
    throw new InvalidArgumentError(`"${word}" is no study: expected some of ${STUDIES.join(', ')}.`);
  });
}

/** Losses without a network, which every design can learn by. */
function pixelLosses(text: string): Record<string, number> {
  const found = losses(text);
  const other = Object.keys(found).find(
    (name) => (found[name] ?? 0) > 0 && !PIXEL_LOSSES.some((known) => known === name),
  );
  if (other === undefined) return found;
  throw new InvalidArgumentError(`"${other}" needs a network: expected some of ${PIXEL_LOSSES.join(', ')}.`);
}

function parse(argv: string[]): Options {
  const command = program('ablate', 'train designs of the hypernetwork, and compare them')
    .requiredOption('--data <dir|clay>', 'a folder of pictures, or rendered clay portraits')
    .option('--studies <name,…>', `some of ${STUDIES.join(', ')}`, studies, [...STUDIES])
    .addOption(modelOption())
    .option(
      '--size <n>',
      "side of the generator's pictures: a smaller one leaves its last layers out",
      integer(8, 1024),
    )
    .option('--t <n>', 'passes of the hypernetwork', integer(1, 100), 5)
    .option('--iterations <n>', 'steps of each design', integer(1, 10_000_000), 500)
    .option('--minutes <m>', 'a design learns at most so long', integer(1, 100_000))
    .option('--batch <n>', 'pictures that go through together', integer(1, 1024), 1)
    .option('--accumulate <n>', 'batches whose gradients make one step', integer(1, 1024), 8)
    .addOption(new Option('--optimiser <name>', 'how weights move').choices([...OPTIMISERS]).default('ranger'))
    .option('--rate <r>', 'rate of the optimiser', rate, 1e-4)
    .option('--loss <name=weight,…>', `losses: ${PIXEL_LOSSES.join(', ')}; default l2`, pixelLosses)
    .addOption(
      new Option('--trunk <whose>', "the ResNet that a design begins with: the model's, or a fresh one")
        .choices(['model', 'fresh'])
        .default('model'),
    )
    .option('--head-scale <s>', 'fresh heads begin so large; small: near y_0; 1: as the authors have it', fromZero, 1)
    .option('--validation <n>', 'pictures that judge: of a folder they are held out', integer(1, 100_000), 16)
    .option('--seed <n>', 'of every random choice', integer(0, 2 ** 32 - 1), 1)
    .option('--out <dir>', 'folder for the report and pictures', 'out/ablation')
    .option('--every <n>', 'steps between two lines', integer(1, 1_000_000), 10)
    .addOption(hostOption())
    .option('--json', 'print one JSON object and nothing else');
  command.parse(argv, { from: 'user' });
  return command.opts<Options>();
}

/** The command. */
export default async function ablate(argv: string[]): Promise<void> {
  const o = parse(argv);
  const { host, json = false } = o;
  const out = resolve(o.out);
  const model = modelFolder(o.model);
  const { data, mounts, words: pictures } = await dataOf(o.data, { cut: 'none', judges: o.validation, model });
  ensureWritable(out, '--out');
  const print = json ? () => undefined : (line: string) => say(line);
  const facts = { command: `ablate ${argv.join(' ')}`, data: pictures };
  const results = new AblateResults({ out, print, every: o.every, facts });
  await runJob(host, {
    job: 'ablate',
    params: {
      studies: o.studies,
      passes: o.t,
      data,
      iterations: o.iterations,
      minutes: o.minutes ?? null,
      batch: o.batch,
      accumulate: o.accumulate,
      optimiser: o.optimiser,
      rate: o.rate,
      loss: o.loss ?? { l2: 1 },
      trunk: o.trunk,
      headScale: o.headScale,
      seed: o.seed,
      size: o.size ?? null,
    } satisfies AblateParams,
    mounts: { model, stop: stopping(undefined, 'stops; the report has the designs that are done'), ...mounts },
    onEvent: (event) => results.take(event as AblateEvent),
    onFile: (name, bytes) => results.file(name, bytes),
  });
  const { ended, ablation } = results;
  if (json) say(JSON.stringify({ host, ended, ...ablation }));
  else say(`${ended === 'stop' ? 'stopped' : 'done'}: ${join(out, 'report.html')}`);
}
