/** `--kernels`, `--precision` and `--tune`: how commands and their jobs choose kernels. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { type Command, Option } from 'commander';
import { CONV2D_VARIANTS, type Conv2dVariant, PRECISIONS, type Precision } from '../src/kernels/rungs.ts';

/** Options as commander gives them. */
export interface KernelOptionValues {
  readonly kernels?: Conv2dVariant;
  readonly precision: Precision;
  readonly tune?: boolean;
}

/** What a command tells its job. */
export interface KernelOptions {
  /** One rung of the convolution ladder wherever it is valid, or null for the usual choice. */
  readonly kernels: Conv2dVariant | null;
  /** Number formats of convolutions. */
  readonly precision: Precision;
  /** Whether to measure which kernels are the fastest. */
  readonly tune: boolean;
}

/** Prefix of files that a job keeps in {@link tuningFolder}, when it saves them and when it gets them. */
export const TUNING = 'tuning';

/** `--kernels VARIANT`; `more` are further words it takes. */
export const kernelsOption = (more: readonly string[] = []): Option =>
  new Option('--kernels <variant>', 'force one convolution variant').choices([...CONV2D_VARIANTS, ...more]);

/** `--precision f32|f16-storage|f16`, f32 unless said otherwise. */
export const precisionOption = (): Option =>
  new Option('--precision <format>', 'number formats of convolutions, where the adapter has shader-f16')
    .choices([...PRECISIONS])
    .default('f32' satisfies Precision);

/** Adds `--kernels`, `--precision` and `--tune`. */
export function addKernelOptions(command: Command): Command {
  return command
    .addOption(kernelsOption())
    .addOption(precisionOption())
    .option('--tune', 'measure which kernels are the fastest on this adapter; later runs remember');
}

/** The options as parsed by commander, for a job. */
export function kernelOptions(parsed: KernelOptionValues): KernelOptions {
  return { kernels: parsed.kernels ?? null, precision: parsed.precision, tune: parsed.tune ?? false };
}

/** Where measured choices are kept between runs: the user's cache folder. */
export function tuningFolder(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'hyperstyle-webgpu', TUNING);
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  return folder;
}

/** Keeps a file `tuning/NAME` of a job; false for other files. */
export function keepTuning(name: string, bytes: Uint8Array): boolean {
  if (!name.startsWith(`${TUNING}/`)) return false;
  writeFileSync(join(tuningFolder(), basename(name)), bytes);
  return true;
}
