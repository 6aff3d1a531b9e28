/** Runs a job in a child process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { RunningHost } from './host.ts';

const LAST_CHARACTERS = 2000;

/** The line of a crashed process's last words that says most; the Vulkan loader's remark on every start is none. */
function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.includes('XDG_RUNTIME_DIR'));
  return lines.find((line) => /error|panic/i.test(line))?.trim() ?? lines.at(-1)?.trim() ?? '';
}

/** Starts `binary args…` with `env` added to ours. */
export function startChild(
  binary: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningHost {
  const child = spawn(binary, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-LAST_CHARACTERS);
    if (process.env.HYPERSTYLE_VERBOSE) process.stderr.write(chunk);
  });
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`${binary} does not start: ${error.message}`));
    child.on('close', (code, signal) => {
      const words = lastWords(stderr);
      resolve(`${binary} ended with ${signal ?? `exit code ${code}`}${words && `: ${words}`}`);
    });
  });
  const stop = async (): Promise<void> => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  return { ended, stop };
}
