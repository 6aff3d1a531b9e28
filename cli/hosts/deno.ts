/** Runs a job in a Deno process on wgpu. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { HOST_BUNDLE, ROOT } from '../paths.ts';
import { startChild } from './child.ts';
import type { RunningHost } from './host.ts';

/** Deno's binary in its platform package, or `deno` from the PATH. */
export function denoBinary(): string {
  const wrapper = join(ROOT, 'node_modules', 'deno'); // a link to where it is installed, with its platforms beside it
  const folder = existsSync(wrapper) ? join(realpathSync(wrapper), '..', '@deno') : '';
  const packages = existsSync(folder) ? readdirSync(folder) : [];
  const name = process.platform === 'win32' ? 'deno.exe' : 'deno';
  return packages.map((platform) => join(folder, platform, name)).find((path) => existsSync(path)) ?? 'deno';
}

/** Starts a Deno process on the job served at `base`. */
export async function startDeno(base: string): Promise<RunningHost> {
  const script = join(HOST_BUNDLE, 'deno-child.js');
  const quiet = { DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };
  return startChild(denoBinary(), ['run', '--quiet', '--unstable-webgpu', '-A', script, base], quiet);
}
