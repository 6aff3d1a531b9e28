/**
 * `directions sefa|ganspace|brightness|warmth --out FILE`: sliders of any generator, found without files and saved for
 * `--direction`.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Argument, InvalidArgumentError } from 'commander';
import { ensure } from '../../src/errors.ts';
import { hostOption, integer, program } from '../arguments.ts';
import { type DirectionsEvent, type DirectionsParams, WAYS, type Way } from '../directions/events.ts';
import { ensureWritable } from '../invert/output-folder.ts';
import type { HostName } from '../job.ts';
import { modelFolder, modelOption } from '../model-folder.ts';
import { runJob } from '../run-job.ts';
import { say } from '../terminal.ts';

interface Options {
  readonly host: HostName;
  readonly model: string;
  readonly out: string;
  readonly name?: string;
  readonly count: number;
  readonly rows?: readonly [number, number];
  readonly samples: number;
  readonly seed: number;
}

/** `FROM-TO` as a range of rows. */
function rows(text: string): readonly [number, number] {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (from !== undefined && Number(from) < Number(to)) return [Number(from), Number(to)];
  throw new InvalidArgumentError('Expected FROM-TO, the row after the last one, for example 0-6.');
}

/** The command. */
export default async function directions(argv: string[]): Promise<void> {
  const command = program('directions', 'find edit directions without files, and save them for --direction')
    .addArgument(
      new Argument(
        '<way>',
        "sefa: of the generator's weights; ganspace: components of sampled latents; brightness, warmth: along which pictures grow so",
      ).choices(WAYS),
    )
    .option('--out <file>', 'a .safetensors file', 'out/directions.safetensors')
    .option('--name <word>', "what they are called; the way's name by default")
    .option('--count <n>', 'how many, of sefa and ganspace', integer(1, 512), 5)
    .option('--rows <from-to>', 'latent rows that sefa moves; default: all', rows)
    .option('--samples <n>', 'latents that are drawn', integer(2, 100_000), 512)
    .option('--seed <n>', 'the first of their seeds', integer(0, 2 ** 31 - 1), 0)
    .addOption(modelOption())
    .addOption(hostOption());
  command.parse(argv, { from: 'user' });
  const [way] = command.args as [Way];
  const { host, model, name = way, rows: range = null, ...options } = command.opts<Options>();
  const out = resolve(options.out);
  ensure(
    /\.safetensors$/i.test(out),
    'option',
    () => `--out "${options.out}": directions are saved as a .safetensors file; name one`,
  );
  ensureWritable(dirname(out), '--out');
  const draft = `${out}.${process.pid}.part`;
  try {
    await runJob(host, {
      job: 'directions',
      params: { ...options, way, name, rows: range } satisfies DirectionsParams,
      mounts: { model: modelFolder(model) },
      onEvent: (event) => report(event as DirectionsEvent, options.samples),
      onFile: (_, bytes) => writeFileSync(draft, bytes),
    });
    renameSync(draft, out);
  } finally {
    rmSync(draft, { force: true });
  }
  say(`written: ${out}; use it with --direction ${options.out}`);
}

function report(event: DirectionsEvent, samples: number): void {
  if (event.kind === 'scored') say(`scored ${event.done} of ${samples} pictures`);
  else {
    const { names, correlation } = event;
    say(`${names.join(', ')}${correlation === null ? '' : `: correlation ${correlation.toFixed(2)} with the score`}`);
  }
}
