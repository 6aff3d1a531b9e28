/**
 * `golden DIR`: every case of a golden folder, a line each, on one host or all, with one rung or every one; exit code 1
 * when one fails.
 */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensure } from '../../src/errors.ts';
import { CONV2D_VARIANTS } from '../../src/kernels/rungs.ts';
import { hostOption, program } from '../arguments.ts';
import { type CaseResult, isWithin, passed } from '../golden/cases.ts';
import { HOSTS, type HostName } from '../job.ts';
import type { GoldenParams } from '../jobs/golden.ts';
import { kernelsOption, precisionOption } from '../kernel-options.ts';
import { runJob } from '../run-job.ts';
import { say } from '../terminal.ts';

/** What stands for every host or every rung. */
const ALL = 'all';
/** The usual choice of kernels, in the summary. */
const BY_RULE = 'by rule';

type Kernels = GoldenParams['kernels'];

interface Options {
  readonly host: HostName | typeof ALL;
  readonly kernels?: NonNullable<Kernels> | typeof ALL;
  readonly precision: GoldenParams['precision'];
  readonly verbose?: boolean;
}

/** One pass through the folder: where, with what, and what came out. */
interface Pass {
  readonly host: HostName;
  readonly kernels: Kernels;
  readonly results: readonly CaseResult[];
}

const column = (value: number): string => (Number.isFinite(value) ? value.toExponential(2) : String(value)).padStart(9);

/** The output that is furthest off, and all that are too far. */
function lines(result: CaseResult, verbose: boolean): string[] {
  const ok = passed(result);
  const name = result.name.padEnd(34);
  if (result.error !== null) return [`${name} ${'-'.padStart(9)} ${'-'.padStart(9)}  FAIL  ${result.error}`];
  const worst = (key: 'maxAbs' | 'relativeL2'): number => Math.max(...result.differences.map((d) => d[key]));
  const head = `${name} ${column(worst('maxAbs'))} ${column(worst('relativeL2'))}  ${ok ? 'ok' : 'FAIL'}`;
  const shown = result.differences.filter((d) => verbose || !isWithin(d));
  return [head, ...shown.map((d) => `  ${d.output.padEnd(32)} ${column(d.maxAbs)} ${column(d.relativeL2)}`)];
}

/** What a pass prints: `quiet` leaves out cases that are right, `verbose` shows every output. */
interface Print {
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** Runs every case once. */
async function pass(dir: string, host: HostName, params: GoldenParams, print: Print): Promise<Pass> {
  const results: CaseResult[] = [];
  await runJob(host, {
    job: 'golden',
    params,
    mounts: { golden: dir },
    onAdapter: (adapter) => {
      const rung = params.kernels ? `, --kernels ${params.kernels}` : '';
      say(`${dir} on ${adapter} (${host}${rung})`);
      if (!print.quiet) say(`${'case'.padEnd(34)} ${'max abs'.padStart(9)} ${'rel. L2'.padStart(9)}`);
    },
    onEvent: (event) => {
      const result = event as CaseResult;
      results.push(result);
      if (print.quiet && passed(result)) return;
      say(...lines(result, print.verbose));
    },
  });
  return { host, kernels: params.kernels, results };
}

/** `35 of 35 cases ok`, and how far off the worst is. */
function summary({ results }: Pass): string {
  const ok = results.filter(passed).length;
  const worst = Math.max(...results.flatMap(({ differences }) => differences.map((d) => d.relativeL2)));
  return `${ok} of ${results.length} cases ok, worst relative L2 ${column(worst).trim()}`;
}

/** The command. */
export default async function golden(argv: string[]): Promise<void> {
  const command = program('golden', 'check every op and pipeline against golden files made in PyTorch')
    .argument('<dir>', 'golden folder: index.json and .safetensors files')
    .addOption(hostOption([ALL]))
    .addOption(kernelsOption([ALL]))
    .addOption(precisionOption())
    .option('--verbose', 'print every output');
  command.parse(argv, { from: 'user' });
  const { host, kernels, precision, verbose = false } = command.opts<Options>();
  const dir = resolve(command.args[0] ?? '');
  ensure(existsSync(join(dir, 'index.json')), 'file', () => `${dir}: no index.json there; name a golden folder`);
  const hosts = host === ALL ? HOSTS : [host];
  const rungs: readonly Kernels[] = kernels === ALL ? [null, ...CONV2D_VARIANTS] : [kernels ?? null];
  const several = hosts.length * rungs.length > 1;
  const passes: Pass[] = [];
  for (const where of hosts) {
    for (const rung of rungs) {
      passes.push(await pass(dir, where, { kernels: rung, precision }, { quiet: several && !verbose, verbose }));
    }
  }
  for (const done of passes) {
    const head = several ? `${done.host.padEnd(7)} ${(done.kernels ?? BY_RULE).padEnd(9)} ` : '';
    say(`${head}${summary(done)}`);
  }
  if (!passes.every(({ results }) => results.length > 0 && results.every(passed))) process.exitCode = 1;
}
