/** `evaluate`: how well the model inverts portraits it has never seen, all wearing what its generator never saw. */

import { hostOption, integer, program } from '../arguments.ts';
import type { EvaluateParams } from '../evaluate/portrait-seed.ts';
import { type Evaluation, evaluate, type Measured, type Spread } from '../evaluate/statistics.ts';
import type { HostName } from '../job.ts';
import { modelFolder, modelOption } from '../model-folder.ts';
import { runJob } from '../run-job.ts';
import { complain, say } from '../terminal.ts';

interface Options extends EvaluateParams {
  readonly host: HostName;
  readonly model: string;
  readonly json?: boolean;
}

/** How often a long run says that it is alive. */
const REPORT_EVERY = 10;

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
const plusMinus = ({ mean, deviation }: Spread): string => `${mean.toFixed(5)} ± ${deviation.toFixed(5)}`;

/** The evaluation as a table and three sentences. */
function report(result: Evaluation): string[] {
  const rows = result.steps.map(
    ({ l2, msSsim, sharpness }, t) => `y_${t}   ${plusMinus(l2)}   ${plusMinus(msSsim)}   ${sharpness.toFixed(3)}`,
  );
  return [
    'step  L2 (mean ± deviation)  MS-SSIM (mean ± deviation)  gradient energy (1: as sharp as the portraits)',
    ...rows,
    `mean L2 falls by ${percent(result.reduction)} from y_0 to y_${result.steps.length - 1}${result.meanAlwaysFalling ? ', at every step' : ', but not at every step'}`,
    `${percent(result.alwaysFalling)} of ${result.portraits} portraits improve at every step`,
    `${percent(result.endsWorse)} of them end worse than they began`,
  ];
}

/** The command. */
export default async function evaluateCommand(argv: string[]): Promise<void> {
  const command = program('evaluate', 'invert fresh portraits with accessories and sum up the errors of each step')
    .option('--portraits <n>', 'how many', integer(1, 100_000), 200)
    .option('--seed <n>', 'which ones', integer(0, 2 ** 32 - 1), 1)
    .option('--steps <n>', 'passes of the hypernetwork', integer(1, 100), 5)
    .addOption(modelOption())
    .addOption(hostOption())
    .option('--json', 'print the result as JSON and nothing else');
  command.parse(argv, { from: 'user' });
  const { host, model, json = false, portraits, seed, steps } = command.opts<Options>();
  const folder = modelFolder(model);
  const measured: Measured[] = [];
  let adapter = '';
  await runJob(host, {
    job: 'evaluate',
    params: { portraits, seed, steps } satisfies EvaluateParams,
    mounts: { model: folder },
    onAdapter: (name) => {
      adapter = name;
      complain(`${portraits} portraits from seed ${seed}, ${folder} on ${name} (${host})`);
    },
    onEvent: (event) => {
      measured.push(event as Measured);
      if (measured.length % REPORT_EVERY === 0) complain(`${measured.length} of ${portraits}`);
    },
  });
  const result = evaluate(measured);
  if (json) say(JSON.stringify({ model: folder, host, adapter, seed, ...result }));
  else say(...report(result));
}
