/** `golden DIR`: every case of a golden folder, a line each; exit code 1 when one fails. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensure } from '../../src/errors.ts';
import { hostOption, program } from '../arguments.ts';
import { type CaseResult, passed } from '../golden/cases.ts';
import type { HostName } from '../job.ts';
import type { GoldenParams } from '../jobs/golden.ts';
import { kernelsOption, precisionOption } from '../kernel-options.ts';
import { runJob } from '../run-job.ts';

interface Options {
  readonly host: HostName;
  readonly kernels?: NonNullable<GoldenParams['kernels']>;
  readonly precision: GoldenParams['precision'];
  readonly verbose?: boolean;
}

const column = (value: number): string => (Number.isFinite(value) ? value.toExponential(2) : String(value)).padStart(9);

/** The output that is furthest off, and all that are too far. */
function lines(result: CaseResult, verbose: boolean): string[] {
  const ok = passed(result);
  const name = result.name.padEnd(34);
  if (result.error !== null) return [`${name} ${'-'.padStart(9)} ${'-'.padStart(9)}  FAIL  ${result.error}`];
  const worst = (key: 'maxAbs' | 'relativeL2'): number => Math.max(...result.differences.map((d) => d[key]));
  const head = `${name} ${column(worst('maxAbs'))} ${column(worst('relativeL2'))}  ${ok ? 'ok' : 'FAIL'}`;
  const shown = result.differences.filter(({ relativeL2 }) => verbose || !(relativeL2 <= result.tolerance));
  return [head, ...shown.map((d) => `  ${d.output.padEnd(32)} ${column(d.maxAbs)} ${column(d.relativeL2)}`)];
}

/** The command. */
export default async function golden(argv: string[]): Promise<void> {
  const command = program('golden', 'check every op and pipeline against golden files made in PyTorch')
    .argument('<dir>', 'golden folder: index.json and .safetensors files')
    .addOption(hostOption())
    .addOption(kernelsOption())
    .addOption(precisionOption())
    .option('--verbose', 'print every output');
  command.parse(argv, { from: 'user' });
  const { host, kernels, precision, verbose = false } = command.opts<Options>();
  const dir = resolve(command.args[0] ?? '');
  ensure(existsSync(join(dir, 'index.json')), 'file', () => `${dir}: no index.json there; name a golden folder`);
  const results: CaseResult[] = [];
  await runJob(host, {
    job: 'golden',
    params: { kernels: kernels ?? null, precision } satisfies GoldenParams,
    mounts: { golden: dir },
    onAdapter: (adapter) => {
      console.log(
        `${dir} on ${adapter} (${host})\n${'case'.padEnd(34)} ${'max abs'.padStart(9)} ${'rel. L2'.padStart(9)}`,
      );
    },
    onEvent: (event) => {
      results.push(event as CaseResult);
      for (const line of lines(event as CaseResult, verbose)) console.log(line);
    },
  });
  const failed = results.filter((result) => !passed(result));
  console.log(`${results.length - failed.length} of ${results.length} cases ok`);
  if (failed.length > 0) process.exitCode = 1;
}
